#!/bin/sh
# A report that nobody gets, as TAP: stdout is /dev/full, a pipe without a reader, or closed. Exit 3, the state as it was
# and no temporary file in it.
. "$(dirname "$0")/lib.sh"
fault_begin stdout "$subjects" "$@"
mkfifo "$work/pipe"

for s in $names; do
	prepare "$s"
	[ -s "$work/$s/out" ] || continue # it has nothing to say
	for to in '>/dev/full' '>&4' '>&-'; do
		# shellcheck disable=SC2094 # that is the point
		exec 3<>"$work/pipe" 4>"$work/pipe"
		exec 3<&- # its reader is gone
		subject "$s" "$work/$s/state" sh -c "exec \"\$@\" $to" sh
		rc=$?
		exec 4>&-
		refused "$s" $rc && diff -rq -x .lock "$work/$s/old" "$work/$s/state"
		check $? "$s $to: exit 3, the state as it was"
		points=$((points + 1))
		restore "$s"
	done
	check_i2 "$s"
done
fault_end

#!/bin/sh
# A limit on the size of files, as TAP: RLIMIT_FSIZE of 0, 512, 4,096 and 16,384 bytes; SIGXFSZ is the programs' to
# ignore. Exit 3 and each file old or new, or all new where they are smaller.
. "$(dirname "$0")/lib.sh"
fault_begin fsize "$tools report statemerge" "$@"

for s in $names; do
	prepare "$s"
	refusals=0 was=$lost
	for blocks in 0 1 8 32; do
		# stdout is no file here, which would have that limit as well
		# shellcheck disable=SC2016
		subject "$s" "$work/$s/state" sh -c 'ulimit -f "$0" && exec "$@" >/dev/null' $blocks
		rc=$?
		cp "$work/$s/out" "$work/$s/said"
		i1 "$s" $rc
		[ -z "$wrong" ] || lose "$s with $blocks blocks: $wrong; $(said "$s")"
		refused "$s" $rc && refusals=$((refusals + 1))
		restore_if_dirty "$s"
		points=$((points + 1))
	done
	[ $lost -eq $was ] && [ $refusals -gt 0 ]
	check $? "$s: $refusals of 4 limits were in the way, nothing is lost"
	check_i2 "$s"
done
fault_end

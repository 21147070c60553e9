#!/bin/sh
# A run is killed by SIGKILL at a system call, as TAP: each file old or new, perhaps a temporary file beside it, and the
# next run ends in the bytes of a run never disturbed. In CI at every call that syncs or renames a file of the state, every
# fourth other that writes and every 199th else, with FAULT=full at each. kill.t SUBJECT... tries these alone.
. "$(dirname "$0")/lib.sh"
[ "$VARIANT" != cov ] || skip_all "what is killed writes no counts"
fault_begin kill "$tools report statemerge" "$@"
needs_strace
step=199
is_full && step=1

for s in $names; do
	prepare "$s"
	system_calls "$s" | grep -v exit_group | awk -v step=$step '/^(fsync|renameat) / || NR % step == 1 || step == 1 ||
		(/^(write|unlinkat|flock|mkdirat) / && ++writing % 4 == 1)' >"$work/points"
	was=$lost
	while read -r call when; do
		inject "$s" "$call" signal=KILL "$when"
		rc=$?
		i1 "$s" $rc '.*.tmp'
		case $call in
		brk | mmap | munmap) ;; # how often it asks for memory hangs on addresses, which are random
		*) [ -z "$wrong" ] && [ $rc -ne 137 ] && wrong="exit $rc" ;;
		esac
		[ -z "$wrong" ] && heals "$s"
		[ -z "$wrong" ] || lose "$s, $call $when: $wrong"
		restore_if_dirty "$s"
	done <"$work/points"
	tried=$(wc -l <"$work/points")
	points=$((points + tried))
	[ $lost -eq $was ] && [ "$tried" -gt 0 ]
	check $? "$s: killed at $tried system calls, nothing is lost, the next run is as if not"
	check_i2 "$s"
done
fault_end

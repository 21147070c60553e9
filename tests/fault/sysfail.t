#!/bin/sh
# A system call of a run fails, as TAP: ENOSPC, EIO, EROFS, EMFILE or EINTR from each openat, read, write, fsync, close,
# renameat, unlinkat, fstat, flock and connect. Exit 3 and each file old or new; a failed fsync of a folder may leave the
# new one; EINTR changes no byte of the result, but in reading a time zone: exit 3. In CI every 47th reading call with one
# error each and every writing one with EINTR and another, with FAULT=full each with all. sysfail.t SUBJECT... tries these
# alone.
. "$(dirname "$0")/lib.sh"
fault_begin sysfail "$subjects" "$@"
needs_strace
errors='ENOSPC EIO EROFS EMFILE EINTR'
step=47

fail() { # subject, call, error, when
	inject "$1" "$2" "error=$3" "$4"
	rc=$?
	i1 "$1" $rc
	[ -z "$wrong" ] && [ $rc -gt 128 ] && wrong="exit $rc"
	# libc does not read a zone again, nor do we
	[ -z "$wrong" ] && [ "$3" = EINTR ] && [ $rc -ne "$right" ] && ! grep -q 'time zone' "$work/$1/err" &&
		wrong="exit $rc"
	# of a report that cannot be read the page says so: that tool is unknown
	[ "$1" = html ] && [ $rc -eq 0 ] && grep -qi unknown "$work/html/state/report.html" && wrong=''
	[ -z "$wrong" ] || lose "$1, $2 $4 $3: $wrong; $(said "$1")"
	restore_if_dirty "$1"
	tried=$((tried + 1))
}

is_tried() { # call, its turn, error, the error's index: each error in its turn, and all in full
	case $1,$3 in
	*stat*,EINTR) return 1 ;; # asks nobody who could be slow
	esac
	is_full && return
	case $1 in
	write | fsync | renameat | unlinkat | flock | connect) [ "$3" = EINTR ] || [ $(($2 % 4)) -eq "$4" ] ;;
	*) [ $(($2 % step)) -eq 0 ] && [ $(($2 / step % 5)) -eq "$4" ] ;;
	esac
}

for s in $names; do
	prepare "$s"
	system_calls "$s" | grep -E '^(openat|read|write|fsync|close|renameat|unlinkat|newfstatat|fstat|flock|connect) ' >"$work/points"
	tried=0 was=$lost turn=0
	while read -r call when; do
		turn=$((turn + 1)) index=0
		for error in $errors; do
			! is_tried "$call" $turn "$error" $index || fail "$s" "$call" "$error" "$when"
			index=$((index + 1))
		done
	done <"$work/points"
	points=$((points + tried))
	[ $lost -eq $was ] && [ $tried -gt 0 ]
	check $? "$s: $tried failures of $(wc -l <"$work/points") system calls, nothing is lost"
	check_i2 "$s"
done
fault_end

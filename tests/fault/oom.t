#!/bin/sh
# The Nth malloc, calloc, realloc or strdup of a run gives nothing, as TAP: exit 3 and each file old or new, or all as
# undisturbed where the program can do without; no crash, no hang over 10 s. The failing call is tests/fault/oom.c,
# preloaded. In CI every 997th call and the last 12, with FAULT=full each. oom.t SUBJECT... tries these alone.
. "$(dirname "$0")/lib.sh"
[ "$VARIANT" = release ] || skip_all "memory is the sanitizer's there; the release build has tried it"
fault_begin oom "$subjects" "$@"
step=997 last=12
is_full && step=1

preloaded() ( # command: no env or timeout between, there are 100,000 of them
	# shellcheck disable=SC3045 # dash and busybox have it
	ulimit -t 10
	OOM_CALL=$call LD_PRELOAD=$FAULTS/oom.so exec "$@"
)

calls_of() { # subject: how many calls an undisturbed run makes
	subject "$1" "$work/$1/state" env OOM_TOLD=7 LD_PRELOAD="$FAULTS/oom.so" 7>"$work/calls"
	restore "$1"
	cat "$work/calls"
}

for s in $names; do
	prepare "$s"
	calls=$(calls_of "$s")
	call=1 tried=0 was=$lost
	while [ $call -le "$calls" ]; do
		subject "$s" "$work/$s/state" preloaded
		rc=$?
		i1 "$s" $rc
		[ -z "$wrong" ] && [ $rc -gt 128 ] && wrong="exit $rc"
		[ -z "$wrong" ] || lose "$s, call $call: $wrong; $(said "$s")"
		restore_if_dirty "$s"
		tried=$((tried + 1))
		if [ $call -lt $((calls - last)) ] && [ $((call + step)) -gt $((calls - last)) ]; then
			call=$((calls - last))
		else
			call=$((call + (call < calls - last ? step : 1)))
		fi
	done
	points=$((points + tried))
	[ $lost -eq $was ] && [ $tried -gt $last ]
	check $? "$s: $tried of $calls allocations failed, nothing is lost"
	check_i2 "$s"
done
fault_end

#!/bin/sh
# A run is killed by SIGKILL at a random instant, as TAP: each file old or new, perhaps a temporary file beside it. The
# instants are from a fixed seed, within what a run takes: less after one that ended before its kill, more after a kill.
# 500 in all with FAULT=full, 25 in CI. kill9.t SUBJECT... tries these alone.
. "$(dirname "$0")/lib.sh"
fault_begin kill9 "$tools" "$@"
[ "$VARIANT" = release ] || skip_all "instants are as random in the release build"
kills=5
is_full && kills=100

for s in $names; do
	prepare "$s"
	began=$(date +%s%N)
	subject "$s" "$work/$s/state"
	took=$((($(date +%s%N) - began) / 1000)) # microseconds
	restore "$s"
	awk -v n=$((kills * 20)) 'BEGIN { srand(1); for (; n > 0; n--) print int(rand() * 1000) }' >"$work/points"
	tried=0 was=$lost hit=0
	while read -r part && [ $hit -lt $kills ]; do
		instant=$((took * part / 1000 + 100))
		subject "$s" "$work/$s/state" timeout -s KILL "$(printf '%d.%06d' $((instant / 1000000)) $((instant % 1000000)))"
		rc=$?
		tried=$((tried + 1))
		if [ $rc -eq 137 ]; then
			hit=$((hit + 1)) took=$((took + took / 8))
		else
			took=$((took - took / 4))
		fi
		i1 "$s" $rc '.*.tmp'
		[ -z "$wrong" ] || lose "$s after $instant us: $wrong"
		restore_if_dirty "$s"
	done <"$work/points"
	heals "$s"
	[ -z "$wrong" ] || lose "$s: $wrong"
	points=$((points + hit))
	[ $lost -eq $was ] && [ $hit -eq $kills ]
	check $? "$s: $hit of $tried runs were killed, nothing is lost"
	check_i2 "$s"
done
fault_end

#!/bin/sh
# A run is killed by SIGKILL at a random instant, as TAP: each file old or new, perhaps a temporary file beside it. The
# instants are from a fixed seed, within twice the time that an undisturbed run takes. 500 in all with FAULT=full, 60 in
# CI. kill9.t SUBJECT... tries these alone.
. "$(dirname "$0")/lib.sh"
fault_begin kill9 "$tools" "$@"
[ "$VARIANT" = release ] || skip_all "instants are as random in the release build"
kills=6
is_full && kills=100

instants() { # how many, over how many microseconds: seconds
	awk -v n="$1" -v most="$2" 'BEGIN { srand(1); for (; n > 0; n--) printf "%.6f\n", rand() * most / 1e6 }'
}

for s in $names; do
	prepare "$s"
	began=$(date +%s%N)
	subject "$s" "$work/$s/state"
	took=$((($(date +%s%N) - began) / 1000))
	restore "$s"
	instants $((kills * 2)) $((2 * took)) >"$work/points"
	tried=0 was=$lost hit=0
	while read -r instant && [ $hit -lt $kills ]; do
		subject "$s" "$work/$s/state" timeout -s KILL "$instant"
		rc=$?
		tried=$((tried + 1))
		[ $rc -ne 137 ] || hit=$((hit + 1))
		i1 "$s" $rc '.*.tmp'
		[ -z "$wrong" ] || lose "$s after $instant s: $wrong"
		restore_if_dirty "$s"
	done <"$work/points"
	heals "$s"
	[ -z "$wrong" ] || lose "$s: $wrong"
	points=$((points + hit))
	[ $lost -eq $was ] && [ $hit -gt 0 ]
	check $? "$s: $hit of $tried runs were killed, nothing is lost"
	check_i2 "$s"
done
fault_end

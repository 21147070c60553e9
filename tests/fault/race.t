#!/bin/sh
# Runs beside each other, as TAP: 20 of a tool at once (in CI of i18ncheck, 5 of the others), two of run-all.sh, and one
# beside an editor that saves the configuration and the state. Each ends with its verdict or 3, and what is left is the
# state of one run. With FAULT=full also a run beside one that keeps the lock: exit 3 within 31 s.
. "$(dirname "$0")/lib.sh"
[ "$VARIANT" = release ] || skip_all "20 at once with its memory; the release build has tried it"
fault_begin race "$tools" "$@"

together() { # how many, subject: runs at once, and their exits, a line each
	for i in $(seq "$1"); do
		(
			"$BIN/rounds-$2" -c "$work/$2/in/rounds.json" -s "$work/$2/state" --as-of 2026-11-15 \
				>"$work/said.$i" 2>"$work/err.$i" </dev/null
			echo $?
		) &
	done
	wait
}

for s in $names; do
	prepare "$s"
	right=$(cat "$work/$s/rc")
	many=5
	[ "$s" != i18ncheck ] && ! is_full || many=20
	together $many "$s" >"$work/exits"
	points=$((points + many))
	grep -qx "$right" "$work/exits" && ! grep -qvx -e "$right" -e 3 "$work/exits" && is_as "$s" new
	check $? "$s: of $many runs at once each has its verdict or 3, and the state is that of one"
	check_i2 "$s"
done

# An editor saves by rename, or over the file from its beginning: then half of it may be read.
s=i18ncheck
[ -d "$work/$s" ] || prepare $s
was=$lost
for i in $(seq 10); do
	restore $s
	(
		cp "$work/$s/in/rounds.json" "$work/saved" && cat "$work/saved" >"$work/$s/in/rounds.json"
		cp "$work/$s/old/$s.json" "$work/$s/state/.$s.swp" && mv "$work/$s/state/.$s.swp" "$work/$s/state/$s.json"
	) &
	subject $s "$work/$s/state"
	rc=$?
	wait
	points=$((points + 1))
	rm -f "$work/$s/state/.$s.swp"
	wrong=$(odd $s)
	[ $rc -eq 3 ] || [ $rc -eq "$(cat "$work/$s/rc")" ] || wrong="$wrong exit $rc"
	[ -z "$wrong" ] || lose "save $i: $wrong"
done
[ $lost -eq $was ]
check $? "beside an editor's save each file is old or new"

shop=$work/i18ncheck/in
"$BIN/rounds-report" tools -c "$shop/rounds.json" >"$work/configured"
for i in 1 2; do
	(
		ROUNDS_BIN=$BIN "$root/run-all.sh" -c "$shop/rounds.json" -s "$work/all" >"$work/said.$i" 2>"$work/err.$i"
		echo $?
	) &
done >"$work/exits"
wait
points=$((points + 2))
missing=''
while read -r tool; do
	"$BIN/rounds-$tool" show -c "$shop/rounds.json" -s "$work/all" >/dev/null 2>"$work/err"
	[ $? -lt 3 ] || missing="$missing $tool"
done <"$work/configured"
[ "$(grep -cx '[0-3]' "$work/exits")" -eq 2 ] && [ -z "$missing" ]
check $? "of two run-all.sh each ends, and all five states are valid"
ROUNDS_BIN=$BIN "$root/run-all.sh" -c "$shop/rounds.json" -s "$work/all" >"$work/said" 2>"$work/err"
[ $? -lt 3 ]
check $? "and the next one has its verdict"

if is_full; then
	restore $s
	(
		exec 9>"$work/$s/state/.lock"
		"$BIN/rounds-supervise" lock 9 5 && exec sleep 40
	) &
	sleep 1
	began=$(date +%s)
	subject $s "$work/$s/state"
	[ $? -eq 3 ] && [ $(($(date +%s) - began)) -le 31 ] && is_as $s old
	check $? "a run beside one that keeps the lock: exit 3 within 31 s"
	points=$((points + 1))
	kill $! 2>/dev/null
fi
fault_end

#!/bin/sh
# One run of rounds-bandit after missed days gives byte for byte what daily runs give, as TAP: on days that freeze and on
# the shop's banner.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

run() { # folder, last day
	"$BIN/rounds-bandit" -c "$1/rounds.json" -s "$1/state" --as-of "$2" >"$1.out" 2>"$1.err"
}

same() { # folder, folder, sentence
	[ -s "$work/$1/state/bandit.json" ] && diff -r -x .lock "$work/$1/state" "$work/$2/state" >"$work/diff"
	check $? "$3"
	[ ! -s "$work/diff" ] || head -n 5 "$work/diff" | sed 's/^/# /'
}

# ---- days that freeze ----

mkdir "$work/freezes"
sed 's|"arms"|"guardrails": [{"name": "refunds", "event": "refund", "better": "lower"}], "allocation": "fixed", "arms"|' \
	"$root/tests/golden/arms/rounds.json" >"$work/freezes/rounds.json"
awk -f "$root/tests/golden/arms/arms.awk" >"$work/freezes/events.jsonl" <<END
2026-03-01..2026-03-04 cta control 60 order=6 refund=6
2026-03-01..2026-03-04 cta b 60 order=9 refund=7
2026-03-05 other control 1
2026-03-06..2026-03-12 cta control 60 order=6 refund=6
2026-03-06..2026-03-09 cta b 60 order=9 refund=7
2026-03-07 cta nobody 3
2026-03-09 cta control/b 5
2026-03-10..2026-03-12 cta b 60 order=9 refund=40
END
run "$work/freezes" 2026-03-03
cp -R "$work/freezes" "$work/missed"
for d in 04 05 06 07 08 09 10 11 12; do
	run "$work/freezes" "2026-03-$d"
	frozen=$(sed -n 's/^ *"data": "\(.*\)",/\1/p' "$work/freezes/state/bandit.json")
	echo "$d $frozen"
done >"$work/said"
diff - "$work/said" >&2 <<END
04 ok
05 frozen: no exposures since 2026-03-05
06 ok
07 frozen: unknown arm since 2026-03-07
08 ok
09 frozen: units in two arms since 2026-03-09
10 ok
11 ok
12 ok
END
check $? "days that are not ok freeze, and state says why and since when"
run "$work/missed" 2026-03-12
same freezes missed "one run after nine such days is as nine daily runs"
grep -q '^crit bandit/guardrail/cta/b: ' "$work/missed.out"
check $? "and the guardrail has stopped the arm"

cp -R "$work/freezes/state" "$work/kept"
run "$work/freezes" 2026-03-14
[ $? -eq 3 ] && diff -r "$work/kept" "$work/freezes/state" >&2
check $? "a stale source leaves weights and state ($(sed -n 's/^rounds-bandit: //p' "$work/freezes.err"))"

# ---- the shop's banner ----

last=2026-11-15
mkdir "$work/days"
cp -R "$root/examples/shop/events" "$work/days/"
sed '/"checkout-button": {/,/},/d' "$root/examples/shop/rounds.json" >"$work/days/rounds.json"
frozen=0
for date in 2026-11-04 2026-11-05 2026-11-06 2026-11-07 2026-11-08 2026-11-09 2026-11-10 2026-11-11 2026-11-12 \
	2026-11-13 2026-11-14 $last; do
	run "$work/days" "$date"
	grep -q 'frozen=0' "$work/days.out" || frozen=1
	[ "$date" != 2026-11-08 ] || cp -R "$work/days" "$work/gap"
done
check $frozen "twelve days are judged daily, none is frozen"
run "$work/gap" $last
same days gap "one run after seven missed days is as seven daily runs"
for i in 1 2 3 4 5; do run "$work/gap" $last || check 1 "run $i of a day"; done
same days gap "five runs on one day advance nothing"
echo "1..$n"

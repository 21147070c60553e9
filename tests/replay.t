#!/bin/sh
# The planted days of the example shop, replayed day by day as TAP: at most the lines that docs/state.md promises
# change, a quiet day moves `through` alone, a second run of a day moves nothing, and the end is the committed state.
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

changed() { # lines that differ, less the headers of the diff
	diff "$1" "$2" | grep -c '^[<>]'
}

cp -R "$root/examples/shop" "$work/shop"
shop=$work/shop
json=$shop/state/watchdog.json
mkdir "$work/days"
while read -r day; do
	"$BIN/rounds-watchdog" -c "$shop/rounds.json" --as-of "$day" >"$work/days/$day.out" 2>"$work/err"
	status=$?
	cp "$json" "$work/days/$day.json"
	"$BIN/rounds-bandit" -c "$shop/rounds.json" --as-of "$day" >"$work/days/$day.bandit" 2>"$work/err"
	cp "$shop/state/bandit.json" "$work/days/$day.bandit.json"
	"$BIN/rounds-seocheck" -c "$shop/rounds.json" --as-of "$day" >"$work/days/$day.seocheck" 2>"$work/err"
	"$BIN/rounds-perfcheck" -c "$shop/rounds.json" --as-of "$day" >"$work/days/$day.perfcheck" 2>"$work/err"
	cp "$shop/state/perfcheck.json" "$work/days/$day.perfcheck.json"
	"$BIN/rounds-i18ncheck" -c "$shop/rounds.json" --as-of "$day" >"$work/days/$day.i18ncheck" 2>"$work/err"
	cp -R "$shop/state" "$work/once"
	"$BIN/rounds-watchdog" -c "$shop/rounds.json" --as-of "$day" >/dev/null 2>&1
	"$BIN/rounds-bandit" -c "$shop/rounds.json" --as-of "$day" >/dev/null 2>&1
	"$BIN/rounds-seocheck" -c "$shop/rounds.json" --as-of "$day" >/dev/null 2>&1
	"$BIN/rounds-perfcheck" -c "$shop/rounds.json" --as-of "$day" >/dev/null 2>&1
	"$BIN/rounds-i18ncheck" -c "$shop/rounds.json" --as-of "$day" >/dev/null 2>&1
	diff -r -x .lock -x .cache "$work/once" "$shop/state" >"$work/diff"
	check $? "$day: a second run changes no byte"
	rm -rf "$work/once"
	if [ -n "${before:-}" ]; then
		lines=$(changed "$before" "$json")
		grep -q ', new, ' "$work/days/$day.out" && most=64 || most=8
		[ "$lines" -ge 2 ] && [ "$lines" -le "$most" ]
		check $? "$day: exit $status, $lines lines of watchdog.json changed, at most $most"
	fi
	before=$work/days/$day.json
done <"$root/examples/shop/planted-days"

quiet=0
for day in 2026-11-05 2026-11-14; do
	earlier=$(grep -B1 "$day" "$root/examples/shop/planted-days" | head -n 1)
	[ "$(changed "$work/days/$earlier.json" "$work/days/$day.json")" -eq 2 ] || quiet=1
done
check $quiet "on a quiet day only the line 'through' moves"

grep -q '^OK\|WATCHDOG OK' "$work/days/2026-11-05.out"
check $? "the day before the incident is OK"
grep -q '^[a-z]* watchdog/js_exception/site: .*, new, .*browser=Safari' "$work/days/2026-11-06.out"
check $? "the planted incident is found on its first day, with its browser"
grep -q 'release 4.2.0 first seen 2026-11-06' "$work/days/2026-11-06.out"
check $? "and with its release"
[ "$(grep -c '^warn\|^crit' "$work/days/2026-11-15.out")" -eq 1 ]
check $? "nothing else is open on the last day"

grep -q "^info bandit/ready/checkout-button: 'green' may be promoted.*, new" "$work/days/2026-11-09.bandit"
check $? "the button is ready on the first day on which its log may say so"
! grep -q 'ready/free-shipping-banner' "$work"/days/*.bandit &&
	grep -q 'streak 16 .* e 0.77' "$work/days/2026-11-15.bandit"
check $? "the banner, in which there is nothing, is held with a streak of 16"

# What an experiment stood at: day of its evidence, leader, streak, weights.
stood() { # experiment, canonical state
	awk -v key="\"$1\": {" '
		index($0, key) { on = 1 }
		on && /"(evidence_through|recommendation|streak|weights_bp)":/ {
			gsub(/.*": |[][",]/, "")
			line = line $0 " "
		}
		on && /^    }/ { print line; exit }' "$2"
}
for experiment in checkout-button free-shipping-banner; do
	"$BIN/rounds-bandit" replay "$root/state/history/bandit.tsv" --experiment "$experiment" -c "$shop/rounds.json" |
		sed 's/.*"day":"\([^"]*\)","weights_bp":{\([^}]*\)}.*"recommendation":"\([^"]*\)","streak":\([0-9]*\).*/\1 \3 \4 \2 /
			s/"[^"]*"://g; s/,/ /g' >"$work/replayed"
	days=0
	for state in "$work"/days/*.bandit.json; do
		stood "$experiment" "$state" >"$work/stood"
		grep -qxFf "$work/stood" "$work/replayed" && days=$((days + 1))
	done
	[ "$days" -eq "$(grep -c . "$root/examples/shop/planted-days")" ]
	check $? "$experiment: replay of the history says what the daily runs said, $days days"
done

[ "$(grep -c '^warn' "$work/days/2026-11-15.seocheck")" -eq 6 ] &&
	! grep -q ', new' "$work/days/2026-11-15.seocheck"
check $? "the site's planted faults are open, and nothing came since"

grep -q '^crit perfcheck/audit-image-alt/mobile/https://shop.example/: .*since 2026-10-28.*a.logo > img' \
	"$work/days/2026-11-04.perfcheck"
check $? "the image that lost its alt text is named with its node, since its first day"
[ "$(grep -c '^crit\|^warn' "$work/days/2026-11-04.perfcheck")" -eq 1 ] &&
	grep -q '^crit perfcheck/regression-tbt/mobile/https://shop.example/p/espresso: .*costs 2[0-9].[0-9] points, new' \
		"$work/days/2026-11-05.perfcheck"
check $? "the script that blocks the main thread is found on its first day, with what it costs"
[ "$(grep -c '^crit\|^warn' "$work/days/2026-11-15.perfcheck")" -eq 3 ] &&
	grep -q '^warn perfcheck/regression-lcp/mobile/https://shop.example/p/espresso: .*since 2026-11-05' \
		"$work/days/2026-11-15.perfcheck"
check $? "beside it the paint that it delays, and nothing else in thirty nights"
[ "$(changed "$work/days/2026-11-12.perfcheck.json" "$work/days/2026-11-13.perfcheck.json")" -eq 2 ]
check $? "a quiet night moves the line 'through' alone"

[ "$(grep -c '^warn' "$work/days/2026-11-15.i18ncheck")" -eq 8 ] &&
	! grep '^warn' "$work/days/2026-11-15.i18ncheck" | grep -v '/shop/\(pl\|es\|fr\)[/:]'
check $? "of the translations what was planted is said, and nothing of the complete one"

diff -r -x .lock -x .cache -x .run.json -x REPORT.md -x catches.tsv "$shop/state" "$root/state" >&2
check $? "state/ is what the demo writes"
"$BIN/rounds-watchdog" show -c "$shop/rounds.json" >"$work/show"
"$BIN/rounds-watchdog" -c "$shop/rounds.json" 2>/dev/null | grep -v '^note: ' >"$work/run"
cmp "$work/show" "$work/run" >&2
check $? "show prints the run's report from the state folder alone"
"$BIN/rounds-bandit" show -c "$shop/rounds.json" >"$work/show"
"$BIN/rounds-bandit" -c "$shop/rounds.json" 2>/dev/null | grep -v '^note: ' >"$work/run"
cmp "$work/show" "$work/run" >&2
check $? "and so does the bandit's"
echo "1..$n"

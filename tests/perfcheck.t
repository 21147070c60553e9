#!/bin/sh
# What must not matter to rounds-perfcheck, as TAP: whether days are judged one by one or at once, a second run,
# a report that comes late, the order, names, folders, compression, doubling and language of report files.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
PATH=$BIN:$PATH LC_ALL=C TZ=UTC
export PATH LC_ALL TZ
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

result() { # 0: passed; what; file with what is wrong
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$3" | head -40
	fi
}

# Days, counted from September, are in months of 30 days each.
start=9

# Days of a page with the same values: FIRST LAST RUNS KEYS
days() {
	day=$1
	while [ "$day" -le "$2" ]; do
		month=$((start + (day - 1) / 30))
		printf '2026-%02d-%02d %s %s\n' "$month" $(((day - 1) % 30 + 1)) "$3" "$4"
		day=$((day + 1))
	done
}

date_of() {
	printf '2026-%02d-%02d' $((start + ($1 - 1) / 30)) $((($1 - 1) % 30 + 1))
}

# Forty-five days in which everything happens on some page.
story() {
	days 1 45 2 page=/calm
	days 1 10 4 page=/step
	days 11 18 4 'page=/step tbt=2500,2600,2700,2550,2450'
	days 19 30 4 page=/step
	days 1 21 3 page=/drift
	days 22 45 3 'page=/drift lcp=2080,2075,2090'
	days 1 12 3 page=/better
	days 13 24 3 'page=/better si=700,710,705,695'
	days 1 10 3 'page=/epochs form=desktop'
	days 11 16 3 'page=/epochs form=desktop chrome=157'
	days 17 24 3 'page=/epochs form=desktop chrome=157 lh=13.5.0 lcp=2500,2510,2520,2505 fail=label:x'
	days 25 26 3 'page=/epochs form=desktop chrome=157 lh=14.0.0'
	days 26 27 1 'page=/epochs form=desktop chrome=157 lh=14.1.0 at=20'
	days 28 32 3 'page=/epochs form=desktop chrome=157 lh=14.1.0'
	days 1 15 1 page=/back
	days 16 18 1 'page=/back chrome=157'
	days 19 32 1 page=/back
	days 1 9 2 'page=/audits fail=label:a+b'
	days 10 12 3 'page=/audits fail=label:a+c;image-alt:x@1,2'
	days 13 20 2 'page=/audits fail=label:a+b;document-title'
	days 21 30 1 'page=/audits na=label fail=image-alt:y'
	days 31 45 2 'page=/audits extra=hreflang fail=hreflang:z;label:b'
	days 1 15 2 page=/bytes
	days 16 30 1 'page=/bytes image=273000,274000 total=290000 url=https://shop.example/new.png'
	days 31 45 2 'page=/bytes image=120000 total=137000'
	days 1 8 3 page=/gaps
	days 9 9 1 page=/gaps
	days 12 12 3 'page=/gaps error=TIMEOUT'
	days 13 14 2 'page=/gaps tbt=-'
	days 10 45 1 'page=/once fcp=3500,4000'
	days 5 15 2 'page=/low cls=0.4 lcp=9000 tbt=3000'
	days 16 25 2 'page=/low cls=0.01'
}

accepts='{"id": "perfcheck/regression-lcp/mobile/https://shop.example/drift", "on": "2026-10-02"},
 {"id": "perfcheck/audit-document-title/mobile/https://shop.example/audits", "on": "2026-09-15"},
 {"id": "perfcheck/bytes-image/mobile/https://shop.example/bytes", "on": "2026-09-18"},
 {"id": "perfcheck/audit-label/mobile/https://shop.example/calm", "on": "2026-09-18"}'

make_case() { # folder, accepts
	mkdir -p "$work/$1/inputs/lighthouse"
	cp "$root/tests/perfcheck/reports.awk" "$work/$1"
	printf '{ "perfcheck": { "accept": [%s] } }\n' "$2" >"$work/$1/rounds.json"
}

reports() { # folder: of the list on stdin
	(cd "$work/$1" && cat >list && awk -f reports.awk list)
}

judge() { # folder, number of a day: adds what is wrong to $work/said
	(cd "$work/$1" && rounds-perfcheck --fail-on never --as-of "$(date_of "$2")" >out 2>err) ||
		{ echo "$1 through day $2:" && cat "$work/$1/err"; } >>"$work/said"
}

same_state() { # folder, folder: nothing when equal
	diff -r -x .lock "$work/$1/state" "$work/$2/state"
}

make_case once "$accepts"
story | reports once
judge once 45

# ---- one by one ----
make_case daily "$accepts"
cp -R "$work/once/inputs" "$work/daily"
day=1
while [ "$day" -le 45 ]; do
	judge daily "$day"
	day=$((day + 1))
done
same_state once daily >"$work/said" 2>&1
result $? 'days judged at once are days judged one by one' "$work/said"

make_case steps "$accepts"
cp -R "$work/once/inputs" "$work/steps"
for day in 7 13 14 30 45; do
	judge steps "$day"
done
same_state once steps >"$work/said" 2>&1
result $? 'in unequal steps likewise' "$work/said"

cp -R "$work/once/state" "$work/before"
judge once 45
diff -r "$work/before" "$work/once/state" >"$work/said"
result $? 'a second run of a day changes nothing' "$work/said"

# ---- reports that come late ----
make_case late "$accepts"
cp -R "$work/once/inputs" "$work/late"
mkdir "$work/aside"
mv "$work/late/inputs/lighthouse/"*2026-10-1[34]-*[05].json "$work/aside"
judge late 44
mv "$work/aside/"* "$work/late/inputs/lighthouse"
judge late 45
same_state once late >"$work/said" 2>&1
result $? 'a late report of the last days is judged as if it had been there' "$work/said"

# ---- what a person may do to files ----
renamed() {
	make_case renamed "$accepts"
	mkdir "$work/renamed/.lighthouseci"
	serial=9000
	for file in "$work/once/inputs/lighthouse/"*; do
		serial=$((serial - 1))
		case $serial in
		*[0-5]) cp "$file" "$work/renamed/inputs/lighthouse/x$serial.json" ;;
		*6) gzip -c "$file" >"$work/renamed/inputs/lighthouse/y$serial.json.gz" ;;
		*) cp "$file" "$work/renamed/.lighthouseci/lhr-$serial.json" ;;
		esac
	done
	cp "$work/renamed/.lighthouseci/"*7.json "$work/renamed/inputs/lighthouse"
}
renamed
judge renamed 45
same_state once renamed >"$work/said" 2>&1
result $? 'names, folders, gzip and doubles of files change no byte' "$work/said"

make_case german "$accepts"
story | sed 's/$/ lang=de/' | reports german
judge german 45
same_state once german >"$work/said" 2>&1
result $? 'the language of reports changes no byte' "$work/said"

make_case moved "$accepts"
story >"$work/story"
(cd "$work/moved" && awk -f reports.awk "$work/story")
(cd "$work" && rounds-perfcheck -c moved/rounds.json --fail-on never --as-of 2026-10-15 >/dev/null 2>"$work/err")
same_state once moved >"$work/said" 2>&1
result $? 'another working folder changes no byte' "$work/said"

# ---- longer than history ----
start=3
for name in long short; do
	make_case $name ''
	{ days 1 140 1 'page=/ fail=label:a' && days 1 140 1 'page=/ at=4 chrome=156'; } | reports $name
done
judge long 140
for day in 50 119 121 140; do
	judge short "$day"
done
same_state long short >"$work/said" 2>&1 && grep -q '"epoch_since": "2026-03-01"' "$work/long/state/perfcheck.json" &&
	[ "$(grep -c '	perf	' "$work/long/state/history/perfcheck.tsv")" -eq 120 ]
result $? 'the state remembers what history has dropped' "$work/said"

# ---- nothing happens ----
start=9
make_case calm ''
days 1 40 3 'page=/calm' | reports calm
: >"$work/said"
for day in 1 2 3 30 39; do
	judge calm "$day"
done
cp "$work/calm/state/perfcheck.json" "$work/quiet"
judge calm 40
! grep -E '"(regression|improvement)-' "$work/calm/state/perfcheck.json" >"$work/said"
result $? 'identical runs never alarm' "$work/said"
[ "$(diff "$work/quiet" "$work/calm/state/perfcheck.json" | grep -c '^[<>]')" -eq 2 ]
result $? 'a quiet day moves one line' "$work/said"

echo "1..$n"

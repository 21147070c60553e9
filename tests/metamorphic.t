#!/bin/sh
# The same events in another form give the same bytes of state, as TAP: shuffled, split, unpacked, packed again, each
# line twice; another zone of the machine, locale, umask, folder; the processor's order of files.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
first=2026-10-10 last=2026-11-16 # the DST day of 2026-10-25 and the incident are in it
n=0

events() { # folder: the shop's configuration and the last weeks of its events
	mkdir -p "$1/events"
	for file in "$root"/examples/shop/events/*.gz; do
		day=${file##*/}
		day=${day%%.*}
		[ "$(printf '%s\n' "$first" "$day" "$last" | sort | sed -n 2p)" = "$day" ] || continue
		"$2" "$file" "$day" "$1/events"
	done
	sed 's|events/{day}.jsonl.gz|events|' "$root/examples/shop/rounds.json" >"$1/rounds.json"
}

as_is() { cp "$1" "$3/"; }
unpacked() { gzip -dc "$1" >"$3/$2.jsonl"; }
shuffled() { gzip -dc "$1" | awk '{ print length($0) * 7919 % 1000 "\t" $0 }' | sort -rn | cut -f 2- >"$3/$2.jsonl"; }
split_up() {
	gzip -dc "$1" | awk -v to="$3/$2" '{ print >(to "." NR % 3 ".jsonl") }'
	gzip "$3/$2.0.jsonl"
}
doubled() { gzip -dc "$1" | awk '{ print; if ($0 ~ /^[{].*[}]$/) print }' | gzip >"$3/$2.jsonl.gz"; }
crlf() { gzip -dc "$1" | awk '{ printf "%s\r\n", $0 }' >"$3/$2.jsonl"; }

judge() { "$BIN/rounds-watchdog" -c "$1/rounds.json" -s "$1/state" >"$1/out" 2>"$1/err"; }

same() { # folder, sentence
	n=$((n + 1))
	if diff -r -x .lock "$work/as_is/state" "$work/$1/state" >"$work/diff" && [ -s "$work/$1/state/watchdog.json" ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		head -n 5 "$work/diff" "$work/$1/err" | sed 's/^/# /'
	fi
}

for form in as_is unpacked shuffled split_up crlf; do
	events "$work/$form" "$form"
	judge "$work/$form"
done
same unpacked "unpacked files give the same state"
same shuffled "shuffled lines give the same state"
same split_up "lines split over three files, one of them packed, give the same state"
same crlf "lines ending in CR LF give the same state"

events "$work/doubled" doubled
judge "$work/doubled"
same doubled "each event twice gives the same state"

for how in "TZ=Pacific/Kiritimati" "LC_ALL=tr_TR.UTF-8" "GSL_RNG_SEED=7" "HOME="; do
	rm -rf "$work/other"
	cp -R "$work/as_is" "$work/other"
	rm -rf "$work/other/state"
	(export "${how?}" && judge "$work/other")
	same other "$how gives the same state"
done
rm -rf "$work/other" && cp -R "$work/as_is" "$work/other" && rm -rf "$work/other/state"
(umask 077 && cd "$work/other" && "$BIN/rounds-watchdog" >out 2>err)
same other "umask 077 and the folder itself as the working folder give the same state"

rm -rf "$work/other" && cp -R "$work/as_is" "$work/other" && rm -rf "$work/other/state"
for day in 2026-11-05 2026-11-06 2026-11-09 2026-11-15; do
	"$BIN/rounds-watchdog" -c "$work/other/rounds.json" --as-of "$day" >/dev/null 2>&1
done
same other "several rounds with missed days in between give the state of one"

rm -rf "$work/other" && cp -R "$work/as_is" "$work/other" && rm -rf "$work/other/state"
find "$work/other/events" -name '*.gz' | while read -r file; do
	gzip -dc "$file" | sed 's/"Safari"/"Vulpes"/g' | gzip >"$file.new" && mv "$file.new" "$file"
done
judge "$work/other"
sed -i 's/Vulpes/Safari/g' "$work/other/state/watchdog.json"
n=$((n + 1))
if cmp "$work/as_is/state/watchdog.json" "$work/other/state/watchdog.json" >&2; then
	echo "ok $n - a browser of another name changes nothing but names"
else
	echo "not ok $n - a browser of another name changes nothing but names"
fi
echo "1..$n"

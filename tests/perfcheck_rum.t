#!/bin/sh
# Web vitals of visitors through whole rounds of rounds-perfcheck, as TAP: a slower release is found on the second day
# of one page and device alone, stays as it was found, is accepted or resolves; a day without events closes nothing;
# days at once are days one by one; CrUX beside it.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
PATH=$BIN:$PATH LC_ALL=C TZ=UTC
export PATH LC_ALL TZ
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/site/out" "$work/site/err" | head -n 30
	fi
}

# 44 days from 2026-09-01, 240 visits of / and 60 of /cart a day by either device. On weekends all is slower by a
# third. From 2026-10-08 to 10-11 /cart is slower by a half on phones. The spread is that of ranks, drawn from nothing.
events() { # last day
	awk -v last="$1" 'BEGIN {
		for (day = 1; day <= last; day++) {
			date = day <= 30 ? sprintf("2026-09-%02d", day) : sprintf("2026-10-%02d", day - 30)
			weekend = (day + 1) % 7 >= 5 # 2026-09-01 is a Tuesday
			for (i = 0; i < 600; i++) {
				page = i < 480 ? "/" : "/cart"
				device = i % 2 ? "Mobile" : "Desktop"
				lcp = (900 + (i * 37 + day * 101) % 600 * 2) * (weekend ? 1.33 : 1)
				if (day >= 38 && day <= 41 && page == "/cart" && device == "Mobile")
					lcp *= 1.5
				printf "{\"time\":\"%sT%02d:%02d:00Z\",\"id\":\"%d-%d\",\"session\":\"s%d\",\"event\":\"vitals\",", date, i / 60, i % 60, day, i, i
				printf "\"page\":\"%s\",\"device\":\"%s\",\"lcp\":%d}\n", page, device, lcp
			}
		}
		date = last < 30 ? sprintf("2026-09-%02d", last + 1) : sprintf("2026-10-%02d", last - 29)
		printf "{\"time\":\"%sT00:00:01Z\",\"session\":\"s\",\"event\":\"pageview\",\"page\":\"/\"}\n", date
	}'
}

configure() { # members of perfcheck
	printf '{ "sources": { "events": { "type": "jsonl", "path": "events.jsonl" } },\n "perfcheck": { %s } }\n' "$1" \
		>"$work/site/rounds.json"
}

judge() { # day
	(cd "$work/site" && rounds-perfcheck --fail-on never --as-of "$1" >out 2>err)
}

has() { # what of the output
	grep -q -e "$1" "$work/site/out"
}

mkdir -p "$work/site/inputs/lighthouse"
configure '"rum": { "min_n": 60 }'
for day in 02 03 04 05 06 07 08 09 10 11 12 13 14; do echo "2026-10-$day 2 page=/"; done >"$work/site/list"
for day in 28 29 30; do echo "2026-09-$day 2 page=/"; done >>"$work/site/list"
(cd "$work/site" && awk -f "$root/tests/perfcheck/reports.awk" list)
events 44 >"$work/site/events.jsonl"
printf '{"error":{"code":404,"message":"chrome ux report data not found"}}\n' >"$work/site/inputs/lighthouse/crux-1.json"

for day in 02 03 04 05 06 07 08; do judge "2026-10-$day" || break; done
[ ! -s "$work/site/err" ] && ! has rum-
check $? "weekends and one slow day raise nothing"
judge 2026-10-09 && has '^warn perfcheck/rum-lcp/mobile//cart: .*new' && [ "$(grep -c '/rum-' "$work/site/out")" -eq 1 ]
check $? "the second slow day opens one finding, of the page and the device"
(cd "$work/site" && rounds-perfcheck show --format json >shown 2>err; [ $? -eq 1 ]) && grep -q '"p75_ms": [0-9]*' "$work/site/shown"
check $? "the report as JSON has the visitors' numbers"
has '^mobile   /cart .* !'
check $? "the table marks it"
cp -R "$work/site/state" "$work/before"
judge 2026-10-10 && judge 2026-10-11 && has '^warn perfcheck/rum-lcp/mobile//cart: .*since 2026-10-09'
check $? "it stays open"
grep -q rum-lcp/mobile//cart "$work/site/state/perfcheck.json" &&
	[ "$(diff "$work/before/perfcheck.json" "$work/site/state/perfcheck.json" | grep '^[<>]' | grep -vc '"through"')" -eq 0 ]
check $? "and in state nothing but the day moves"
cp -R "$work/site/state" "$work/open"
sed '/"2026-10-12T/d' "$work/site/events.jsonl" >"$work/all" && mv "$work/all" "$work/site/events.jsonl"
judge 2026-10-12 && has 'rum-lcp/mobile//cart' && has '1 day of events absent, 2026-10-12'
check $? "a day without events closes nothing, and is said"
rm -rf "$work/site/state"
cp -R "$work/open" "$work/site/state"
events 44 >"$work/site/events.jsonl"
judge 2026-10-12 && judge 2026-10-13 && has 'rum-lcp/mobile//cart'
check $? "two quiet days are not enough"
judge 2026-10-14 && has 'rum-lcp/mobile//cart: .*resolved'
check $? "three resolve it"
cp -R "$work/site/state" "$work/daily"
rm -rf "$work/site/state"
judge 2026-10-14 && diff -r -x .lock "$work/daily" "$work/site/state" >"$work/site/err"
check $? "days at once are days one by one"

rm -rf "$work/site/state"
cp -R "$work/open" "$work/site/state"
configure '"rum": { "min_n": 60 }, "accept": [{ "id": "perfcheck/rum-lcp/mobile//cart", "on": "2026-10-11", "why": "richer" }]'
judge 2026-10-12 && ! has 'rum-lcp/mobile//cart: .*open' && ! has accept-unused
check $? "an accept ends it"
configure '"rum": null'
rm -rf "$work/site/state"
judge 2026-10-11 && ! has rum- && ! has visitors && ! grep -q 'rum\.' "$work/site/state/history/perfcheck.tsv"
check $? "\"rum\": null is off"

weeks() { # p75 of weeks that end on 2026-08-08 and then every Saturday
	printf '{"query":{},"reply":{"record":{"key":{"url":"https://shop.example/","formFactor":"PHONE"},"metrics":{'
	printf '"largest_contentful_paint":{"percentilesTimeseries":{"p75s":[%s]}}},"collectionPeriods":[' "$1"
	for end in '8,"day":8' '8,"day":15' '8,"day":22' '8,"day":29' '9,"day":5' '9,"day":12' '9,"day":19' '9,"day":26'; do
		printf '{"lastDate":{"year":2026,"month":%s}}%s' "$end" "$([ "$end" = '9,"day":26' ] || echo ,)"
	done
	printf ']}}}\n'
}
weeks 2400,2400,2400,2400,2600,2650,2700,2750 >"$work/site/inputs/lighthouse/crux-2.json"
judge 2026-10-11 && has '^info perfcheck/crux-lcp/mobile/https://shop.example/: lcp of https://shop.example/ on mobile is no longer good in CrUX: 2750 ms'
check $? "a level lost in CrUX is an info"
echo '{"record":' >"$work/site/inputs/lighthouse/crux-3.json"
judge 2026-10-11 && has 'crux-3.json' && has crux-lcp
check $? "a stored answer that is broken is said, and the others count"
echo "1..$n"

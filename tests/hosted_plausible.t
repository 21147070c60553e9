#!/bin/sh
# rounds-watchdog on Plausible, which tests/lib/hosted-plausible.pl stands for, as TAP: what is asked, byte for byte;
# what is made of it; and that no answer that is not whole moves the state.
# shellcheck disable=SC2016 # JSON in single quotes
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C GONE=2026-03-19
# shellcheck source=tests/lib/hosted.sh
. "$root/tests/lib/hosted.sh"

start_stub hosted-plausible.pl
mkdir "$work/site"
timeout=20

configure() { # members of the source, of the watchdog
	cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "plausible", "url": "$at/", "site_id": "shop.example", "token_env": "HOSTED_TOKEN",
    "timeout_s": $timeout, "budget_s": 120, "events": { "not_found": ["404"] }${1:-} } },
  "watchdog": { "min_exposed": 1${2:-} } }
END
}

configure
fault none
judge 0 2026-03-18 -v
check $? "a first run learns its history"
grep -q "days before 2026-01-17 are not asked for: Plausible answers 600 questions an hour" "$work/err" &&
	[ "$(grep -c '^POST ' "$work/asked")" -le 500 ]
check $? "as much of it as an hour's questions tell of, and says so"
grep -Eq 'confined: .*net=([0-9]+,53|53,[0-9]+|any)' "$work/err"
check $? "it may connect to the one port"

fault none
judge 0 2026-03-19
check $? "a quiet day is no finding"
q='{"site_id":"shop.example","metrics":["visitors"],"date_range":["2026-03-19","2026-03-19"],"filters":'
p=',"include":{"total_rows":true},"pagination":{"limit":10000,"offset":0}}'
[ "$(asked "${q}[],\"dimensions\":[]$p")" -eq 1 ] && [ "$(asked "${q}[[\"is\",\"event:goal\",[\"404\"]]],\"dimensions\":[]$p")" -eq 1 ]
check $? "the site is asked for once with the goal and once without, word for word"
asks_by() { # dimension
	[ "$(asked "${q}[],\"dimensions\":[\"$1\"]$p")" -eq 1 ] &&
		[ "$(asked "${q}[[\"is\",\"event:goal\",[\"404\"]]],\"dimensions\":[\"$1\"]$p")" -eq 1 ]
}
asks_by event:page && asks_by visit:browser && asks_by visit:device
check $? "so is each of its three dimensions"
[ "$(grep -c '^POST /api/v2/query HTTP/1.1$' "$work/asked")" -eq "$(asked "Authorization: Bearer $token")" ] &&
	[ "$(asked 'Content-Type: application/json')" -eq "$(grep -c '^POST ' "$work/asked")" ]
check $? "the token is in a header of each question"
[ "$(asked "${q%%2026*}2026-03-17\",\"2026-03-17\"],\"filters\":[],\"dimensions\":[\"event:page\"]$p")" -eq 1 ] &&
	[ "$(asked "${q%%2026*}2026-03-13\",\"2026-03-13\"],\"filters\":[],\"dimensions\":[\"event:page\"]$p")" -eq 0 ]
check $? "of days that are final only the site is compared"
keep_state

# The finding, with what Plausible counted.
fault none
judge 2 2026-03-20 -n
check $? "200 visitors on the goal where ten are usual are a finding"
grep -q 'watchdog/http_404' "$work/out" && state_stands
check $? "of the signal whose kind has the goal"
run_tool 0 watchdog signals
tr -d ' \n' <"$work/out" >"$work/signals"
grep -q '"name":"http_404","source":\["events"\]' "$work/signals" && grep -q '"name":"lcp_slow","source":\[\]' "$work/signals" &&
	grep -q '"name":"checkout_fail","source":\[\]' "$work/signals" && grep -q '"name":"tracking"' "$work/signals"
check $? "signals that goals cannot tell are unavailable"

# What comes in pages.
fault two-pages
judge 2 2026-03-20 -n
check $? "a long list comes in two pages"
[ "$(grep -c '"offset":10000' "$work/asked")" -eq 1 ] && [ "$(grep -c '"offset":20000' "$work/asked")" -eq 0 ]
check $? "which are asked for by their offset"
fault repeat '*'
judge 3 2026-03-20 && refused "comes twice in the pages of the reply; nothing of 2026-03-20 is used"
check $? "a page that comes again is refused"
fault short '*'
judge 3 2026-03-20 && refused "source 'events': /meta/total_rows is 6, but 3 rows came; nothing of 2026-03-20 is used"
check $? "so is a total that is not reached"
fault grown '*'
judge 3 2026-03-20 && refused "/meta/total_rows was 10004 and is 10005 on the next page"
check $? "so is one that changes"

# Nothing is not zero.
fault nobody '*'
judge 3 2026-03-20 && refused "source 'events' is stale: no event on 2026-03-20 or the day after"
check $? "no visitors at all are stale data, no calm"
fault gone '*'
judge 2 2026-03-20 -n --format json && grep -q '"2026-03-19", *"status": *"absent"\|"status": *"absent"' "$work/out"
check $? "a day without visitors before the last is absent"
fault old '*'
judge 2 2026-03-20 -n
check $? "a reply that does not tell its dates is taken"
fault zone '*'
judge 3 2026-03-20 && refused "which is not when the day begins in Europe/Berlin; the site has another time zone"
check $? "dates of another zone are refused"

# Answers that are none. The text is that of sources.md 12.
fault 401
judge 3 2026-03-20 && refused "source 'events': 401 from $at: the token is refused or lacks 'Stats API'" && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "401 is a token that is refused, and not tried again"
fault 403 7
judge 3 2026-03-20 && refused "source 'events': 403 from $at: the token is refused or lacks 'Stats API'"
check $? "so is 403, also in the middle"
fault 404
judge 3 2026-03-20 && refused "source 'events': 404 from $at/api/v2/query: Project not found." && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "404 fails at once with the server's words"
fault 422 12
judge 3 2026-03-20 && refused 'source '"'events'"': 422 from '"$at"'/api/v2/query: no such goal \u{202E} 404'
check $? "so does 422, its words made fit to print"
fault 429
judge 2 2026-03-20 -n && [ "$(head -n 1 "$work/out" | grep -c CRITICAL)" -eq 1 ]
check $? "429 is asked again when Retry-After says so"
fault hour
judge 3 2026-03-20 && refused "source 'events': 429, Retry-After 3600 s is longer than the " && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "nobody waits past the budget"
fault 500 3
judge 2 2026-03-20 -n
check $? "500 is asked again"
fault html
judge 3 2026-03-20 && refused "source 'events': 200 from $at: HTML where JSON is wanted: the token is refused"
check $? "a login page is a token that is refused"
fault away
judge 3 2026-03-20 && refused "302 from $at: it leads elsewhere, which is not followed" && ! grep -q elsewhere "$work/asked"
check $? "a redirect is not followed, so no token goes there"
fault exception
judge 3 2026-03-20 && refused "source 'events': /results is missing, expected a list; nothing of "
check $? "an exception inside of 200 is no answer"
fault empty
judge 3 2026-03-20 && refused "source 'events': reply is empty; nothing of "
check $? "neither is nothing"
is_mended() { # fault
	fault "$1" /event:page
	judge 2 2026-03-20 -n
}
is_mended cut-length && is_mended cut-chunk
check $? "an answer cut by length or chunk is asked for again"
fault cut-close /event:page
judge 3 2026-03-20 && refused "source 'events': reply ends inside row " && refused "; nothing of 2026-03-"
check $? "one cut by its close proves itself cut"
fault endless
judge 3 2026-03-20 && refused "the body is too large"
check $? "an endless answer is given up"
fault bomb
judge 3 2026-03-20 && refused "the body is too large"
check $? "so is one that swells"
timeout=2
configure
fault slow-body
judge 2 2026-03-20 -n
check $? "an answer that does not end is asked for again"
timeout=20
configure
fault types
judge 3 2026-03-20 && refused "source 'events': /results is a string, expected a list; nothing of "
check $? "another type is drift, named by its pointer"
fault strings
judge 3 2026-03-20 && refused "source 'events': /results/0/metrics/0 is a string, expected a number; nothing of "
check $? "so are numbers as text"
fault extra '*'
judge 2 2026-03-20 -n -v && [ "$(grep -c "source 'events': the reply has a field that is not known here, which is ignored: /brand_new" "$work/err")" -eq 1 ]
check $? "a new field is ignored, and named once under -v"
fault extra '*'
judge 2 2026-03-20 -n && ! grep -q brand_new "$work/err"
check $? "and not without"

# Configurations.
configure ', "timezone": "UTC"'
judge 3 2026-03-20 && refused "/sources/events/timezone: the days of a site in 'UTC' are not those of the configuration"
check $? "a site in another zone is refused"
configure
sed 's/, "token_env": "HOSTED_TOKEN"//' "$work/site/rounds.json" >"$work/site/new" && mv "$work/site/new" "$work/site/rounds.json"
judge 3 2026-03-20 && refused "the token is missing; name where it is by 'token_env' or 'token_file'"
check $? "a source without a token is refused"
configure
HOSTED_TOKEN='' judge 3 2026-03-20
unset HOSTED_TOKEN
judge 3 2026-03-20 && refused "source 'events': environment variable 'HOSTED_TOKEN' is not set"
check $? "so is one whose variable is not set"
export HOSTED_TOKEN="$token"
configure
sed "s|$at|http://192.0.2.1|" "$work/site/rounds.json" >"$work/site/new" && mv "$work/site/new" "$work/site/rounds.json"
judge 3 2026-03-20 && refused "plain http to '192.0.2.1' would show the secret to others; write https"
check $? "the token goes over no open line"
configure '' ', "custom": [ { "name": "odd", "affected": { "event": "od+" }, "exposed": { "event": ["pageview"] } } ]'
judge 3 2026-03-20 && refused "source 'events' knows goals, which take no pattern"
check $? "a pattern is refused"
configure
cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "plausible", "url": "$at", "site_id": "shop.example", "token_env": "HOSTED_TOKEN" } },
  "bandit": { "experiments": { "cta": { "arms": ["a", "b"], "reward": { "type": "conversion", "event": "order" } } } } }
END
run_tool 3 bandit --as-of 2026-03-20 && grep -q "source 'events' is Plausible, which tells of no unit what it did" "$work/err" && state_stands
check $? "the bandit takes no experiment from it"
tells_no_token
check $? "the token is in no output, state or address"
stop_stub
echo "1..$n"

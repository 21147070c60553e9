#!/bin/sh
# rounds-watchdog on GA4, which tests/lib/hosted-ga4.pl stands for, as TAP: what is asked, byte for byte; what is made
# of it; and that no answer that is not whole moves the state.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C GONE=2026-03-19
# shellcheck source=tests/lib/hosted.sh
. "$root/tests/lib/hosted.sh"

start_stub hosted-ga4.pl
mkdir "$work/site"

configure() { # members of the source, of the watchdog
	cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "ga4", "url": "$at/", "property": "123", "token_env": "HOSTED_TOKEN",
    "timeout_s": 1, "budget_s": 10, "events": { "not_found": [ "404", "not found" ] }${1:-} } },
  "watchdog": { "min_exposed": 1${2:-} } }
END
}

configure
fault none
judge 0 2026-03-18 -v
check $? "a first run learns its history"
grep -Eq 'confined: .*net=([0-9]+,53|53,[0-9]+|any)' "$work/err"
check $? "it may connect to the one port"

fault none
judge 0 2026-03-19
check $? "a quiet day is no finding"
q='{"dateRanges":[{"startDate":"2026-03-19","endDate":"2026-03-19"}],"metrics":[{"name":"sessions"}],"dimensions":[{"name":"date"}'
p=',"limit":"100000","offset":"0"}'
[ "$(asked "$q]$p")" -eq 1 ]
check $? "all sessions are asked for without names, word for word"
[ "$(asked "$q,{\"name\":\"eventName\"}]$p")" -eq 1 ]
check $? "and once by name"
filter=',"dimensionFilter":{"filter":{"fieldName":"eventName","inListFilter":{"values":["404","not found"]}}}'
[ "$(asked "$q]$filter$p")" -eq 1 ] && [ "$(grep -c inListFilter "$work/asked")" -eq 8 ]
check $? "two names of one kind cannot be added up and are asked for together"
[ "$(grep -c '^POST /v1beta/properties/123:runReport HTTP/1.1$' "$work/asked")" -eq "$(asked "Authorization: Bearer $token")" ] &&
	[ "$(asked 'Content-Type: application/json')" -eq "$(grep -c '^POST ' "$work/asked")" ] && [ "$(grep -c '^POST ' "$work/asked")" -eq 25 ]
check $? "the token is in a header of each question"
keep_state

fault none
judge 2 2026-03-20 -n
check $? "200 sessions with an exception where ten are usual are a finding"
grep -q 'watchdog/js_exception' "$work/out" && state_stands
check $? "of the signal whose kind has the event's name"
run_tool 0 watchdog signals
tr -d ' \n' <"$work/out" >"$work/signals"
grep -q '"name":"js_exception","source":\["events"\]' "$work/signals" && grep -q '"name":"http_404","source":\["events"\]' "$work/signals" &&
	grep -q '"name":"lcp_slow","source":\[\]' "$work/signals" && grep -q '"name":"form_abandon","source":\[\]' "$work/signals" &&
	grep -q '"name":"search_empty","source":\[\]' "$work/signals" && grep -q '"name":"checkout_fail","source":\[\]' "$work/signals"
check $? "signals that names cannot tell are unavailable"

# What comes in pages.
fault two-pages
judge 2 2026-03-20 -n
check $? "a long list comes in two pages"
[ "$(grep -c '"offset":"4"' "$work/asked")" -eq 8 ] && [ "$(grep -c '"offset":"[1-35-9]' "$work/asked")" -eq 0 ]
check $? "which are asked for by their offset"
fault repeat '*'
judge 3 2026-03-20 && refused "comes twice in the pages of the reply; nothing of 2026-03-"
check $? "a page that comes again is refused"
fault short '*'
judge 3 2026-03-20 && refused "source 'events': /rowCount is 7, but 6 rows came; nothing of 2026-03-"
check $? "so is a total that is not reached"
fault grown '*'
judge 3 2026-03-20 && refused "/rowCount was 6 and is 7 on the next page"
check $? "so is one that changes"

# Nothing is not zero, and some is not all.
fault nobody '*'
judge 3 2026-03-20 && refused "source 'events' is stale: no event on 2026-03-20 or the day after"
check $? "no rows at all are stale data, no calm"
fault gone '*'
judge 2 2026-03-20 -n --format json && grep -q '"status": *"absent"' "$work/out"
check $? "a day without rows before the last is absent"
fault nameless '*'
judge 3 2026-03-20 && refused "/rows is missing, though there were 10" && refused "sessions; nothing of 2026-03-"
check $? "sessions without any event are no calm"
fault few '*'
judge 3 2026-03-20 && refused "source 'events' is partial on 2026-03-20: GA4 withholds rows of few users (subjectToThresholding); nothing of it is used"
check $? "a day of which rows are withheld is partial"
fault other '*'
judge 3 2026-03-20 && refused "is partial on 2026-03-20: GA4 folds rows into '(other)' (dataLossFromOtherRow)"
check $? "so is one whose names were folded into one"
fault sample '*'
judge 3 2026-03-20 && refused "is partial on 2026-03-20: GA4 counts a sample (samplingMetadatas)"
check $? "so is a sample"
fault earlier '*'
judge 2 2026-03-20 -n --format json && grep -q '"status": *"partial"' "$work/out"
check $? "an earlier day that is partial does not keep the last from being judged"
fault zone '*'
judge 3 2026-03-20 && refused "source 'events': /metadata/timeZone is America/New_York, but the days of the configuration are those of Europe/Berlin"
check $? "a property in another zone is refused"
fault shifted
judge 3 2026-03-20 && refused "source 'events': /rows/0/dimensionValues/0/value is '20260312', expected '20260313'; nothing of 2026-03-13 is used"
check $? "so are rows of another day"

# Answers that are none. The text is that of sources.md 12.
fault 401
judge 3 2026-03-20 && refused "source 'events': 401 from $at: the token is refused or lacks 'analytics.readonly'" && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "401 is a token that is refused, and not tried again"
fault 403 12
judge 3 2026-03-20 && refused "source 'events': 403 from $at: the token is refused or lacks 'analytics.readonly'"
check $? "so is 403, also in the middle"
fault 404
judge 3 2026-03-20 && refused "source 'events': 404 from $at/v1beta/properties/123:runReport: Project not found." && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "404 fails at once with the server's words"
fault 422 /eventName
judge 3 2026-03-20 && refused "source 'events': 422 from $at/v1beta/properties/123:runReport: no such goal \\u{202E} 404"
check $? "so does 422, its words made fit to print"
fault 429
judge 2 2026-03-20 -n
check $? "429 is asked again when Retry-After says so"
fault date
judge 2 2026-03-20 -n
check $? "which may be a date"
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
judge 3 2026-03-20 && refused "source 'events': /metadata is missing, expected an object; nothing of "
check $? "an exception inside of 200 is no answer"
fault empty
judge 3 2026-03-20 && refused "source 'events': reply is empty; nothing of "
check $? "neither is nothing"
fault cut-length /eventName
judge 2 2026-03-20 -n
check $? "an answer cut by length is asked for again"
fault cut-close /eventName
judge 3 2026-03-20 && refused "source 'events': reply ends inside row 3; nothing of 2026-03-"
check $? "one cut by its close proves itself cut"
fault endless
judge 3 2026-03-20 && refused "the body is too large"
check $? "an endless answer is given up"
fault types
judge 3 2026-03-20 && refused "source 'events': /rows is a string, expected a list; nothing of "
check $? "another type is drift, named by its pointer"
fault numbers '*'
judge 3 2026-03-20 && refused "source 'events': /rows/0/metricValues/0/value is a number, expected a string; nothing of "
check $? "so are numbers that are no texts"
fault strings
judge 3 2026-03-20 && refused "source 'events': /rowCount is a string, expected a number; nothing of "
check $? "and a text in place of a number"
fault extra '*'
judge 2 2026-03-20 -n -v && [ "$(grep -c "source 'events': the reply has a field that is not known here, which is ignored: /brand_new" "$work/err")" -eq 1 ]
check $? "a new field is ignored, and named once under -v"

# Configurations.
configure '' ', "custom": [ { "name": "odd", "affected": { "event": "od+" }, "exposed": { "event": ["page_view"] } } ]'
judge 3 2026-03-20 && refused "source 'events' knows names of events, which take no pattern"
check $? "a pattern is refused"
configure
unset HOSTED_TOKEN
judge 3 2026-03-20 && refused "source 'events': environment variable 'HOSTED_TOKEN' is not set"
check $? "so is a source whose variable is not set"
export HOSTED_TOKEN="$token"
cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "ga4", "url": "$at", "property": "123", "token_env": "HOSTED_TOKEN" } },
  "bandit": { "experiments": { "cta": { "arms": ["a", "b"], "reward": { "type": "conversion", "event": "order" } } } } }
END
run_tool 3 bandit --as-of 2026-03-20 && grep -q "source 'events' is GA4, which tells of no unit what it did" "$work/err" && state_stands
check $? "the bandit takes no experiment from it"
tells_no_token
check $? "the token is in no output, state or address"
stop_stub
echo "1..$n"

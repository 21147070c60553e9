#!/bin/sh
# rounds-watchdog on PostHog's HogQL, which tests/lib/hosted-posthog.pl stands for, as TAP: what is asked, word for
# word; what is made of it; and that no answer that is not whole moves the state.
# shellcheck disable=SC2016 # names of properties begin with a dollar
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C
# shellcheck source=tests/lib/hosted.sh
. "$root/tests/lib/hosted.sh"

start_stub hosted-posthog.pl
mkdir "$work/site"

configure() { # more members of the source
	cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "posthog", "mode": "query", "url": "$at", "project": 7, "token_env": "HOSTED_TOKEN",
    "timeout_s": 20, "budget_s": 120${1:-} } },
  "watchdog": { "min_exposed": 1 },
  "bandit": { "experiments": { "cta": { "arms": ["a", "b"], "start": "2026-03-10",
    "reward": { "type": "conversion", "event": "order paid" } } } } }
END
}

judge() { # exit status expected, arguments
	expected=$1
	shift
	run_tool "$expected" watchdog --as-of 2026-03-20 "$@"
}

configure
fault none
run_tool 0 watchdog --as-of 2026-03-18
check $? "a first run learns its history"
fault none
run_tool 0 watchdog --as-of 2026-03-19
check $? "a quiet day is no finding"
grep '^{"query"' "$work/asked" | grep -F "< toDateTime('2026-03-19 23:00:00'" | grep -v 'count() AS n' >"$work/cells"
diff "$root/tests/sql/hogql.asked" "$work/cells" >>"$work/err" || { [ -n "${UPDATE:-}" ] && cp "$work/cells" "$root/tests/sql/hogql.asked"; }
check $? "its cells are asked for in the words of tests/sql/hogql.asked"
grep -qF "max(toUnixTimestamp64Milli(timestamp)) AS t FROM events\\u000A  WHERE timestamp >= toDateTime('2026-03-" "$work/asked" &&
	grep -qF "< toDateTime('2026-03-19 23:00:00','UTC')\\u000AGROUP BY d ORDER BY d LIMIT 50000" "$work/asked"
check $? "days are counted by their instants in UTC, with the largest limit"
! grep '^{"query"' "$work/asked" | grep -vq 'LIMIT 50000"},"refresh"' && ! grep -q pathname "$work/asked"
check $? "each question has it, and none is of pages"
keep_state
fault none
judge 2 -n
check $? "200 sessions with an exception where ten are usual are a finding"
grep -q 'watchdog/js_exception' "$work/out" && ! grep -q '/page/' "$work/out"
check $? "of the signal that counts them"
fault none
run_tool 0 bandit --as-of 2026-03-12 -n || true
grep -q 'properties.$feature_flag_response' "$work/asked" && grep -q "ifNull(properties.\$feature_flag, '') = 'cta'" "$work/asked"
check $? "the bandit asks for its arms by PostHog's properties"

# Answers that are not there yet, or old.
fault pending
judge 2 -n && [ "$(asked 'GET /api/projects/7/query/q-1/ HTTP/1.1')" -eq 1 ]
check $? "a query that takes longer is asked after"
fault cached
judge 2 -n
check $? "a cached reply is asked for once more"
fault cached-ever
judge 3 && refused "the reply is a cached one, twice; nothing of it is used" && [ "$(grep -c '^POST ' "$work/asked")" -eq 2 ]
check $? "and refused then"
fault more
judge 3 && refused "/hasMore is true: more than 50000 rows"
check $? "more rows than the limit are an error"
fault broken
judge 3 && refused "source 'events', rows of 2026-03-13: the query failed: no such property"
check $? "so is a query that failed, though with 200"
fault nobody
judge 3 && refused "source 'events' is stale: no event on 2026-03-20 or the day after"
check $? "no event is stale data, no calm"

fault 401
judge 3 && refused "401 from $at: the token is refused or lacks 'query:read'"
check $? "401 is a token that is refused"
fault 422
judge 3 && refused "422 from $at/api/projects/7/query/: no such goal"
check $? "422 fails at once with the server's words"
fault exception
judge 3 && refused "the query failed: Memory limit exceeded"
check $? "an exception inside of 200 is no answer"
fault strings
judge 3 && refused "/results/0/0 is a string, expected a number"
check $? "numbers as text are drift, named by their pointer"
fault types
judge 3 && refused "/results is a string, expected a list"
check $? "so is another type"
fault cut-close /browser
judge 3 && refused "reply ends inside row "
check $? "a reply cut by its close proves itself cut"
fault html
judge 3 && refused "HTML where JSON is wanted: the token is refused"
check $? "a login page is a token that is refused"
fault extra '*'
judge 2 -n -v && [ "$(grep -c 'which is ignored: /brand_new' "$work/err")" -eq 1 ]
check $? "a new field is ignored, and named once under -v"

configure ', "fields": { "release": "/properties/build" }'
judge 3 && refused "/sources/events/fields: 'fields' is of mode export; leave it out"
check $? "keys of the other mode are refused"
configure ', "events": { "not_found": ["it'"'"'s gone"] }'
judge 3 && refused "/sources/events/events/not_found/0: 'it's gone' cannot be asked for"
check $? "so are names that no question may hold"
tells_no_token
check $? "the token is in no output, state or address"
stop_stub
echo "1..$n"

#!/bin/sh
# rounds-watchdog on Matomo, which tests/lib/hosted-matomo.pl stands for, as TAP: what is asked, byte for byte; what is
# made of it; and that no answer that is not whole moves the state.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C GONE=2026-03-19
# shellcheck source=tests/lib/hosted.sh
. "$root/tests/lib/hosted.sh"

start_stub hosted-matomo.pl
mkdir "$work/site"

names='"404", "not found"'
configure() { # members of the source, of the watchdog
	cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "matomo", "url": "$at/", "site": 7, "token_env": "HOSTED_TOKEN",
    "timeout_s": 1, "budget_s": 10, "events": { "not_found": [$names] }${1:-} } },
  "watchdog": { "min_exposed": 1${2:-} } }
END
}

configure
fault none
judge 0 2026-03-18 -v
check $? "a first run learns its history"
grep -Eq 'confined: .*net=([0-9]+,53|53,[0-9]+|any)' "$work/err"
check $? "it may connect to the one port"
[ "$(grep -c '^POST ' "$work/asked")" -eq 2 ]
check $? "one question tells of all days, one more of those with the events"

fault none
judge 0 2026-03-19
check $? "a quiet day is no finding"
encoded=$(printf %s "$token" | sed 's|/|%2F|g; s|+|%2B|g; s|=|%3D|g')
form='module=API&method=VisitsSummary.get&idSite=7&period=day&date=2026-03-12,2026-03-20&format=JSON&filter_limit=-1'
[ "$(asked "$form&token_auth=$encoded")" -eq 1 ]
check $? "the visits are asked for without a segment, word for word"
[ "$(asked "$form&segment=eventAction==404,eventAction==not%20found&token_auth=$encoded")" -eq 1 ]
check $? "and with one of the event's actions"
[ "$(grep -c '^POST /index.php HTTP/1.1$' "$work/asked")" -eq 2 ] &&
	[ "$(asked 'Content-Type: application/x-www-form-urlencoded')" -eq 2 ] && ! grep -q '^Authorization' "$work/asked"
check $? "the token is in the form alone"
keep_state

fault none
judge 2 2026-03-20 -n
check $? "200 visits with the action where ten are usual are a finding"
grep -q 'watchdog/http_404' "$work/out" && state_stands
check $? "of the signal whose kind has the action"
run_tool 0 watchdog signals
tr -d ' \n' <"$work/out" >"$work/signals"
grep -q '"name":"http_404","source":\["events"\]' "$work/signals" && grep -q '"name":"lcp_slow","source":\[\]' "$work/signals" &&
	grep -q '"name":"js_exception","source":\[\]' "$work/signals" && grep -q '"name":"checkout_fail","source":\[\]' "$work/signals" &&
	grep -q '"name":"tracking","source":\["events"\]' "$work/signals"
check $? "signals that actions cannot tell are unavailable"

# Nothing is not zero.
fault nobody '*'
judge 3 2026-03-20 && refused "source 'events' is stale: no event on 2026-03-20 or the day after"
check $? "no visits at all are stale data, no calm"
fault gone '*'
judge 2 2026-03-20 -n --format json && grep -q '"status": *"absent"' "$work/out"
check $? "a day that is an empty list is absent"
fault lost
judge 3 2026-03-20 && refused "source 'events': /2026-03-21 is missing, expected an object; nothing of 2026-03-13 to 2026-03-21 is used"
check $? "a day that is not there is no empty day"
fault list
judge 3 2026-03-20 && refused "source 'events': /2026-03-13 is a list, expected an object; nothing of "
check $? "neither is a list with something in it"

# Answers that are none. The text is that of sources.md 12.
fault error
judge 3 2026-03-20 && refused "source 'events': an error inside of a 200: The segment 'x' is not \\u{202E} supported.; nothing of "
check $? "an error inside of a 200 is one"
fault error 2
judge 3 2026-03-20 && refused "source 'events': an error inside of a 200"
check $? "also in the second answer"
fault echo
judge 3 2026-03-20 && refused "source 'events': an error inside of a 200 (its words hold a secret)"
check $? "words that hold the token are not repeated"
fault 401
judge 3 2026-03-20 && refused "source 'events': 401 from $at: the token is refused or lacks 'view'" && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "401 is a token that is refused, and not tried again"
fault 403 2
judge 3 2026-03-20 && refused "source 'events': 403 from $at: the token is refused or lacks 'view'"
check $? "so is 403, also in the middle"
fault 404
judge 3 2026-03-20 && refused "source 'events': 404 from $at/index.php: Project not found." && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "404 fails at once with the server's words"
fault 422 2
judge 3 2026-03-20 && refused "source 'events': 422 from $at/index.php: no such goal \\u{202E} 404"
check $? "so does 422, its words made fit to print"
fault 429
judge 2 2026-03-20 -n && [ "$(grep -c '^POST ' "$work/asked")" -eq 3 ]
check $? "429 is asked again when Retry-After says so"
fault date
judge 2 2026-03-20 -n
check $? "which may be a date"
fault hour
judge 3 2026-03-20 && refused "source 'events': 429, Retry-After 3600 s is longer than the " && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "nobody waits past the budget"
fault 500 2
judge 2 2026-03-20 -n
check $? "500 is asked again"
fault html
judge 3 2026-03-20 && refused "source 'events': 200 from $at: HTML where JSON is wanted: the token is refused"
check $? "a login page is a token that is refused"
fault away
judge 3 2026-03-20 && refused "302 from $at: it leads elsewhere, which is not followed" && ! grep -q elsewhere "$work/asked"
check $? "a redirect is not followed, so no token goes there"
fault empty
judge 3 2026-03-20 && refused "source 'events': reply is empty; nothing of "
check $? "nothing is no answer"
fault cut-length 2
judge 2 2026-03-20 -n
check $? "an answer cut by length is asked for again"
fault cut-close
judge 3 2026-03-20 && refused "source 'events': reply ends early, after " && refused "; nothing of 2026-03-"
check $? "one cut by its close proves itself cut"
fault endless
judge 3 2026-03-20 && refused "the body is too large"
check $? "an endless answer is given up"
fault bomb
judge 3 2026-03-20 && refused "the body is too large"
check $? "so is one that swells"
fault strings
judge 3 2026-03-20 && refused "source 'events': /2026-03-13/nb_visits is a string, expected a number; nothing of "
check $? "numbers as text are drift, named by its pointer"
fault real 2
judge 3 2026-03-20 && refused "/2026-03-13/nb_visits is a fraction, expected a number"
check $? "so are visits with a point"
fault extra '*'
judge 2 2026-03-20 -n
check $? "a new field is ignored"

# Configurations.
configure ', "timezone": "UTC"'
judge 3 2026-03-20 && refused "/sources/events/timezone: the days of a site in 'UTC' are not those of the configuration"
check $? "a site in another zone is refused"
names='"a,b"' configure
judge 3 2026-03-20 && refused "/sources/events/events/not_found: 'a,b': source 'events' takes names of letters, digits and '_\$ .:/-' alone"
check $? "so is an action that would be two"
configure '' ', "custom": [ { "name": "odd", "affected": { "event": "od+" }, "exposed": { "event": ["pageview"] } } ]'
judge 3 2026-03-20 && refused "source 'events' knows names of events, which take no pattern"
check $? "so is a pattern"
configure
sed 's/, "token_env": "HOSTED_TOKEN"//' "$work/site/rounds.json" >"$work/site/new" && mv "$work/site/new" "$work/site/rounds.json"
judge 3 2026-03-20 && refused "the token is missing; name where it is by 'token_env' or 'token_file'"
check $? "so is a source without a token"
configure
unset HOSTED_TOKEN
judge 3 2026-03-20 && refused "source 'events': environment variable 'HOSTED_TOKEN' is not set"
check $? "or one whose variable is not set"
export HOSTED_TOKEN="$token"
configure
cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "matomo", "url": "$at", "site": 7, "token_env": "HOSTED_TOKEN" } },
  "bandit": { "experiments": { "cta": { "arms": ["a", "b"], "reward": { "type": "conversion", "event": "order" } } } } }
END
run_tool 3 bandit --as-of 2026-03-20 && grep -q "source 'events' is Matomo, which tells of no unit what it did" "$work/err" && state_stands
check $? "the bandit takes no experiment from it"
tells_no_token
check $? "the token is in no output, state or address"
stop_stub
echo "1..$n"

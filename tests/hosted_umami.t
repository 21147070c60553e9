#!/bin/sh
# rounds-watchdog on Umami, which tests/lib/hosted-umami.pl stands for, as TAP: what is asked, byte for byte; what is
# made of it; and that no answer that is not whole moves the state.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C GONE=2026-03-19
# shellcheck source=tests/lib/hosted.sh
. "$root/tests/lib/hosted.sh"

start_stub hosted-umami.pl
mkdir "$work/site"
user='"user": "kim \"k\"", "password_env": "HOSTED_TOKEN"'
key='"token_env": "HOSTED_TOKEN"'
login='eyJhbGciOi.umami/token+of=login' # what the stub gives for the password

configure() { # who asks, members of the source, of the watchdog
	cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "umami", "url": "$at/", "website": "0f-1A", ${1:-$user}, "scratch": "$work",
    "timeout_s": 1, "budget_s": 10, "events": { "not_found": ["404"] }${2:-} } },
  "watchdog": { "min_exposed": 1${3:-} } }
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
[ "$(grep -c '^POST /api/auth/login HTTP/1.1$' "$work/asked")" -eq 1 ] &&
	[ "$(asked "{\"username\":\"kim \\\"k\\\"\",\"password\":\"$token\"}")" -eq 1 ]
check $? "it logs in once, word for word"
[ "$(asked 'GET /api/websites/0f-1A/events?startAt=1773874800000&endAt=1773961199999&page=1&pageSize=1000 HTTP/1.1')" -eq 1 ]
check $? "a day's events are asked for from its first millisecond to its last, word for word"
[ "$(grep -c '^GET ' "$work/asked")" -eq 9 ] && [ "$(asked "Authorization: Bearer $login")" -eq 9 ] &&
	! grep -q '^x-umami-api-key' "$work/asked"
check $? "each with the token that the login gave"
keep_state

fault none
judge 1 2026-03-20 -n
check $? "40 sessions with the event where three are usual are a finding"
grep -q 'watchdog/http_404' "$work/out" && state_stands
check $? "of the signal whose kind has the event's name"
grep -q '	http_404	browser=chrome	2	40$' "$work/site/state/history/watchdog.tsv" && grep -q '	page=/p1	' "$work/site/state/history/watchdog.tsv"
check $? "pages and browsers are segments"
run_tool 0 watchdog signals
tr -d ' \n' <"$work/out" >"$work/signals"
grep -q '"name":"http_404","source":\["events"\]' "$work/signals" && grep -q '"name":"quick_back","source":\["events"\]' "$work/signals" &&
	grep -q '"name":"lcp_slow","source":\[\]' "$work/signals" && grep -q '"name":"js_exception","source":\[\]' "$work/signals"
check $? "signals whose rows Umami has not are unavailable"

# Umami Cloud.
configure "$key"
fault none
judge 1 2026-03-20 -n
check $? "Umami Cloud says the same"
[ "$(asked 'GET /v1/websites/0f-1A/events?startAt=1773874800000&endAt=1773961199999&page=1&pageSize=1000 HTTP/1.1')" -eq 1 ] &&
	[ "$(asked "x-umami-api-key: $token")" -eq 9 ] && ! grep -q '^Authorization\|^POST' "$work/asked"
check $? "it is asked without /api and without a login, with the key in a header of its own"
fault 401
judge 3 2026-03-20 && refused "source 'events': 401 from $at: the token is refused"
check $? "a key that is refused is told"
configure

# What comes in pages.
fault two-pages
judge 1 2026-03-20 -n
check $? "a long day comes in pages"
[ "$(grep -c '&page=1&' "$work/asked")" -eq 9 ] && [ "$(grep -c '&page=3&' "$work/asked")" -eq 9 ] && [ "$(grep -c '&page=6&' "$work/asked")" -eq 0 ]
check $? "as many as the count says"
fault settled
judge 1 2026-03-20 -n && [ "$(grep -c '&page=1&' "$work/asked")" -eq 10 ]
check $? "a count that changes begins the day again"
fault torn
judge 1 2026-03-20 -n --format json && [ "$(grep -c '&page=1&' "$work/asked")" -eq 10 ] && grep -q '"status": *"partial"' "$work/out"
check $? "once; then the day is partial, which does not keep a later one from being judged"
fault grown
judge 3 2026-03-20 && refused "source 'events' is partial on 2026-03-20: /count was 10" && refused " on the next page; nothing of it is used"
check $? "but is no verdict of its own"
fault repeat
judge 3 2026-03-20 && refused "source 'events' is partial on 2026-03-20: a row comes twice in the pages of the reply; nothing of it is used"
check $? "a page that comes again makes a day partial"
fault other-page
judge 3 2026-03-20 && refused "source 'events' is partial on 2026-03-20: /page is 1, expected 2; nothing of it is used"
check $? "so does another page than was asked for"
fault short
judge 3 2026-03-20 && refused "rows came; nothing of it is used" && [ "$(grep -c '&page=2&' "$work/asked")" -eq 18 ]
check $? "and a count that is not reached"

# Nothing is not zero.
fault nobody
judge 3 2026-03-20 && refused "source 'events' is stale: no event on 2026-03-20 or the day after"
check $? "no rows at all are stale data, no calm"
fault gone
judge 1 2026-03-20 -n --format json && grep -q '"status": *"absent"' "$work/out"
check $? "a day without rows before the last is absent"

# Answers that are none. The text is that of sources.md 12.
fault 401 2
judge 3 2026-03-20 && refused "source 'events': 401 from $at: the token is refused" && [ "$(grep -c '^GET ' "$work/asked")" -eq 1 ]
check $? "401 is a token that is refused, and not tried again"
fault 401
judge 3 2026-03-20 && refused "source 'events': 401 from $at: the user or the password is refused" && [ "$(grep -c '^POST' "$work/asked")" -eq 1 ]
check $? "at the login it is the password"
fault no-token
judge 3 2026-03-20 && refused "source 'events': login: /token is missing, expected a string"
check $? "a login without a token is drift"
fault 403 5
judge 3 2026-03-20 && refused "source 'events': 403 from $at: the token is refused"
check $? "so is 403, also in the middle"
fault 404 2
judge 3 2026-03-20 && refused "source 'events': 404 from $at/api/websites/0f-1A/events: Project not found." && [ "$(grep -c '^GET ' "$work/asked")" -eq 1 ]
check $? "404 fails at once with the server's words"
fault 422 6
judge 3 2026-03-20 && refused "source 'events': 422 from $at/api/websites/0f-1A/events: no such goal \\u{202E} 404"
check $? "so does 422, its words made fit to print"
fault 429 3
judge 1 2026-03-20 -n
check $? "429 is asked again when Retry-After says so"
fault date 2
judge 1 2026-03-20 -n
check $? "which may be a date"
fault hour 2
judge 3 2026-03-20 && refused "source 'events': 429, Retry-After 3600 s is longer than the " && [ "$(grep -c '^GET ' "$work/asked")" -eq 1 ]
check $? "nobody waits past the budget"
fault 500 3
judge 1 2026-03-20 -n
check $? "500 is asked again"
fault html 2
judge 3 2026-03-20 && refused "source 'events': 200 from $at: HTML where JSON is wanted: the token is refused"
check $? "a login page is a token that is refused"
fault away 2
judge 3 2026-03-20 && refused "302 from $at: it leads elsewhere, which is not followed" && ! grep -q elsewhere "$work/asked"
check $? "a redirect is not followed, so no token goes there"
fault exception 2
judge 3 2026-03-20 && refused "source 'events': /data is missing, expected a list; nothing of 2026-03-13 is used"
check $? "an exception inside of 200 is no answer"
fault empty 2
judge 3 2026-03-20 && refused "source 'events': reply is empty; nothing of "
check $? "neither is nothing"
fault cut-length 3
judge 1 2026-03-20 -n
check $? "an answer cut by length is asked for again"
fault cut-close 3
judge 3 2026-03-20 && refused "source 'events': reply ends inside row 2" && refused "; nothing of 2026-03-14 is used"
check $? "one cut by its close proves itself cut"
fault endless 2
judge 3 2026-03-20 && refused "the body is too large"
check $? "an endless answer is given up"
fault types 2
judge 3 2026-03-20 && refused "source 'events': /data is a string, expected a list; nothing of 2026-03-13 is used"
check $? "another type is drift, named by its pointer"
fault strings 2
judge 3 2026-03-20 && refused "source 'events': /count is a string, expected a number; nothing of 2026-03-13 is used"
check $? "so are numbers as text"
fault no-name
judge 3 2026-03-20 && refused "source 'events': /data/0/eventName is missing, expected a string or null; nothing of 2026-03-13 is used"
check $? "so is a field that is gone"
fault no-time
judge 3 2026-03-20 && refused "source 'events': /data/0/createdAt is 'yesterday', expected a time"
check $? "so is what is no time"
fault outside
judge 3 2026-03-20 && refused ", outside of what was asked for; nothing of 2026-03-13 is used"
check $? "rows of another day are refused"
fault extra '*'
judge 1 2026-03-20 -n -v && [ "$(grep -c "source 'events': the reply has a field that is not known here, which is ignored: /brand_new" "$work/err")" -eq 1 ]
check $? "a new field is ignored, and named once under -v"

# Configurations.
configure "$user, $key"
judge 3 2026-03-20 && refused "/sources/events/user: a token is Umami Cloud's, which knows no user"
check $? "a user and a token are refused"
configure '"user": "kim"'
judge 3 2026-03-20 && refused "the password is missing; name where it is by 'password_env' or 'password_file'"
check $? "so is a user without a password"
configure '"lag_h": 1'
judge 3 2026-03-20 && refused "name where the key of Umami Cloud is by 'token_env' or 'token_file'"
check $? "so is nobody at all"
configure "$user" '' ', "custom": [ { "name": "odd", "affected": { "event": ["404"], "property": { "/plan": "pro" } }, "exposed": { "event": ["pageview"] } } ]'
run_tool 0 watchdog signals && tr -d ' \n' <"$work/out" | grep -q '"name":"odd","source":\[\]'
check $? "a signal of properties is unavailable, for Umami's rows have none"
cat >"$work/site/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "umami", "url": "$at", "website": "0f-1A", $key, "scratch": "$work" } },
  "bandit": { "experiments": { "cta": { "arms": ["a", "b"], "reward": { "type": "conversion", "event": "order" } } } } }
END
run_tool 3 bandit --as-of 2026-03-20 && grep -q "the rows of source 'events' have no properties, so no flag and no arm" "$work/err" && state_stands
check $? "the bandit takes no experiment from it"
tells_no_token && ! grep -rFq -e "$login" "$work/said" "$work/site"
check $? "neither password, key nor token is in any output, state or address"
stop_stub
echo "1..$n"

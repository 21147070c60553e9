#!/bin/sh
# rounds-watchdog and rounds-bandit on PostHog's exports, which tests/lib/hosted-posthog.pl stands for, as TAP: what is
# asked, byte for byte; the same state as from the same events in files; and that no answer that is not whole moves it.
# shellcheck disable=SC2016 # names of properties begin with a dollar
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C
# shellcheck source=tests/lib/hosted.sh
. "$root/tests/lib/hosted.sh"

perl "$root/tests/lib/hosted-events.pl" >"$work/events.tsv" || exit 1
start_stub hosted-posthog.pl
mkdir "$work/site" "$work/files"
cut -f 2 "$work/events.tsv" >"$work/files/events.jsonl"
timeout=20
exports=/api/environments/7/file_download_batch_exports

configure() { # folder, the source
	cat >"$work/$1/rounds.json" <<END
{ "timezone": "Europe/Berlin",
  "sources": { "events": { $2 } },
  "watchdog": { "min_exposed": 1 },
  "bandit": { "experiments": { "cta": { "arms": ["a", "b"], "start": "2026-03-02",
    "reward": { "type": "conversion", "event": "order paid" } } } } }
END
}

of_export() { # more members
	configure site "\"type\": \"posthog\", \"url\": \"$at\", \"project\": 7, \"token_env\": \"HOSTED_TOKEN\", \"timeout_s\": $timeout,
    \"budget_s\": 120, \"scratch\": \"$work\", \"events\": { \"not_found\": [\"page gone\"] }${1:-}"
}

of_export
configure files '"type": "jsonl", "path": "events.jsonl", "preset": "posthog", "events": { "not_found": ["page gone"] }'

from_files() { # tool, day
	(cd "$work/files" && "$BIN/rounds-$1" --as-of "$2") >"$work/out.files" 2>&1
	file_status=$?
	[ $file_status -ne 3 ]
}

same() {
	diff -r "$work/files/state" "$work/site/state" >"$work/moved" 2>&1 || { head -n 5 "$work/moved" >>"$work/err" && return 1; }
}

judge() { # exit status expected, arguments
	expected=$1
	shift
	run_tool "$expected" watchdog --as-of 2026-03-19 "$@"
}

for tool in watchdog bandit; do
	fault none
	from_files $tool 2026-03-18 && run_tool "$file_status" $tool --as-of 2026-03-18 -v && grep -q 'confined: ' "$work/err"
	check $? "rounds-$tool reads the exports of its first run"
done
same
check $? "state and history are those of the same events in files"
fault none
from_files watchdog 2026-03-19 && run_tool "$file_status" watchdog --as-of 2026-03-19 && same
check $? "so they are on the day after"
whole='{"model":"events","file":{"format":"JSONLines","compression":"gzip","max_size_mb":100},"data_interval_start":"2026-03-11T23:00:00Z","data_interval_end":"2026-03-18T23:00:00Z"}'
rest='{"model":"events","file":{"format":"JSONLines","compression":"gzip","max_size_mb":100},"data_interval_start":"2026-03-18T23:00:00Z","data_interval_end":"2026-03-21T23:00:00Z"}'
grep '^{"model"' "$work/asked" >"$work/spans"
printf '%s\n' "$whole" "$rest" | diff - "$work/spans" >>"$work/err"
check $? "it asks for a week at most, up to 24 hours behind the last day, word for word"
[ "$(grep -c "^POST $exports HTTP/1.1\$" "$work/asked")" -eq 2 ] && [ "$(grep -c "^GET $exports/0198-r[0-9]* HTTP" "$work/asked")" -eq 2 ] &&
	[ "$(grep -c "^GET $exports/0198-r[0-9]*/download/[12] HTTP" "$work/asked")" -eq 4 ]
check $? "then for its state, and for each of its files"
awk '/^GET \/bucket/ { in_file = 1 } /^--$/ { in_file = 0 } in_file && tolower($0) ~ /authorization|phx_/ { found = 1 } END { exit found }' "$work/asked" &&
	[ "$(grep -c '^GET /bucket/' "$work/asked")" -eq 4 ]
check $? "the other host sees no token"
[ -z "$(find "$work" -maxdepth 1 -name '.rounds*')" ] && ! grep -rq 5ecret5ignature "$work/said" "$work/site/state"
check $? "what opens the file is in no output or state, and no file is left"
keep_state

fault none
of_export ', "include": ["$pageview", "$rageclick"]'
judge 0 -n
grep -q '2026-03-21T23:00:00Z","include":\["$pageview","$rageclick"\]}$' "$work/asked"
check $? "an export may be of some events alone"
of_export

# Exports that come to no good end.
fault failed
judge 3 && refused "source 'events': the export from 2026-03-12T23:00:00Z to 2026-03-19T23:00:00Z is Failed: out of\\u{202E} luck"
check $? "one that failed is named, with PostHog's words"
fault retryable
judge 0 -n && [ "$(asked "POST $exports HTTP/1.1")" -eq 3 ]
check $? "one that may be tried again is, once"
fault retryable-ever
judge 3 && refused "is FailedRetryable: try again" && [ "$(asked "POST $exports HTTP/1.1")" -eq 2 ]
check $? "and no more"
fault strange
judge 3 && refused "source 'events': /status is 'Levitating', which is not known here"
check $? "a state that nobody knows is drift"
fault nothing
judge 3 && refused "source 'events' is stale: no event on 2026-03-19 or the day after"
check $? "no event is stale data, no calm"

# Where the files lie.
fault here
judge 3 && refused "source 'events': 200 from $at$exports/0198-r" && refused "expected where the file lies"
check $? "a file that lies nowhere is refused"
fault port
judge 3 && refused "source 'events': the file lies at port 1 of 'localhost'; 443 and the API's own are fetched from"
check $? "so is one at another port"
fault plain
judge 3 && refused "the file lies at '192.0.2.1' without https; it is not fetched"
check $? "and one that is sent in the open"
fault html-file
judge 3 && refused "source 'events': the file of the export is no JSON Lines"
check $? "and a page in its place"
fault 403 /bucket/
judge 3 && refused "403 from 'localhost': it lets nobody in"
check $? "one that is refused there is told without its address"
fault cut-length /bucket/
judge 0 -n
check $? "a file cut by length is fetched again"
fault cut-close /bucket/
judge 3 && refused "source 'events': 'export of 2026-03-12T23:00:00Z, file 1' ends inside row "
check $? "one cut by its close is not used"
fault bomb /bucket/
judge 3 && refused "the body is too large"
check $? "nor is one that swells"

# Answers that are none, of each question.
is_auth() { # status, which question
	fault "$1" "$2"
	judge 3 && refused "source 'events': $1 from $at: the token is refused or lacks 'batch_export:write'"
}
is_auth 401 1 && is_auth 403 2
check $? "401 and 403 are a token that is refused"
fault 404
judge 3 && refused "source 'events': 404 from $at$exports: Project not found." && [ "$(grep -c '^POST ' "$work/asked")" -eq 1 ]
check $? "404 fails at once"
fault date 2
judge 0 -n
check $? "429 is asked again when Retry-After, a date, says so"
fault hour
judge 3 && refused "source 'events': 429, Retry-After 3600 s is longer than the "
check $? "nobody waits past the budget"
fault html 2
judge 3 && refused "source 'events': 200 from $at: HTML where JSON is wanted: the token is refused"
check $? "a login page is a token that is refused"
fault away
judge 3 && refused "it leads elsewhere, which is not followed" && ! grep -q elsewhere "$work/asked"
check $? "only the file itself may lie elsewhere"
fault cut-length
judge 3 && refused "no answer from $at$exports" && [ "$(asked "POST $exports HTTP/1.1")" -eq 1 ]
check $? "an export that may have been started is not started again"
timeout=2
of_export
fault slow-header 2
judge 0 -n
check $? "an answer that does not begin is asked for again"
timeout=20
of_export
fault exception
judge 3 && refused "source 'events': /id is missing, expected a string"
check $? "an exception inside of 200 is no answer"
fault types 2
judge 3 && refused "source 'events': /files is a string, expected a list"
check $? "another type is drift, named by its pointer"
fault extra '*'
judge 0 -n -v && [ "$(grep -c 'which is ignored: /brand_new' "$work/err")" -eq 1 ]
check $? "a new field is ignored, and named once under -v"
fault 401
run_tool 3 bandit --as-of 2026-03-19 && refused "401 from $at"
check $? "the bandit keeps its weights as well"

of_export ', "scratch": "/nowhere/at/all"'
sed "s|\"scratch\": \"$work\", ||" "$work/site/rounds.json" >"$work/new" && mv "$work/new" "$work/site/rounds.json"
judge 3 && refused "source 'events': cannot open an unnamed file in '/nowhere/at/all'; name another folder with 'scratch'"
check $? "scratch that is not there is told before anything is asked"
tells_no_token
check $? "the token is in no output, state or address"
stop_stub
echo "1..$n"

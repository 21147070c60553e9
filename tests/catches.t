#!/bin/sh
# The catch log and the freshness check of rounds-report, as TAP.
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

state() { # folder, through, findings
	mkdir -p "$work/$1"
	printf '{\n  "findings": {%s},\n  "schema": 1,\n  "through": "%s",\n  "tool": "watchdog"\n}\n' "$3" "$2" \
		>"$work/$1/watchdog.json"
}

finding() { # id, severity
	printf '\n    "watchdog/%s": {\n      "message": "m",\n      "severity": "%s",\n      "since": "2026-03-08",\n' "$1" "$2"
	printf '      "status": "open"\n    }'
}

report() {
	verb=$1
	shift
	"$BIN/rounds-report" "$verb" -c "$work/rounds.json" "$@" >"$work/out" 2>"$work/err"
}

cat >"$work/rounds.json" <<'END'
{ "timezone": "Europe/Berlin",
  "sources": { "events": { "type": "jsonl", "path": "events", "preset": "posthog" } },
  "watchdog": { "source": "events" },
  "mute": [ { "id": "watchdog/b/*", "until": "2026-12-31", "why": "known", "who": "kim" } ] }
END

mkdir "$work/nothing"
state state 2026-03-07 ''
report catches --before "$work/nothing"
printf 'day\ttool\tfinding\tverdict\twho\tnote\n2026-03-07\twatchdog\t-\tstarted\t-\t-\n' | cmp -s - "$work/state/catches.tsv"
check $? "a tool's first state is its start"
cp -R "$work/state" "$work/before"
state state 2026-03-08 "$(finding a/p crit),$(finding b/p warn),$(finding c/p info)"
report catches --before "$work/before" && report catches --before "$work/before"
[ "$(sed -n '3,$p' "$work/state/catches.tsv")" = "2026-03-08	watchdog	watchdog/a/p	?	-	-" ]
check $? "what is new, warn or crit and not muted is asked about, once"
sed -i 's/?	-	-/caught	kim	iOS 19/' "$work/state/catches.tsv"
report catches --before "$work/before"
grep -q 'caught	kim	iOS 19' "$work/state/catches.tsv"
check $? "what people marked stays"
report audit && grep -q 'watchdog *1 *1 *1 *0 *0  100 % (21 to 100)   too early, 29 more days' "$work/out" &&
	tail -n 1 "$work/out" | grep -qx 'add the next loop'
check $? "audit says what each loop caught"

sed -i 's/caught/cought/' "$work/state/catches.tsv"
cp "$work/state/catches.tsv" "$work/kept"
report audit
[ $? -eq 3 ] && grep -q "catches.tsv:3': no such verdict; write caught, false_alarm or ?" "$work/err"
check $? "another word is exit 3 with its line"
report catches --before "$work/before"
[ $? -eq 3 ] && cmp -s "$work/kept" "$work/state/catches.tsv"
check $? "and nothing is added to such a log"

now=$(date +%s)
day() { TZ=Europe/Berlin date -d "@$((now - $1 * 86400))" +%F; }
state state "$(day 1)" ''
report fresh && grep -q "^ROUNDS OK - 1 tool through $(day 1) or later, limit 48 h\$" "$work/out"
check $? "yesterday is fresh"
state state "$(day 5)" ''
report fresh
[ $? -eq 3 ] && grep -Eq "^ROUNDS UNKNOWN - watchdog stale: through $(day 5), (9[5-9]|1[01][0-9]|12[0-1]) h ago, limit 48 h\$" "$work/out"
check $? "five days ago is not: exit 3 says how old"
state state "$(day -1)" ''
report fresh
check $? "tomorrow is: where a day begins first it is judged first"
state state "$(day -9)" ''
report fresh
[ $? -eq 3 ] && grep -q "^ROUNDS UNKNOWN - watchdog ahead of the clock: through $(day -9), limit 48 h\$" "$work/out"
check $? "a day that has not come was judged by a wrong clock: it would be fresh until then"
state state "$(day 5)" ''
report fresh --hours 200 && report fresh --hours 0
[ $? -eq 3 ] && grep -q -e "--hours is '0', allowed 1 to 8760" "$work/err"
check $? "--hours is the limit, from 1 to 8760"
rm "$work/state/watchdog.json"
report fresh
[ $? -eq 3 ] && grep -q 'ROUNDS UNKNOWN - watchdog stale: no state, limit 48 h' "$work/out"
check $? "a missing file is stale"
echo "1..$n"

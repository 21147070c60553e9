#!/bin/sh
# A ClickHouse in trouble: whatever it answers that is no whole and sound reply is exit 3 with the cause, state and
# weights stay as they are, and an empty answer is never calm. Against a stub; real servers are in engines.t.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${BIN:-$PWD/build/release/bin}
work=$(mktemp -d) || exit 1
perl tests/lib/clickhouse-stub.pl "$work/port" "$work/requests" &
stub=$!
trap 'kill $stub; rm -rf "$work"' EXIT
secret=c4n4ry-Pa55word
n=0

claim() { # what holds, then the command that shows it; what that prints says why not
	what=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/why" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$work/why"
	fi
}

config() { # the address
	cat <<-END
		{ "site": "https://shop.example", "timezone": "Europe/Berlin",
		  "sources": { "events": { "type": "clickhouse", "url": "$1", "user": "reader", "budget_s": 10,
		    "password_env": "PASSWORD", "table": "events" } },
		  "watchdog": { "source": "events" },
		  "bandit": { "experiments": { "cta": { "source": "events", "arms": ["A", "B"], "start": "2026-03-20",
		    "reward": { "type": "conversion", "event": "purchase" } } } } }
	END
}

fails() { # a tool, an address, what it says: exit 3, and the state stays
	config "$2" >"$work/rounds.json"
	rm -rf "$work/state"
	mkdir -p "$work/state/history" "$work/state/weights"
	PASSWORD=$secret "$bin/rounds-$1" run -c "$work/rounds.json" --as-of 2026-03-23 >"$work/out" 2>"$work/err"
	rc=$?
	cat "$work/err"
	[ $rc = 3 ] && grep -q -e "$3" "$work/err" && ! grep -q $secret "$work/out" "$work/err" &&
		[ -z "$(find "$work/state" -type f ! -name .lock)" ]
}

tries=100
until [ -s "$work/port" ] || [ $tries = 0 ]; do
	sleep 0.1
	tries=$((tries - 1))
done
at="http://127.0.0.1:$(cat "$work/port")"
while read -r path says; do
	for tool in watchdog bandit; do
		claim "$tool, $path: $says" fails $tool "$at/$path" "$says"
	done
done <<'END'
exception rows of 20.*exception 395: Value passed
inside exception 395: Value passed
header an exception is in its headers
member /exception is there
half the reply ends early, after [0-9]* bytes
empty the reply is empty
html HTML where JSON is wanted
elsewhere it leads elsewhere
names /meta/2/name is not 'k'
columns /meta is not the list of the columns
null /data/0/2 is neither text nor a whole number
fraction /data/0/1 is neither text nor a whole number
minus '-5' is no count
rows /rows is not the number of rows
elsewhen row 1 of the reply is no count of a day
twice row 2 of the reply is no count of a day
early row 1 of the reply is no count of a day
calm stale
later 429, Retry-After 3600 s is longer than the
big too large
nowhere 404 from
END
claim 'an address with a password in it' fails watchdog "http://reader:$secret@127.0.0.1:1" 'holds a user or password'
claim 'plain http to another machine' fails watchdog 'http://192.0.2.1:8123' 'write https'
claim 'an address with a query' fails watchdog "$at/calm?user=x" 'name host and path alone'

sent() { # user and password in headers, none of them in the address; what reads only
	grep -q '^X-ClickHouse-User: reader' "$work/requests" && grep -q "^X-ClickHouse-Key: $secret" "$work/requests" &&
		! grep '^POST' "$work/requests" | grep -qe "$secret" -e reader &&
		grep -q '^POST /calm?database=default&default_format=JSONCompact&wait_end_of_query=1&readonly=2&max_execution_time=60&max_result_rows=20001&enable_http_compression=1 ' \
			"$work/requests"
}
claim 'the password is sent in a header alone' sent
echo "1..$n"

#!/bin/sh
# engines.sh [EVENTS [EVERY]]: one day of events (10 million) judged by the watchdog from ClickHouse, from PostgreSQL and
# from a file, and counted by DuckDB: a table for docs/bench.md. Sessions by browser, device, release and site; wall and
# processor time and peak memory are the watchdog's own process, bytes are what came back from the server. Then 126 days
# of 40,000 events from ClickHouse: a first run, and the next day's. EVERY 5 gives PostgreSQL a fifth of the sessions. An
# absent peer is a row of its own. Wants curl, and DuckDB in build/bench (npm install --prefix build/bench
# @duckdb/node-api).
set -u
cd "$(dirname "$0")/../.." || exit 1
bin=${BIN:-$PWD/build/release/bin}
events=${1:-10000000}
every=${2:-1}
root=$PWD
work=$(mktemp -d) || exit 1
# shellcheck source=tests/lib/engines.sh
. tests/lib/engines.sh
trap 'kill $proxies 2>/dev/null; stop_engines; rm -rf "$work"' EXIT
proxies=''
start_clickhouse || {
	echo 'engines.sh: ClickHouse makes the events, and is not installed' >&2
	exit 3
}
start_postgres || POSTGRES=''

ask() { # SQL; the answer to stdout, as it comes
	curl -sS --fail-with-body "http://127.0.0.1:$CLICKHOUSE/" --data-binary "$1"
}

# ---- the same day, three times ----

fill() { # a table, how many events, from when, over how many seconds
	ask "CREATE TABLE $1 (ts DateTime, session_id String, user_id String, event String, page String, browser String,
		device String, release String, error String, status Nullable(UInt16)) ENGINE = MergeTree
		PARTITION BY toYYYYMM(ts) ORDER BY (toDate(ts), event, session_id)" &&
		ask "INSERT INTO $1 SELECT toDateTime($3 + intDiv(number * $4, $2)),
		concat('s', toString(intHash32(intDiv(number, 10)))), concat('u', toString(intHash32(intDiv(number, 40)))),
		['\$pageview', '\$pageview', '\$pageview', '\$pageview', '\$rageclick', '\$exception', 'search', 'request'][
			1 + if(intHash32(number) % 100 < 90, intHash32(number) % 4, 4 + intHash32(number + 7) % 4)] AS event,
		concat('/p', toString(intHash32(number + 1) % 40)),
		['Chrome', 'Safari', 'Firefox', 'Edge', 'Other'][1 + intHash32(intDiv(number, 10) + 3) % 5],
		['Desktop', 'Mobile'][1 + intHash32(intDiv(number, 10) + 4) % 2],
		['4.1.0', '4.2.0', '4.2.1'][1 + intHash32(intDiv(number, 10) + 5) % 3],
		if(event = '\$exception', concat('e', toString(intHash32(number + 2) % 30)), ''), NULL
		FROM (SELECT number FROM system.numbers LIMIT $2)"
}

fill events "$events" 1772406000 86399 || exit 1
ask "SELECT concat('{\"event\":\"', event, '\",\"distinct_id\":\"', user_id, '\",\"timestamp\":', toString(toUnixTimestamp(ts)),
	',\"properties\":{\"\$session_id\":\"', session_id, '\",\"\$pathname\":\"', page, '\",\"\$browser\":\"', browser,
	'\",\"\$device_type\":\"', device, '\",\"release\":\"', release, '\"}}') FROM events FORMAT TSVRaw" >"$work/events.jsonl"
if [ -n "$POSTGRES" ]; then
	postgres 'CREATE UNLOGGED TABLE loaded (ts bigint, session_id text, user_id text, event text, page text, browser text,
		device text, release text, error text, status integer); CREATE TABLE events (LIKE loaded);
		ALTER TABLE events ALTER ts TYPE timestamptz USING to_timestamp(ts); CREATE INDEX ON events USING brin (ts);
		CREATE ROLE reader LOGIN PASSWORD '"'$PASSWORD'"'; GRANT SELECT ON events TO reader' &&
		ask "SELECT toUnixTimestamp(ts), * FROM events WHERE cityHash64(session_id) % $every = 0 FORMAT TabSeparated" | cut -f 1,3- |
		postgres 'COPY loaded FROM STDIN' &&
		postgres 'INSERT INTO events SELECT to_timestamp(ts), session_id, user_id, event, page, browser, device, release,
			error, status FROM loaded; DROP TABLE loaded; ANALYZE events' || exit 1
fi

# ---- the runs ----

proxy() { # the port behind, a name: sets `port`
	perl tests/bench/proxy.pl "$1" "$work/$2.bytes" &
	proxies="$proxies $!"
	wait_for [ -s "$work/$2.bytes" ]
	read -r port _ _ <"$work/$2.bytes"
}

config() { # a name, the source's keys
	mkdir -p "$work/$1"
	echo '{ "site": "https://shop.example", "timezone": "Europe/Berlin", "sources": { "events": {' "$2" '} },
		"watchdog": { "source": "events", "segments": ["browser", "device", "release"] } }' >"$work/$1/rounds.json"
}

measure() { # a name, a command: sets wall, cpu, memory
	/usr/bin/time -f '%e %U %S %M' -o "$work/$1.time" sh -c "$2" >"$work/$1.out" 2>"$work/$1.err"
	tail -n 1 "$work/$1.time" | {
		read -r wall user system kib
		echo "$wall $(echo "$user $system $kib" | awk '{ printf "%.3f %.1f", $1 + $2, $3 / 1024 }')"
	}
}

row() { # what, a name, a command
	figures=$(measure "$2" "$3")
	bytes=-
	[ ! -s "$work/$2.bytes" ] || {
		sleep 0.2
		bytes=$(cut -d ' ' -f 3 "$work/$2.bytes")
	}
	echo "| $1 | $(echo "$figures" | sed 's/ / | /g') | $bytes | $(sed '1s/ |.*//; q' "$work/$2.out") |"
}

judged() { # a name, a verb and its options
	echo "PASSWORD=$PASSWORD exec '$bin/rounds-watchdog' $2 -c $work/$1/rounds.json"
}

# shellcheck disable=SC2016 # names of events
kinds='"kinds": { "pageview": ["$pageview"], "rage_click": ["$rageclick"], "exception": ["$exception"] }'
keys="\"user\": \"reader\", \"password_env\": \"PASSWORD\", \"table\": \"events\", \"timeout_s\": 600, $kinds"
day='--as-of 2026-03-02'
proxy "$CLICKHOUSE" clickhouse
config clickhouse "\"type\": \"clickhouse\", \"url\": \"http://127.0.0.1:$port\", $keys"
echo "$events events, $(($(wc -c <"$work/events.jsonl") / 1000000)) MB as JSON Lines, load $(cut -d ' ' -f 1 /proc/loadavg)"
echo
echo '| what | wall s | own CPU s | own peak MiB | bytes back | what it said |'
echo '|---|---|---|---|---|---|'
row "watchdog, ClickHouse $(clickhouse 'SELECT version()')" clickhouse "$(judged clickhouse "-n $day")"
if [ -n "$POSTGRES" ]; then
	proxy "$POSTGRES" postgres
	config postgres "\"type\": \"postgres\", \"conninfo\": \"host=127.0.0.1 port=$port dbname=postgres user=reader\",
		$(echo "$keys" | sed 's/"user": "reader", //')"
	row "watchdog, PostgreSQL $(postgres 'SHOW server_version' | cut -d ' ' -f 1), $(
		postgres 'SELECT count(*) FROM events') events" postgres "$(judged postgres "-n $day")"
else
	echo '| watchdog, PostgreSQL | not installed | | | | |'
fi
config file "\"type\": \"jsonl\", \"path\": \"$work/events.jsonl\", \"preset\": \"posthog\""
row 'watchdog, file' file "$(judged file "-n $day")"
if [ -d "${DUCKDB:-build/bench}/node_modules/@duckdb/node-api" ]; then
	cp "$root/tests/bench/duckdb.mjs" "$work/"
	ln -s "$(cd "${DUCKDB:-build/bench}" && pwd)/node_modules" "$work/node_modules"
	row 'DuckDB, 1 thread, sessions by cell' duckdb "cd $work && node duckdb.mjs events.jsonl cells | wc -l"
else
	echo '| DuckDB | not installed | | | | |'
fi

# ---- many days: the first run, and a daily one ----

fill days 5080000 1761519600 10972799 || exit 1 # to the end of 2026-03-02 in Berlin
while IFS='|' read -r what name of; do
	proxy "$CLICKHOUSE" "$name"
	config days "\"type\": \"clickhouse\", \"url\": \"http://127.0.0.1:$port\", $(echo "$keys" | sed 's/"events"/"days"/')"
	row "watchdog, ClickHouse, $what" "$name" "$(judged days "run --as-of $of")"
done <<'END'
126 days|first|2026-03-01
the day after, with three before it|next|2026-03-02
END

#!/bin/sh
# The same events as files, in ClickHouse and in PostgreSQL: real servers on 127.0.0.1, each in a folder of this
# test. watchdog and bandit must write the same bytes of state and history from all of them, over 14 days with late
# events, duplicates, a day of 23 hours and an empty one.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${BIN:-$PWD/build/release/bin}
work=$(mktemp -d) || exit 1
. tests/lib/engines.sh
trap 'stop_engines; rm -rf "$work"' EXIT
events=${EVENTS:-10000}
n=0

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

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

config() { # the source's keys: the rest is the same for all
	cat <<-END
		{ "site": "https://shop.example", "timezone": "Europe/Berlin",
		  "sources": { "events": { $1 } },
		  "watchdog": { "source": "events", "signals": [$signals],
		    "segments": ["page", "browser", "device", "release", "error"],
		    "custom": [
		      { "name": "refunds", "affected": { "event": ["refund"] }, "exposed": { "event": ["purchase", "refund"] },
		        "model": "proportion" },
		      { "name": "lost_cart", "form": "without", "affected": { "page": ["/cart"] },
		        "exposed": { "page": ["/cart"] }, "end": { "event": ["purchase"] } } ],
		    "funnel": [ { "name": "cart", "match": { "page": ["/cart"] } },
		                { "name": "pay", "match": { "event": ["order paid"] } } ] },
		  "bandit": { "experiments": {
		    "cta": { "source": "events", "arms": ["A", "B"], "start": "2026-03-20", "deploy_time": "04:00",
		             "reward": { "type": "conversion", "event": "purchase" },
		             "guardrails": [ { "name": "refunds", "event": "refund", "better": "lower" } ] },
		    "menu": { "source": "events", "arms": ["A", "B", "D"], "start": "2026-03-19", "per": "user",
		              "user_lookback_days": 3, "reward": { "type": "conversion", "event": "order paid" } } } } }
	END
}

# All but those of the order of rows, which no table tells.
signals='"checkout_fail", "cls_slow", "dead_click", "error_click", "fcp_slow", "form_abandon", "http_404", "http_5xx",
  "inp_slow", "js_exception", "lcp_slow", "rage_click", "search_empty", "ttfb_slow", "refunds", "lost_cart",
  "funnel/cart"'
kinds='"kinds": { "vitals": ["web vitals"], "checkout_done": ["order paid"] }'
columns='"columns": { "time": "ts", "session": "session_id", "user": "user_id", "event": "event", "page": "page",
  "browser": "browser", "device": "device", "release": "release", "error": "error", "status": "status",
  "referrer_host": "referrer_host", "value": "value", "results": "results", "lcp": "lcp", "inp": "inp", "cls": "cls",
  "fcp": "fcp", "ttfb": "ttfb" }'

make_tables() {
	texts='event_id T, session_id T, user_id T, event T, page T, browser T, device T, release T, error T'
	numbers='value D, results D, lcp D, inp D, cls D, fcp D, ttfb D, experiment T, arm T'
	[ -z "$CLICKHOUSE" ] || clickhouse "CREATE TABLE events (ts DateTime, $(echo "$texts" | sed 's/ T/ String/g'),
		status Nullable(UInt16), referrer_host String, $(echo "$numbers" |
			sed 's/ D/ Nullable(Float64)/g; s/ T/ String/g')) ENGINE = MergeTree PARTITION BY toYYYYMM(ts)
		ORDER BY (toDate(ts), event, session_id)" || return 1
	[ -z "$POSTGRES" ] || postgres "CREATE TABLE loaded (ts bigint, $(echo "$texts" | sed 's/ T/ text/g'),
		status integer, referrer_host text, $(echo "$numbers" | sed 's/ D/ double precision/g; s/ T/ text/g'));
		CREATE TABLE events (LIKE loaded); ALTER TABLE events ALTER ts TYPE timestamptz USING to_timestamp(ts);
		CREATE ROLE reader LOGIN PASSWORD '$PASSWORD'; GRANT SELECT ON events TO reader"
}

load() { # a stage: files, and both tables
	cp "$work/in/$1.jsonl" "$work/jsonl/events/"
	[ -z "$CLICKHOUSE" ] || clickhouse 'INSERT INTO events FORMAT TabSeparated' "$work/in/$1.tsv" || return 1
	[ -z "$POSTGRES" ] || {
		postgres 'TRUNCATE loaded' &&
			postgres "COPY loaded FROM STDIN" <"$work/in/$1.tsv" &&
			postgres "INSERT INTO events SELECT to_timestamp(ts), $(postgres "SELECT string_agg(column_name, ', '
				ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'events'
				AND column_name <> 'ts'") FROM loaded"
	}
}

run() { # a tool, a folder, a day: exit 3 is no verdict
	PASSWORD=$PASSWORD "$bin/rounds-$1" run -c "$work/$2/rounds.json" --as-of "$3" >"$work/out" 2>&1
	[ $? -lt 3 ] || {
		cat "$work/out"
		return 1
	}
}

same_state() { # of two folders
	[ -s "$work/$1/state/history/watchdog.tsv" ] && [ -s "$work/$1/state/history/bandit.tsv" ] &&
		diff -r "$work/$1/state" "$work/$2/state" | head -n 20 >"$work/diff" && [ ! -s "$work/diff" ] || {
		cat "$work/diff"
		return 1
	}
}

mkdir -p "$work/in" "$work/jsonl/events" "$work/ch" "$work/pg"
perl tests/lib/events.pl "$work/in" "$events" || exit 1
start_clickhouse
start_postgres
make_tables || exit 1
config "\"type\": \"jsonl\", \"path\": \"events\", $(echo "$kinds" | sed 's/kinds/events/')" >"$work/jsonl/rounds.json"
config "\"type\": \"clickhouse\", \"url\": \"http://127.0.0.1:$CLICKHOUSE\", \"user\": \"reader\",
  \"password_env\": \"PASSWORD\", \"table\": \"events\", $kinds, $columns" >"$work/ch/rounds.json"
config "\"type\": \"postgres\", \"conninfo\": \"host=127.0.0.1 port=$POSTGRES dbname=postgres user=reader\",
  \"password_env\": \"PASSWORD\", \"table\": \"events\", $kinds, $columns" >"$work/pg/rounds.json"

stage=0
for day in 2026-03-23 2026-03-27 2026-03-30 2026-04-01; do
	stage=$((stage + 1))
	load $stage || exit 1
	for tool in ${TOOLS:-watchdog bandit}; do
		run $tool jsonl $day || exit 1
		[ -z "$CLICKHOUSE" ] || claim "$tool judges $day from ClickHouse" run $tool ch $day
		[ -z "$POSTGRES" ] || claim "$tool judges $day from PostgreSQL" run $tool pg $day
	done
	if [ -n "$CLICKHOUSE" ]; then
		claim "state and history of $day: ClickHouse and files" same_state jsonl ch
	else
		skip "state and history of $day: ClickHouse and files" 'clickhouse-server is not installed'
	fi
	if [ -n "$POSTGRES" ]; then
		claim "state and history of $day: PostgreSQL and files" same_state jsonl pg
	else
		skip "state and history of $day: PostgreSQL and files" 'PostgreSQL is not installed'
	fi
done
echo "1..$n"

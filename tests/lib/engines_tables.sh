# shellcheck shell=sh
# engines_tables.sh, sourced after engines.sh: one set of events in files, in ClickHouse and in PostgreSQL, as
# $work/jsonl, $work/ch and $work/pg with a rounds.json each; and what tests say. Wants $work and $bin.
: "${work:?}" "${bin:?}"
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
		CREATE ROLE reader LOGIN PASSWORD '$PASSWORD'; GRANT SELECT ON events TO reader;
		CREATE TABLE private (LIKE events); CREATE VIEW slow AS SELECT events.* FROM events, pg_sleep(20); GRANT SELECT ON slow TO reader"
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

prepare() { # how many events: configurations, servers, empty tables
	mkdir -p "$work/in" "$work/jsonl/events" "$work/ch" "$work/pg"
	launch_clickhouse # starts while the other does, and the events are made
	start_postgres
	perl tests/lib/events.pl "$work/in" "$1" || exit 1
	[ -z "$CLICKHOUSE" ] || wait_for clickhouse 'SELECT 1' || exit 1
	make_tables || exit 1
	config "\"type\": \"jsonl\", \"path\": \"events\", $(echo "$kinds" | sed 's/kinds/events/')" >"$work/jsonl/rounds.json"
	clickhouse_keys="\"type\": \"clickhouse\", \"url\": \"http://127.0.0.1:$CLICKHOUSE\", \"user\": \"reader\",
	  \"budget_s\": 300, \"password_env\": \"PASSWORD\""
	postgres_keys="\"type\": \"postgres\", \"password_env\": \"PASSWORD\",
	  \"conninfo\": \"host=127.0.0.1 port=$POSTGRES dbname=postgres user=reader\""
	config "$clickhouse_keys, \"table\": \"events\", $kinds, $columns" >"$work/ch/rounds.json"
	config "$postgres_keys, \"table\": \"events\", $kinds, $columns" >"$work/pg/rounds.json"
}

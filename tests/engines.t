#!/bin/sh
# The same events as files, in ClickHouse and in PostgreSQL: real servers on 127.0.0.1, each in a folder of this
# test. watchdog and bandit must write the same bytes of state and history from all of them, over 14 days with late
# events, duplicates, a day of 23 hours and an empty one.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${BIN:-$PWD/build/release/bin}
work=$(mktemp -d) || exit 1
# shellcheck source=tests/lib/engines.sh
. tests/lib/engines.sh
trap 'stop_engines; rm -rf "$work"' EXIT
# shellcheck source=tests/lib/engines_tables.sh
. tests/lib/engines_tables.sh

same_state() { # of two folders
	[ -s "$work/$1/state/history/watchdog.tsv" ] && [ -s "$work/$1/state/history/bandit.tsv" ] || return 1
	diff -r "$work/$1/state" "$work/$2/state"
}

prepare "${EVENTS:-10000}"
stage=0
for day in 2026-03-23 2026-03-27 2026-03-30 2026-04-01; do
	stage=$((stage + 1))
	load $stage || exit 1
	for tool in watchdog bandit; do
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

# ---- who counts where: the five sessions of docs/sources.md ----

b0=1774220400 # 2026-03-23 in Berlin
oracle_rows() { # session, seconds after b0, event, arm
	cat <<-'END'
		s1 0 exposure A
		s1 3599 purchase -
		s2 0 exposure A
		s2 3600 purchase -
		s3 0 exposure A
		s3 5 exposure B
		s4 -1 exposure A
		s5 0 purchase -
		s5 10 exposure B
		s6 90000 pageview -
	END
}

oracle_config() { # the source's keys
	cat <<-END
		{ "site": "https://shop.example", "timezone": "Europe/Berlin", "sources": { "events": { $1 } },
		  "bandit": { "experiments": { "cta": { "source": "events", "arms": ["A", "B"], "window_hours": 1,
		    "start": "2026-03-22", "reward": { "type": "conversion", "event": "purchase" } } } } }
	END
}

oracle() { # a folder: arm, units by the end of the day, of the window, conversions, units in two arms
	run bandit "$1" 2026-03-24 || return 1
	awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["day"] == "2026-03-23" { print $at["arm"], $at["exposed"], $at["sessions"], $at["conversions"], $at["multi"] }' \
		"$work/$1/state/history/bandit.tsv" >"$work/got"
	printf '%s\n' 'A 2 2 1 1' 'B 1 1 0 1' | diff - "$work/got"
}

oracle_columns='"columns": { "time": "ts", "session": "session_id", "event": "event" }, "table": "oracle"'
mkdir -p "$work/oracle" "$work/oracle-ch" "$work/oracle-pg"
oracle_rows | awk -v b0=$b0 '{ printf "{\"time\":%d,\"session\":\"%s\",\"event\":\"%s\"%s}\n", b0 + $2, $1, $3,
	$4 == "-" ? "" : ",\"experiment\":\"cta\",\"arm\":\"" $4 "\"" }' >"$work/oracle/events.jsonl"
oracle_rows | awk -v b0=$b0 -v OFS='\t' '{ print b0 + $2, $1, $3, $4 == "-" ? "" : "cta", $4 == "-" ? "" : $4 }' \
	>"$work/oracle.tsv"
oracle_config '"type": "jsonl", "path": "events.jsonl"' >"$work/oracle/rounds.json"
claim 'five sessions from a file' oracle oracle
if [ -n "$CLICKHOUSE" ]; then
	clickhouse 'CREATE TABLE oracle (ts DateTime, session_id String, event String, experiment String, arm String)
		ENGINE = Memory' && clickhouse 'INSERT INTO oracle FORMAT TabSeparated' "$work/oracle.tsv" || exit 1
	oracle_config "$clickhouse_keys, $oracle_columns" >"$work/oracle-ch/rounds.json"
	claim 'five sessions from ClickHouse' oracle oracle-ch
fi
if [ -n "$POSTGRES" ]; then
	postgres 'CREATE TABLE oracle (ts bigint, session_id text, event text, experiment text, arm text);
		GRANT SELECT ON oracle TO reader' && postgres 'COPY oracle FROM STDIN' <"$work/oracle.tsv" || exit 1
	oracle_config "$postgres_keys, \"ts_type\": \"epoch_s\", $oracle_columns" >"$work/oracle-pg/rounds.json"
	claim 'five sessions from PostgreSQL' oracle oracle-pg
fi
echo "1..$n"

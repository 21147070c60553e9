#!/bin/sh
# Real ClickHouse and PostgreSQL that refuse, lack something, take too long or are not there: exit 3 with the cause,
# state and weights as they were. And where the password is not.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${BIN:-$PWD/build/release/bin}
work=$(mktemp -d) || exit 1
# shellcheck source=tests/lib/engines.sh
. tests/lib/engines.sh
trap 'stop_engines; rm -rf "$work"' EXIT
# shellcheck source=tests/lib/engines_tables.sh
. tests/lib/engines_tables.sh

prepare 2000
for stage in 1 2 3 4; do
	load $stage || exit 1
done
for tool in watchdog bandit; do
	[ -z "$CLICKHOUSE" ] || run $tool ch 2026-03-31 || exit 1
	[ -z "$POSTGRES" ] || run $tool pg 2026-03-31 || exit 1
done
[ -n "$CLICKHOUSE" ] || skip 'a ClickHouse that refuses' 'clickhouse-server is not installed'
[ -n "$POSTGRES" ] || skip 'a PostgreSQL that refuses' 'PostgreSQL is not installed'

fails() { # a tool, a folder, a sed script for its configuration, a password, what is said: exit 3, state as it was
	bad=$work/bad-${6:-now}
	rm -rf "$bad"
	cp -R "$work/$2" "$bad"
	sed "$3" "$work/$2/rounds.json" >"$bad/rounds.json"
	PASSWORD=${4:-$PASSWORD} "$bin/rounds-$1" run -c "$bad/rounds.json" --as-of 2026-04-01 >"$bad/said" 2>&1
	rc=$?
	cat "$bad/said"
	[ $rc = 3 ] && grep -qe "$5" "$bad/said" && ! grep -qe "$PASSWORD" "$bad/said" &&
		diff -r "$work/$2/state" "$bad/state"
}

# Where nobody listens it is tried again for some seconds, beside the rest.
nobody() { # a folder, a sed script, what is said
	fails watchdog "$1" "$2" '' "$3" "$1" >"$work/nobody-$1" 2>&1 || echo "rc $?" >>"$work/nobody-$1"
	: >"$work/nobody-$1.done"
}

nobody_was_there() { # a folder
	wait_for [ -f "$work/nobody-$1.done" ]
	cat "$work/nobody-$1"
	! grep -q '^rc ' "$work/nobody-$1"
}

[ -z "$CLICKHOUSE" ] || nobody ch 's/127.0.0.1:[0-9]*/127.0.0.1:1/; s/"budget_s": 300/"budget_s": 10/' 'no answer from' &
[ -z "$POSTGRES" ] || nobody pg 's/port=[0-9]*/port=1/' 'Connection refused' &

for tool in watchdog bandit; do
	[ -z "$CLICKHOUSE" ] || while IFS='|' read -r what script password says; do
		claim "$tool, ClickHouse: $what" fails "$tool" ch "$script" "$password" "$says"
	done <<-'END'
		the wrong password||another-Pa55word|exception 19[0-9].*the password is refused
		a missing table|s/"table": "events"/"table": "nothing"/||exception 60.*look at 'table'
		a missing column|s/"page": "page"/"page": "pages"/; s/"event": "event"/"event": "no_event"/||exception 47.*look at 'columns'
		a user without memory|s/"user": "reader"/"user": "poor"/||exception 241
	END
	[ -z "$POSTGRES" ] || while IFS='|' read -r what script password says; do
		claim "$tool, PostgreSQL: $what" fails "$tool" pg "$script" "$password" "$says"
	done <<-'END'
		the wrong password||another-Pa55word|password is refused
		a missing table|s/"table": "events"/"table": "nothing"/||42P01.*nothing.*look at 'table'
		a missing column|s/"page": "page"/"page": "pages"/; s/"event": "event"/"event": "no_event"/||42703.*look at 'columns'
		a table that others own|s/"table": "events"/"table": "private"/||42501.*may not SELECT
		a slow server|s/"table": "events"/"table": "slow", "timeout_s": 1/||57014.*longer than timeout_s
	END
done
if [ -n "$CLICKHOUSE" ]; then
	plain() {
		rm -rf "$work/plain" && cp -R "$work/ch" "$work/plain" && rm -rf "$work/plain/state" &&
			sed 's/"user": "reader"/"user": "plain"/' "$work/ch/rounds.json" >"$work/plain/rounds.json" &&
			run watchdog plain 2026-04-01
	}
	claim 'a user whose profile takes no settings' plain
fi

[ -z "$CLICKHOUSE" ] || claim 'ClickHouse: nobody listens' nobody_was_there ch
[ -z "$POSTGRES" ] || claim 'PostgreSQL: nobody listens' nobody_was_there pg

# ---- the password ----

nowhere() { # not in what was written, in the list of processes, in its environment, in a core
	# shellcheck disable=SC3045 # where it is unknown no core can be asked for
	(cd "$work/pg" && ulimit -c unlimited && PASSWORD=$PASSWORD exec "$bin/rounds-watchdog" run -c "$work/slow.json" \
		--as-of 2026-04-01) >"$work/out" 2>&1 &
	pid=$!
	sleep 1
	tr '\0' '\n' <"/proc/$pid/cmdline" >"$work/line"
	[ "$(id -u)" != 0 ] || cat "/proc/$pid/environ" >"$work/environment"
	kill -SEGV $pid
	wait $pid
	grep -q rounds-watchdog "$work/line" && ! grep -aqe "$PASSWORD" "$work/line" "$work/environment" "$work/out" &&
		! grep -raqe "$PASSWORD" "$work"/*/state && [ -z "$(find "$work/pg" -name 'core*')" ]
}
if [ -n "$POSTGRES" ]; then
	sed 's/"table": "events"/"table": "slow"/' "$work/pg/rounds.json" >"$work/slow.json"
	: >"$work/environment"
	claim 'the password is nowhere' nowhere
fi
echo "1..$n"

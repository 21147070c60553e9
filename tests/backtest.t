#!/bin/sh
# `backtest` against the runs that made a history, as TAP: the same episodes with the same days, the same sums on the
# newest final day; rows in any order; nothing written.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

same() { # expected, got, sentence
	diff "$1" "$2" >"$work/diff" && [ -s "$1" ]
	check $? "$3"
	[ ! -s "$work/diff" ] || head -n 10 "$work/diff" | sed 's/^/# /'
}

# Canonical JSON has one fact a line: what stands four spaces in is one member deep.
fact=$(
	cat <<'AWK'
{ value = $0; sub(/^[^:]*": /, "", value); gsub(/[",]/, "", value); key = $1; gsub(/[":]/, "", key) }
AWK
)

# "id opened change closed reason" of the state's episodes, closed and open; - where there is none.
state_episodes() { # watchdog.json
	awk "$fact"'
	/^  "/ { part = key }
	/^    "/ { name = $0; sub(/^    "/, "", name); sub(/": .*/, "", name); delete fact }
	/^      "/ { fact[key] = value }
	/^    }/ && part == "episodes" {
		opened = substr(name, length(name) - 9)
		print "watchdog/" substr(name, 1, length(name) - 11), opened, fact["change"], fact["closed"], fact["reason"]
	}
	/^    }/ && part == "findings" && fact["status"] == "open" && "change" in fact {
		print name, fact["since"], fact["change"], "- -"
	}' "$1" | sort
}

backtest_episodes() { # backtest's JSON
	awk "$fact"'
	/^  "/ { part = key }
	/^      "/ { fact[key] = value == "null" ? "-" : value }
	/^    }/ && part == "episodes" { print fact["id"], fact["opened"], fact["change"], fact["closed"], fact["reason"] }
	' "$1" | sort
}

# "signal segment cusum" of the cells that are not at rest on a day, tab between.
checkpoint_sums() { # watchdog.cells.tsv
	awk -F '\t' '$1 ~ /^2/ && $4 !~ /^(checkpoint|closed|absent|partial|collapsed)$/ {
		print $2 "\t" $3 "\t" $5
	}' "$1" | sort
}

backtest_sums() { # backtest's JSON, day: the last sum that each cell had until then
	awk -v until="$2" "$fact"'
	/^  "episodes"/ { exit }
	/^          "day"/ { day = value }
	/^          "cusum_x1000"/ { sum = value }
	/^        }/ && day <= until && sum != "null" { last = sum }
	/^      "segment"/ { segment = $0; sub(/^      "segment": "/, "", segment); sub(/",?$/, "", segment) }
	/^      "signal"/ { signal = value }
	/^    }/ { print signal "\t" segment "\t" last + 0; last = 0 }' "$1" | sort
}

# The shop's 126 days to 2026-11-11, so that its history has lost none of them.
cp -R "$root/examples/shop" "$work/shop"
while read -r day && [ "$day" != 2026-11-12 ]; do
	"$BIN/rounds-watchdog" -c "$work/shop/rounds.json" --as-of "$day" >/dev/null 2>&1
done <"$root/examples/shop/planted-days"
"$BIN/rounds-watchdog" -c "$work/shop/rounds.json" -s "$work/once" --as-of 2026-11-11 >/dev/null 2>&1
for file in watchdog.json history/watchdog.tsv history/watchdog.cells.tsv; do
	same "$work/shop/state/$file" "$work/once/$file" "day by day and one run write the same $file"
done
history=$work/shop/state/history
"$BIN/rounds-watchdog" backtest "$history/watchdog.tsv" -c "$work/shop/rounds.json" >"$work/all.json"
check $? "backtest of the history is exit 0"
state_episodes "$work/shop/state/watchdog.json" >"$work/expected"
backtest_episodes "$work/all.json" >"$work/got"
same "$work/expected" "$work/got" "backtest finds the episodes of the runs, each with its days and reason"

# A cell without a line in the checkpoint is at rest: its sum is 0.
checkpoint_sums "$history/watchdog.cells.tsv" >"$work/expected"
backtest_sums "$work/all.json" 2026-11-08 >"$work/sums"
cut -f 1,2 "$work/expected" >"$work/known"
awk -F '\t' 'NR == FNR { known[$0] = 1; next } $1 "\t" $2 in known || $3 != 0' "$work/known" "$work/sums" >"$work/got"
same "$work/expected" "$work/got" "on the newest final day each sum is the checkpoint's"

"$BIN/rounds-watchdog" backtest "$history/watchdog.tsv" -c "$work/shop/rounds.json" --alerts-only >"$work/alerts.json"
awk '/^  "cells"/ { skip = 1 } !skip { print } /^  \],?$/ { skip = 0 }' "$work/all.json" >"$work/expected"
same "$work/expected" "$work/alerts.json" "--alerts-only leaves out the cells and nothing else"

{
	head -n 1 "$history/watchdog.tsv"
	sed 1d "$history/watchdog.tsv" | awk '{ print NR * 7919 % 104729 "\t" $0 }' | sort -n | cut -f 2-
} >"$work/shuffled.tsv"
"$BIN/rounds-watchdog" backtest "$work/shuffled.tsv" -c "$work/shop/rounds.json" >"$work/shuffled.json"
same "$work/all.json" "$work/shuffled.json" "rows in any order give the same bytes"

mkdir "$work/empty"
(cd "$work/empty" && "$BIN/rounds-watchdog" backtest "$history/watchdog.tsv" >"$work/defaults.json")
same "$work/all.json" "$work/defaults.json" "without a configuration the defaults hold"
find "$work/empty" -mindepth 1 >"$work/made"
[ ! -s "$work/made" ]
check $? "backtest leaves no file behind"

# The committed history begins four days after the runs did: what it had of 2026-09 is not all there any more.
"$BIN/rounds-watchdog" backtest "$root/state/history/watchdog.tsv" --alerts-only >"$work/all.json"
state_episodes "$root/state/watchdog.json" | awk '$2 >= "2026-11"' >"$work/expected"
backtest_episodes "$work/all.json" | awk '$2 >= "2026-11"' >"$work/got"
same "$work/expected" "$work/got" "backtest of the committed history finds what the demo found in November"
echo "1..$n"

#!/bin/sh
# Tables of reports are of the state alone, as TAP: after each golden run that wrote a state, `show` has the tables of
# a run of the same day; charts are there only when asked for, and of a size that a page can hold.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
PATH=$BIN:$PATH LC_ALL=C TZ=UTC
export PATH LC_ALL TZ
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

member() { # of a report as JSON
	awk -v key="^  \"$1\": " '$0 ~ key { on = 1 } on { print } on && (/^  \],?$/ || /\[\],?$/) { exit }'
}

begin() { # folder of a golden case; leaves its files and state in $work/run
	rm -rf "$work/run" && mkdir -p "$work/run/state"
	[ ! -f "$1/base" ] || cp -R "$root/$(cat "$1/base")/." "$work/run"
	[ ! -d "$1/in" ] || cp -R "$1/in/." "$work/run"
	(cd "$work/run" && sh "$1/cmd" >/dev/null 2>&1)
}

run_again() { # tool; false: the golden run left nothing to judge that day by
	day=$(sed -n 's/^  "through": "\(.*\)",$/\1/p' "$work/run/state/$1.json")
	(cd "$work/run" && "rounds-$1" -n --as-of "$day" --format json >"$work/run.json" 2>/dev/null)
	[ $? -lt 3 ]
}

same_tables() { # tool; adds its rows to $work/rows
	member tables <"$work/run.json" >"$work/run.tables"
	(cd "$work/run" && "rounds-$1" show --format json 2>/dev/null) | member tables >"$work/show.tables"
	cat "$work/show.tables" >>"$work/rows"
	diff "$work/run.tables" "$work/show.tables"
}

for tool in perfcheck seocheck i18ncheck; do
	cases=0 bad=0
	: >"$work/rows"
	for dir in "$root/tests/golden/$tool"-*/; do
		[ -f "$dir/state.after/$tool.json" ] || continue
		begin "$dir"
		run_again "$tool" || continue
		cases=$((cases + 1))
		same_tables "$tool" >"$work/why" && [ -s "$work/show.tables" ] && continue
		bad=$((bad + 1))
		sed "s|^|# $(basename "$dir"): |" "$work/why"
	done
	[ $cases -ge 3 ] && [ $bad -eq 0 ] && grep -q '^        \["' "$work/rows"
	check $? "show has the tables of run for $tool, in $cases golden cases"

	cp -R "$root/state" "$work/state.$tool"
	"rounds-$tool" show -s "$work/state.$tool" -c "$root/examples/shop/rounds.json" --format json >"$work/plain"
	[ -s "$work/plain" ] && ! grep -q '"charts"' "$work/plain"
	check $? "$tool has no charts unless they are asked for"
	"rounds-$tool" show --charts -s "$work/state.$tool" -c "$root/examples/shop/rounds.json" --format json >"$work/drawn"
	grep -q '^  "charts": \[$' "$work/drawn" && [ "$(wc -c <"$work/drawn")" -lt 262144 ]
	check $? "$tool draws the committed state in less than 256 KiB"
	awk '/^  "charts": / { skip = 1 } !skip { print } /^  \],?$/ { skip = 0 }' "$work/drawn" | sed '/^{$/d' >"$work/without"
	sed '/^{$/d' "$work/plain" | diff - "$work/without" >"$work/why"
	check $? "$tool says the same besides"
	sed 's/^/# /' "$work/why"
	rounds-report --format json <"$work/drawn" >"$work/again" 2>&1
	diff "$work/drawn" "$work/again" >"$work/why"
	check $? "rounds-report gives the tables and charts of $tool back as they are"
	head -5 "$work/why" | sed 's/^/# /'
	"rounds-$tool" --charts >"$work/out" 2>"$work/why"
	[ $? -eq 3 ] && grep -q -- --charts "$work/why"
	check $? "$tool run takes no --charts"
done
echo "1..$n"

#!/bin/sh
# Every format of the run report, as TAP: what a tool prints is what rounds-report makes of its JSON; run-all.sh covers
# all tools in one document; XML and metrics are read by those who define them; outside text stays text.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
shop=$root/examples/shop/rounds.json
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

skip() { # reason
	n=$((n + 1))
	echo "ok $n # SKIP $1"
}

for tool in $("$BIN/rounds-report" tools -c "$shop"); do
	"$BIN/rounds-$tool" show -c "$shop" -s "$root/state" --format json >"$work/$tool.json"
	echo $? >"$work/$tool.rc"
	differ=0
	for format in text json markdown github sarif junit prom; do
		"$BIN/rounds-$tool" show -c "$shop" -s "$root/state" --format "$format" >"$work/$tool.$format"
		"$BIN/rounds-report" render --format "$format" <"$work/$tool.json" | cmp - "$work/$tool.$format" || differ=1
	done
	check $differ "$tool: what it prints is what rounds-report makes of its JSON, in every format"
done

all() { # format
	set -- "$1" "$work"/*.rc
	format=$1
	shift
	for rc in "$@"; do
		tool=$(basename "$rc" .rc)
		echo "$tool=$(cat "$rc")=$work/$tool.json"
	done >"$work/args"
	# shellcheck disable=SC2046 # words without blanks
	"$BIN/rounds-report" render --format "$format" $(cat "$work/args")
}
for format in markdown github sarif junit prom json; do
	all "$format" >"$work/all.$format"
done

if command -v xmllint >/dev/null 2>&1; then
	xmllint --noout "$work"/*.junit
	check $? "JUnit is well-formed XML"
	[ "$(xmllint --xpath 'count(//testsuite)' "$work/all.junit")" -eq "$(wc -l <"$work/args")" ]
	check $? "with a suite a tool"
else
	skip 'xmllint is not here'
fi
if command -v promtool >/dev/null 2>&1; then
	promtool check metrics <"$work/all.prom" >"$work/said" 2>&1
	check $? "promtool has nothing to say about the metrics"
	sed 's/^/# /' "$work/said"
else
	skip 'promtool is not here'
fi
[ "$(grep -c '^# TYPE rounds_findings ' "$work/all.prom")" -eq 1 ]
check $? "a metric is explained once"
"$BIN/rounds-report" render --format text <"$work/all.sarif" >/dev/null 2>&1
[ $? -eq 3 ] && grep -q '"version": "2.1.0"' "$work/all.sarif" &&
	[ "$(grep -c '"automationDetails"' "$work/all.sarif")" -eq "$(wc -l <"$work/args")" ]
check $? "SARIF has a run a tool, and is no run report"

# A report as hostile as pages can make it, 30 of it.
hostile='<script>alert(1)</script> | @channel ::error:: %0A @everyone ]]> \u0001 \ud83d\ude00'
{
	cat <<'END'
{"schema": 1, "tool": "watchdog", "through": "2026-11-01", "status": "crit", "exit": 2, "summary": "30 open",
 "metrics": [], "checks": [], "muted": [], "lines": [], "problems": [], "files": [], "tables": [], "findings": [
END
	i=0
	while [ "$i" -lt 30 ]; do
		[ "$i" -eq 0 ] || echo ,
		printf '{"id": "watchdog/x/%02d,::", "severity": "crit", "status": "new", "since": "2026-11-01",' "$i"
		printf ' "message": "%s", "value": "1", "limit": "", "unit": "", "n": 1,' "$hostile"
		printf ' "statistic": "", "because": "", "where": {"url": null, "file": "a,b:c", "line": 3}}'
		i=$((i + 1))
	done
	echo ']}'
} >"$work/hostile.json"
"$BIN/rounds-report" render --format github <"$work/hostile.json" >"$work/out"
[ "$(grep -c '^::error ' "$work/out")" -eq 10 ] && grep -q '^::notice::and 20 more, see state/REPORT.md$' "$work/out"
check $? "GitHub shows ten of a kind, so ten are printed and how many more"
grep -q '^::error file=a%2Cb%3Ac,line=3,title=watchdog/x/00%2C%3A%3A::.*%250A' "$work/out" &&
	[ "$(grep -c '^::' "$work/out")" -eq 11 ]
check $? "with what separates its fields escaped"
"$BIN/rounds-report" render --format junit <"$work/hostile.json" >"$work/out"
if command -v xmllint >/dev/null 2>&1; then
	xmllint --noout "$work/out" && [ "$(xmllint --xpath 'count(//script)' "$work/out")" -eq 0 ]
	check $? "hostile text is text in XML"
else
	skip 'xmllint is not here'
fi
"$BIN/rounds-watchdog" explain x --format junit 2>"$work/err"
[ $? -eq 3 ] && grep -q "'explain' prints text or json, not junit" "$work/err"
check $? "a verb that prints no run report refuses the others"
echo "1..$n"

#!/bin/sh
# The table of docs/reliability.md from what the suites print, a row each: tests/fault/table.sh [SUITE...], all without
# names. FAULT=full tries every point, two suites at a time; `make fault` does. Exit 1 when a suite fails.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
if [ $# -eq 0 ]; then
	for suite in "$here"/*.t; do
		suite=${suite##*/}
		set -- "$@" "${suite%.t}"
	done
fi

# shellcheck disable=SC2016 # sh -c has its own
printf '%s\n' "$@" | xargs -P 2 -I{} sh -c 'sh "$0/{}.t" >"$1/{}" 2>&1' "$here" "$work"
bad=0
echo '| suite | what is tried | tests | points | lost |'
echo '|---|---|---|---|---|'
for suite in "$@"; do
	what=$(sed -n '2s/^# \(.*\), as TAP.*/\1/p' "$here/$suite.t")
	count=$(sed -n "s/^# $suite: \([0-9,]*\) points, \([0-9]*\) lost/\1 | \2/p" "$work/$suite")
	failed=$(grep -c '^not ok' "$work/$suite")
	grep -q '^1\.\.' "$work/$suite" || failed=$((failed + 1))
	[ "$failed" -eq 0 ] || { bad=1 && grep -A 20 '^not ok\|^# lost' "$work/$suite" >&2; }
	echo "| \`$suite\` | $what | $(grep -c '^ok' "$work/$suite")$([ "$failed" -eq 0 ] || echo ", $failed failed") | ${count:-- | -} |"
done
exit $bad

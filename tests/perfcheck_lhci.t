#!/bin/sh
# `assert --lhci-compat` against Lighthouse CI, as TAP: random assertions, presets, matrices and budgets over reports of
# the example shop, and over copies with holes in them, give the same bytes and the same exit status; a few through the
# whole of `lhci assert`. LHCI names the node_modules that has @lhci/cli (else NODE_PATH does), LHCI_REPORTS a folder of
# reports (examples/shop/lighthouse), LHCI_CASES how many (100), LHCI_SEED which. Without node, the package or a report
# the test is skipped.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
cases=${LHCI_CASES:-100} seed=${LHCI_SEED:-1}
reports=${LHCI_REPORTS:-$root/examples/shop/lighthouse}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C LHCI="${LHCI:-}"

skip() {
	echo "1..0 # SKIP $1: assertions were not compared with Lighthouse CI"
	exit 0
}

# The path of a file of a package, as node finds it.
resolve() {
	node -e 'const at = process.env.LHCI;
		console.log(require.resolve(process.argv[1], at ? {paths: [at]} : undefined))' "$1" 2>/dev/null
}

command -v node >/dev/null 2>&1 || skip 'no node'
resolve @lhci/utils/src/assertions.js >/dev/null || skip 'no @lhci/utils; set LHCI to a node_modules that has it'
find "$reports" -type f \( -name 'lhr-*.json' -o -name 'lhr-*.json.gz' \) 2>/dev/null | sort >"$work/found"
[ -s "$work/found" ] || skip "no report in $reports"
# Every nth, so that no day is all of them.
awk -v all="$(wc -l <"$work/found")" 'all <= 30 || int(NR * 30 / all) > int((NR - 1) * 30 / all)' \
	"$work/found" >"$work/list"

n=0
report() { # status, name
	n=$((n + 1))
	[ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

# shellcheck disable=SC2046 # paths of this script's own making
node "$root/tests/lib/lhci.cjs" "$work" "$cases" "$seed" $(cat "$work/list") >"$work/said" 2>&1
rc=$?
[ $rc -eq 0 ] || sed 's/^/# /' "$work/said"
report $rc "Lighthouse CI's engine has made $cases cases of seed $seed"

bad=0 results=0
for case in "$work"/case-*/; do
	# shellcheck disable=SC2046
	"$BIN/rounds-perfcheck" assert --lhci-compat --format json -c "$case/rc.json" $(cat "$case/paths") \
		>"$case/got.json" 2>"$case/err"
	echo $? >"$case/got.status"
	results=$((results + $(grep -c '"name"' "$case/expected.json")))
	cmp -s "$case/expected.json" "$case/got.json" && cmp -s "$case/status" "$case/got.status" && continue
	bad=$((bad + 1))
	[ $bad -le 3 ] || continue
	{
		echo "$case: status $(cat "$case/got.status"), expected $(cat "$case/status")"
		cat "$case/err" "$case/rc.json"
		diff -u "$case/expected.json" "$case/got.json" | head -n 40
	} | sed 's/^/# /'
done
echo "# $results results in $cases cases, $bad cases differ"
[ $bad -eq 0 ] && [ $results -gt 0 ]
report $? 'each case has the same bytes and exit status'

cli=$(resolve @lhci/cli/src/cli.js)
if [ -z "$cli" ]; then
	n=$((n + 1))
	echo "ok $n - lhci assert writes the same file # SKIP no @lhci/cli"
else
	bad=0
	for case in "$work/case-0000" "$work/case-0001" "$work/case-0002"; do
		mkdir -p "$case/run/.lighthouseci"
		while read -r path; do
			cp "$path" "$case/run/.lighthouseci/"
		done <"$case/paths"
		(cd "$case/run" && node "$cli" assert --config="$case/rc.json") >"$case/lhci" 2>&1
		status=$?
		(cd "$case/run" && "$BIN/rounds-perfcheck" assert --lhci-compat --format json -c "$case/rc.json") >"$case/got.json" 2>"$case/err"
		[ $? -eq $status ] && echo >>"$case/run/.lighthouseci/assertion-results.json" &&
			cmp "$case/run/.lighthouseci/assertion-results.json" "$case/got.json" >>"$case/err" 2>&1 && continue
		bad=1
		tail -n 20 "$case/lhci" "$case/err" | sed 's/^/# /'
	done
	report $bad 'lhci assert writes the same file and exits alike'
fi
echo "1..$n"

#!/bin/sh
# SARIF by those who define it, as TAP: Microsoft's validator, which has the schema and rules beyond it, says no error of
# the shop's reports, of all tools in one document and of a tool that gave no verdict. NODE_PATH names the node_modules that
# has @microsoft/sarif-multitool-linux.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
tool=${NODE_PATH:-$root/node_modules}/@microsoft/sarif-multitool-linux/Sarif.Multitool
if [ ! -f "$tool" ]; then
	echo '1..0 # SKIP no @microsoft/sarif-multitool-linux; set NODE_PATH to a node_modules that has it'
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp "$tool" "$work/validator" && chmod +x "$work/validator" || exit 1 # npm leaves it without the bit
n=0

valid() { # file, sentence
	n=$((n + 1))
	DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$work/validator" validate "$1" >"$work/said" 2>&1
	rc=$?
	grep -E '\): error |: error ' "$work/said" | sed 's/^/# /'
	if [ $rc -eq 0 ] && grep -q 'Analysis completed' "$work/said" && ! grep -q ': error ' "$work/said"; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
	fi
}

shop=$root/examples/shop/rounds.json
set --
for name in $("$BIN/rounds-report" tools -c "$shop"); do
	"$BIN/rounds-$name" show -c "$shop" -s "$root/state" --format json >"$work/$name.json"
	set -- "$@" "$name=$?=$work/$name.json"
done
"$BIN/rounds-report" render --format sarif "$@" >"$work/all.sarif"
valid "$work/all.sarif" 'five tools'
"$BIN/rounds-watchdog" -c "$work/none.json" --format sarif >"$work/unknown.sarif" 2>/dev/null
valid "$work/unknown.sarif" 'no verdict'
sed 's/"results"/"result"/' "$work/all.sarif" >"$work/wrong.sarif"
n=$((n + 1))
if (valid "$work/wrong.sarif" 'a key that is none') | grep -q '^not ok'; then
	echo "ok $n - and the validator can tell"
else
	echo "not ok $n - and the validator can tell"
fi
echo "1..$n"

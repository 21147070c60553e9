#!/bin/sh
# What the README shows is what the programs print today, as TAP: the terminal run, the state diff, each command.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
[ "${VARIANT:-release}" = release ] || { echo "1..0 # SKIP the demo builds the release variant"; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# Lines between the first fence after a line that starts with $1 and the next fence.
block() {
	awk -v from="$1" 'index($0, from) == 1 { wait = 1 } /^```/ { if (on) exit; if (wait) { on = 1; next } } on' \
		"$root/README.md"
}

env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS "$root/run-all.sh" --demo >"$work/demo" 2>"$work/err"
check $? "the demo ends with exit 0"
block 'The demo is a made-up' | grep -v '^\$\|^\.\.\.' >"$work/shown"
[ -s "$work/shown" ] && ! grep -vxFf "$work/demo" "$work/shown" | sed 's/^/# not printed: /' | grep .
check $? "every line of the terminal run is printed by the demo"
sed 's/^            //' "$work/demo" >"$work/plain"
block 'and release carry the excess' >"$work/shown"
[ -s "$work/shown" ] && ! grep -vxFf "$work/plain" "$work/shown" | sed 's/^/# not in the diff: /' | grep .
check $? "every line of the state diff is in the demo's"
diff -r -x .lock -x .cache -x .run.json -x README.md "$root/build/demo/state" "$root/state" >&2
check $? "the demo's state is the committed one"
cp -R "$root/build/demo/state" "$work/state"
for tool in watchdog bandit perfcheck seocheck i18ncheck; do
	"$root/build/release/bin/rounds-$tool" -c "$root/build/demo/rounds.json" >/dev/null 2>&1
done
diff -r -x .lock -x .cache -x .run.json "$work/state" "$root/build/demo/state" >&2
check $? "a second run changes no byte of it"
cp -R "$root/state" "$work/kept"
(cd "$root" && ./run-all.sh -q) >"$work/out" 2>&1
[ $? -eq 2 ] && [ ! -s "$work/out" ] && diff -r -x .lock -x .cache -x .run.json "$work/kept" "$root/state" >&2
check $? "run-all.sh in the repository itself takes the shop and moves nothing"
for option in -n -q -v --format; do
	"$root/build/release/bin/rounds-watchdog" --help | grep -q -- "$option"
	check $? "README's option $option is in --help"
done
echo "1..$n"

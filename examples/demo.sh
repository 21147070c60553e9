#!/bin/sh
# run-all.sh --demo: installs what is missing, builds, and lives through the planted days of examples/shop in build/demo.
set -u
here=$(cd "$(dirname "$0")/.." && pwd) || exit 3

die() { printf 'demo: %s\n' "$*" >&2; exit 3; }

# Of what the state says has changed: findings, and what the bandit decided. Its evidence comes along with every move.
decisions() {
	sed -n -e 's/^[-+] .*/            &/p' -e 's/^~ [a-z]* [^/].*/            &/p' \
		-e 's|^~ bandit /.*/weights_bp/.*|            &|p' -e 's|^~ bandit /.*/promotion/.*|            &|p'
}

"$here/shared/deps.sh" run || exit 3
make -s -C "$here" all || die "the build failed"
shop=$here/build/demo
rm -rf "$shop"
mkdir -p "$here/build"
cp -R "$here/examples/shop" "$shop" || exit 3
echo "replaying the planted days of examples/shop, and what the state then says that it did not say the day before:"
mkdir "$shop/state"
while read -r day; do
	cp -R "$shop/state" "$shop/before"
	line=$("$here/run-all.sh" -c "$shop/rounds.json" --as-of "$day" --html "$shop/report.html" 2>"$shop/voice")
	[ $? -ne 3 ] || { cat "$shop/voice" >&2; die "no verdict for $day"; }
	printf '%s  %s\n' "$day" "$(printf '%s\n' "$line" | sed -n '1s/ |.*//p')"
	[ ! -f "$shop/before/watchdog.json" ] ||
		"$here/build/release/bin/rounds-statediff" "$shop/before" "$shop/state" | decisions
	rm -r "$shop/before"
done <"$here/examples/shop/planted-days"
rm "$shop/voice"
printf '\n%s\n\n' "$line"
echo "to read:       build/demo/state/REPORT.md, build/demo/report.html (open it in a browser)"
echo "state:         build/demo/state/ (a file a tool, weights/, history/)"
echo "configuration: build/demo/rounds.json"

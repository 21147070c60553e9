#!/bin/sh
# What the manual pages show under EXAMPLES, as TAP: each command runs as it stands there, on the example shop, and
# prints what is below it; a text without a command is part of the tool's report of the shop. Lines of a crontab are
# left out, and what asks the network is skipped.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C PATH="$BIN:$root:$PATH" ROUNDS_BIN="$BIN" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

# A checkout of rounds that is a site of its own as well, with the names that the pages give and two revisions.
shop=$work/shop
mkdir -p "$shop/examples" "$shop/inputs" "$shop/build/release"
cp -R "$root/examples/shop" "$shop/examples/shop"
cp -R "$root/examples/shop/." "$root/state" "$root/tests/golden/bandit-replay-sets-keys/in/counts.tsv" "$shop"
cd "$shop" || exit 1
ln -s "$BIN" build/release/bin
mv site/robots.txt .
cp -R site dist
ln -s ../lighthouse inputs/lighthouse
gzip -dc lighthouse/lhr-1792203000000.json.gz >before.json
gzip -dc lighthouse/lhr-1794709500000.json.gz >after.json
{
	git init -q -b main && git config user.name rounds && git config user.email rounds@shop.example &&
		git add state && git commit -qm one && git branch topic
} || exit 1

# Prints the files made of a page: PAGE.I has a command, PAGE.I.shown what the page says that it prints.
commands() {
	awk -v page="$work/${1##*/}" '
		function begin(text) {
			print file = sprintf("%s.%02d", page, ++i)
			add(text)
		}
		function add(text) {
			is_whole = !sub(/\\e$/, "\\", text)
			gsub(/\\&/, "", text)
			print text >file
		}
		/^\.Sh/ { is_here = $2 == "EXAMPLES" }
		/^\.Nm rounds/ && !name { name = $2 }
		!is_here { next }
		/^\.Bd/ { is_text = 1; file = ""; next }
		/^\.Ed/ { is_text = 0 }
		sub(/^\.Dl \$ /, "") || (is_text && sub(/^\$ /, "")) { begin($0); next }
		!is_text { next }
		!file && /^[0-9*]/ { is_text = 0; next }
		!file { begin(name " -n -c rounds.json") }
		is_whole { print >(file ".shown"); next }
		{ add($0) }' "$1"
}

# White space apart, at which pages break long lines.
prints() { # file of a command
	tr -d ' \n' <"$1.shown" >"$1.wanted"
	tr -d ' \n' <"$1.out" | grep -qFf "$1.wanted"
}

for page in "$root"/[a-z]*/rounds-*.1; do
	name=$(basename "$page" .1)
	rm -rf "$work/before" state # as the page before left them
	git worktree prune && git checkout -q -- state || exit 1
	for command in $(commands "$page"); do
		n=$((n + 1)) most=2
		line=$(head -n 1 "$command")
		case $line in
		curl* | *'sitemap https:'*)
			echo "ok $n - $name: $line # SKIP it asks the network"
			continue
			;;
		'rounds-report fresh '*) most=3 ;; # it goes by the clock
		esac
		sh "$command" >"$command.out" 2>"$command.err" </dev/null
		if [ $? -le $most ] && { [ ! -f "$command.shown" ] || prints "$command"; }; then
			echo "ok $n - $name: $line"
		else
			echo "not ok $n - $name: $line"
			head -n 5 "$command.out" "$command.err" | sed 's/^/# /'
		fi
	done
done
echo "$([ $n -gt 40 ] && echo ok || echo not ok) $((n + 1)) - there are $n"
echo "1..$((n + 1))"

#!/bin/sh
# `extract` against parse5, an HTML5 parser, as TAP: on at least 99.5 % of pages, and of pages with the mistakes people
# make, the links, metas, title, h1, images and ld+json blocks are the same multisets. The pages are the example's and
# what HTML this machine has; PAGES=0 takes all of it (200). parse5 is installed into a temporary folder; without node,
# npm or a registry the test is skipped.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
pages=${PAGES:-200}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

skip() {
	echo "1..0 # SKIP $1: extraction was not compared with an HTML5 parser"
	exit 0
}

command -v node >/dev/null 2>&1 || skip 'no node'
command -v npm >/dev/null 2>&1 || skip 'no npm'
cp "$root/tests/lib/parse5.mjs" "$work" || exit 1
npm install --prefix "$work" --prefer-offline --no-audit --no-fund --ignore-scripts --silent \
	--fetch-retries=0 --fetch-timeout=20000 parse5@7.3.0 >"$work/npm" 2>&1 || skip 'npm cannot install parse5'

# Every nth page of the machine, so that no package is all of them; small ones, for time.
find -L /usr/share/doc /usr/lib/node_modules -type f -name '*.html' -size +0 -size -200k 2>/dev/null | sort >"$work/found"
all=$(wc -l <"$work/found")
awk -v n="$pages" -v all="$all" 'n == 0 || all <= n || int(NR * n / all) > int((NR - 1) * n / all)' \
	"$work/found" >"$work/list"
find "$root/examples" -name '*.html' | sort >>"$work/list"

xargs node "$work/parse5.mjs" "$BIN/rounds-seocheck" "$work" 1 <"$work/list" >"$work/said" 2>"$work/differ"
sed 's/^/# /' "$work/differ"

n=0
rate() { # line of said, what was compared
	n=$((n + 1))
	awk -v line="$1" -v number="$n" -v what="$2" '
	NR % 2 == line % 2 { same += $1; other += $3 }
	END {
		all = same + other
		good = NR > 0 && all > 0 && same >= .995 * all
		percent = all > 0 ? 100 * same / all : 0
		printf "%s %d - %d of %d %s are read as parse5 reads them (%.2f %%)\n", good ? "ok" : "not ok", number, same,
			all, what, percent
	}' "$work/said"
}

rate 1 pages
rate 2 'pages with mistakes'
echo "1..$n"

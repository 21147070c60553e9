#!/bin/sh
# What is planted on the example shop, as its README lists it, is what rounds-seocheck says of it, as TAP.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
shop=$root/examples/shop
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# "| `/about` | what | `link-broken`, `image-alt` |" of the table of faults: each check, and what its finding is about.
awk -F'|' '/^## The recording/ { exit } /^What a crawler meets/ { on = 1 } on && /^\| `/ {
	where = $2; gsub(/[` ]/, "", where)
	n = split($4, check, ",")
	for (i = 1; i <= n; i++) { gsub(/[` ]/, "", check[i]); print check[i], where }
}' "$shop/README.md" | sed 's,^link-broken /about$,link-broken /guide/roasting,' | sort >"$work/planted"

"$BIN/rounds-seocheck" crawl "$shop/site" --base https://shop.example/ --as-of 2026-11-15 >"$work/said"
status=$?
sed -n 's/^[a-z]* \([a-z0-9-]*\): \([^ ]*\) .*/\1 \2/p' "$work/said" | grep -v '^rich-recommended ' | sort >"$work/found"

echo 1..3
if [ "$(wc -l <"$work/planted")" -ge 7 ]; then echo "ok 1 - the README lists faults"; else echo "not ok 1 - the README lists faults"; fi
if diff "$work/planted" "$work/found" >&2; then echo "ok 2 - they are found, and nothing else is"; else echo "not ok 2 - they are found, and nothing else is"; fi
if [ "$status" -eq 1 ]; then echo "ok 3 - exit 1: a warning"; else echo "not ok 3 - exit $status"; fi

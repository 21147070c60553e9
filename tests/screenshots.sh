#!/bin/sh
# Takes the screenshots of docs/img/ anew: the page at 360 and 1440 px, light and dark.
#   tests/screenshots.sh [PAGE [FOLDER]]     by default of build/demo/report.html, which run-all.sh --demo leaves
# Wants chromium, node and ImageMagick. Fails on what tests/report_html.t would fail on.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
page=${1:-$root/build/demo/report.html}
folder=${2:-$root/docs/img}
most=150000 # bytes of a picture
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -f "$page" ] || { echo "there is no '$page'; run ./run-all.sh --demo" >&2; exit 1; }
mkdir -p "$folder"
node "$root/tests/lib/browser.mjs" --pictures "$work" "$page" | tee "$work/views"
[ "$(grep -c '^ok' "$work/views")" -eq 6 ] || exit 1
for picture in "$work"/report-*.png; do
	name=${picture##*/}
	colours=128
	until convert "$picture" +dither -colors "$colours" -strip -define png:compression-level=9 "$folder/$name" &&
		[ "$(wc -c <"$folder/$name")" -le "$most" ]; do
		colours=$((colours / 2))
		[ "$colours" -ge 8 ] || exit 1
	done
	echo "$folder/$name: $(wc -c <"$folder/$name") bytes, $colours colours"
done

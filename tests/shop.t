#!/bin/sh
# The committed events of the example shop are what its generator makes, as TAP. Compared unpacked: another zlib may
# pack them differently.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
generate=${BIN:-$root/build/release/bin}/../examples/shop/generate
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
echo 1..3
"$generate" "$work" >/dev/null || echo "# the generator failed"
differ=0 days=0
for file in "$root"/examples/shop/events/*.gz; do
	days=$((days + 1))
	gzip -dc "$file" >"$work/kept"
	gzip -dc "$work/${file##*/}" >"$work/made"
	cmp "$work/kept" "$work/made" >&2 || differ=$((differ + 1))
done
if [ "$differ" -eq 0 ]; then echo "ok 1 - $days days are the generator's"; else echo "not ok 1 - $differ of $days days differ"; fi
made=$(find "$work" -name '*.gz' | wc -l)
if [ "$made" -eq "$days" ]; then echo "ok 2 - and no day is missing"; else echo "not ok 2 - the generator makes $made days"; fi
size=$(find "$root/examples/shop" -type f -exec cat {} + | wc -c)
if [ "$size" -lt 4000000 ]; then echo "ok 3 - the shop is $size bytes, under 4 MB"; else echo "not ok 3 - the shop is $size bytes"; fi

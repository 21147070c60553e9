#!/bin/sh
# Writes the golden cases watchdog-SIGNAL-is-counted-from-EXPORT from the table in presets.txt: cmd, in/ and, of what is
# expected, the counts in state.after/history/watchdog.tsv, which the table has by hand. Not run by the tests.
#   1. sh tests/golden/presets.sh
#   2. CASE='watchdog-*-is-counted-from-*' UPDATE=1 sh tests/golden.t      the rest of what is expected
#   3. sh tests/golden/presets.sh      fails where the program counts otherwise than the table
set -u
golden=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

awk -v root="$work" -f "$golden/presets.awk" "$golden/presets.txt" || exit 1
for made in "$work"/*/; do
	case=$(basename "$made")
	counts=state.after/history/watchdog.tsv
	if [ -f "$golden/$case/$counts" ] && ! diff -u "$made/$counts" "$golden/$case/$counts"; then
		status=1 # left as it is: one of the two is wrong
		rm "$made/$counts"
	fi
	mkdir -p "$golden/$case" && cp -R "$made/." "$golden/$case" || exit 1
done
exit $status

#!/bin/sh
# A disk that is full at any one write, fsync or rename of rounds-bandit's saving, as TAP: exit 3, each file old or new
# and whole, and the next run writes what an undisturbed one does. The failing call is tests/fault/full.c, preloaded.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
BIN=${BIN:-$root/build/release/bin}
FAULTS=${FAULTS:-$root/build/release/tests/fault}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 lost=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else lost=$((lost + 1)) && echo "not ok $n - $2"; fi
}

run() { # state folder, last day
	"$BIN/rounds-bandit" -c "$work/rounds.json" -s "$1" --as-of "$2" >"$work/out" 2>"$work/err"
}

fails_at() { # which call, state folder
	(
		export FULL_CALL="$1" LD_PRELOAD="$FAULTS/full.so" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"
		run "$2" 2026-03-05
	)
}

whole() { # each file is the old or the new one, and nothing else is there
	(cd "$1" && find . -type f ! -name .lock) | while read -r file; do
		cmp -s "$1/$file" "$work/old/$file" || cmp -s "$1/$file" "$work/new/$file" || echo "$file"
	done >"$work/odd"
	[ ! -s "$work/odd" ] || sed 's/^/# /' "$work/odd"
	[ ! -s "$work/odd" ]
}

cp "$root/tests/golden/counts/cta.tsv" "$work/cta.tsv"
sed 's|"arms"|"formats": ["nginx", "flagd"], "arms"|' "$root/tests/golden/counts/rounds.json" >"$work/rounds.json"
run "$work/old" 2026-03-02
check $? "a first run"
cp -R "$work/old" "$work/new"
run "$work/new" 2026-03-05
check $? "a later run"
diff -r "$work/old/weights" "$work/new/weights" >/dev/null
check $((!$?)) "which moves the weights"

call=1
while [ $call -lt 100 ]; do
	rm -rf "$work/state" && cp -R "$work/old" "$work/state"
	fails_at $call "$work/state"
	rc=$?
	[ $rc -eq 3 ] || break
	whole "$work/state"
	check $? "call $call fails: files are old or new ($(sed -n 's/^rounds-bandit: //p' "$work/err" | sed "s|$work/||"))"
	run "$work/state" 2026-03-05 && diff -r -x .lock "$work/new" "$work/state" >&2
	check $? "call $call fails: the next run repairs it"
	call=$((call + 1))
done
[ "$rc" -eq 0 ] && [ $call -gt 15 ] # five files: written, synced and renamed
check $? "$((call - 1)) calls were failed, the next one is not there"
echo "# full: $((call - 1)) points, $lost lost"
echo "1..$n"

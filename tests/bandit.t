#!/bin/sh
# However often and whenever rounds-bandit runs, the same counts give the same bytes of state, as TAP; a run that ends in
# exit 3 leaves everything alone. The counts follow the weights, as traffic does.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

run() { # folder, last day
	"$BIN/rounds-bandit" -c "$1/rounds.json" -s "$1/state" --as-of "$2" >"$1.out" 2>"$1.err"
}

same() { # folder, folder, sentence
	[ -s "$work/$1/state/bandit.json" ] && diff -r -x .lock "$work/$1/state" "$work/$2/state" >"$work/diff"
	check $? "$3"
	[ ! -s "$work/diff" ] || head -n 5 "$work/diff" | sed 's/^/# /'
}

# ---- counts that follow the weights ----

weight() { # folder, arm: bp
	sed -n "s/^ *\"$2\": \([0-9]*\).*/\1/p" "$1/state/weights/cta.json"
}

day_of_counts() { # folder, day: a line an arm, 300 units shared as decided; b is half as good again, c is control's equal
	for arm in control b c; do
		bp=3334
		[ ! -s "$1/state/weights/cta.json" ] || bp=$(weight "$1" $arm)
		rate=60
		[ $arm != b ] || rate=90
		units=$((300 * bp / 10000))
		printf '2026-03-%s\t%s\t%d\t%d\n' "$2" $arm $units $((units * rate / 1000 + (${2#0} * 7 + bp) % 3))
	done
}

days="01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28"
mkdir -p "$work/daily"
sed 's|"b"|"b", "c"|' "$root/tests/golden/counts/rounds.json" >"$work/daily/rounds.json"
printf 'day\tarm\tsessions\tconversions\n' >"$work/daily/cta.tsv"
moves=0 silent=0
for d in $days; do
	day_of_counts "$work/daily" "$d" >>"$work/daily/cta.tsv"
	before=$(cat "$work/daily/state/weights/cta.json" 2>/dev/null)
	inode=$(ls -i "$work/daily/state/weights/cta.json" 2>/dev/null)
	run "$work/daily" "2026-03-$d" || echo "# 2026-03-$d: $(cat "$work/daily.err" "$work/daily.out")"
	if [ "$before" != "$(cat "$work/daily/state/weights/cta.json")" ]; then
		moves=$((moves + 1))
	elif [ "$inode" != "$(ls -i "$work/daily/state/weights/cta.json")" ]; then
		silent=$((silent + 1))
	fi
	case $d in
	14 | 21) cp -R "$work/daily" "$work/after$d" ;;
	esac
done
[ $moves -ge 4 ]
check $? "the weights move on $moves of 28 days"
[ "$(sed -n 's/^  "version": \([0-9]*\).*/\1/p' "$work/daily/state/weights/cta.json")" -eq $moves ]
check $? "and each move is a version, nothing else is"
check $silent "the weight file is replaced on days on which they move alone"

for gap in 14 21; do
	cp "$work/daily/cta.tsv" "$work/after$gap/"
	run "$work/after$gap" 2026-03-28
	same daily after$gap "one run after $((28 - gap)) days is as daily ones: state, history, weights"
done

for i in 1 2 3 4 5; do run "$work/after21" 2026-03-28 || check 1 "run $i of a day"; done
same daily after21 "five runs on one day advance nothing"

cp -R "$work/daily" "$work/sorted" && rm -rf "$work/sorted/state"
cp -R "$work/sorted" "$work/plain"
sort -r "$work/plain/cta.tsv" | awk -F '\t' -v OFS='\t' '{ print $4, $2, $1, $3 }' >"$work/sorted/cta.tsv"
run "$work/plain" 2026-03-28 && run "$work/sorted" 2026-03-28
same plain sorted "lines and columns in another order give the same state"

# ---- exit 3 ----

untouched() { # folder, day, sentence: exit 3 and no byte
	cp -R "$work/$1/state" "$work/kept"
	run "$work/$1" "$2"
	[ $? -eq 3 ] && diff -r "$work/kept" "$work/$1/state" >&2
	check $? "$3 ($(sed -n 's/^rounds-bandit: //p' "$work/$1.err"))"
	rm -rf "$work/kept"
}

cp -R "$work/daily" "$work/bad"
printf '2026-03-29\tb\t10\t11\n' >>"$work/bad/cta.tsv"
untouched bad 2026-03-29 "a bad line of counts leaves weights and state"
cp -R "$work/daily" "$work/stale"
untouched stale 2026-03-29 "counts without a line of the day leave weights and state"
cp -R "$work/daily" "$work/edited"
sed -i 's/"control": /"control": 1/' "$work/edited/state/weights/cta.json"
run "$work/edited" 2026-03-28
same daily edited "a weight file that somebody edited is written again"
rm "$work/edited/state/weights/cta.json"
run "$work/edited" 2026-03-28
same daily edited "and one that is gone"
echo "1..$n"

#!/bin/sh
# In whatever form its events come and whatever surrounds it, rounds-bandit writes the same bytes of state, as TAP, and
# nothing beside the state folder. On the shop's banner.
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

first=2026-11-01 last=2026-11-15

shop() { # folder, form: the banner alone, for orders and for their value, its events in that form
	mkdir -p "$work/$1/events"
	sed -e 's|events/{day}.jsonl.gz|events|' -e '/"checkout-button": {/,/},/d' \
		-e 's|"experiments": {|&"value": {"flag": "free-shipping-banner", "arms": ["control", "banner", "banner-large"], \
			"reward": {"type": "value", "event": "order completed", "property": "value"}, "start": "2026-10-27"},|' \
		"$root/examples/shop/rounds.json" >"$work/$1/rounds.json"
	for file in "$root"/examples/shop/events/*.gz; do
		day=${file##*/}
		day=${day%%.*}
		[ "$(printf '%s\n' "$first" "$day" 2026-11-16 | sort | sed -n 2p)" = "$day" ] || continue
		"$2" "$file" "$day" "$work/$1/events"
	done
}

as_is() { cp "$1" "$3/"; }
unpacked() { gzip -dc "$1" >"$3/$2.jsonl"; }
shuffled() { gzip -dc "$1" | awk '{ print length($0) * 7919 % 1000 "\t" $0 }' | sort -rn | cut -f 2- >"$3/$2.jsonl"; }
split_up() {
	gzip -dc "$1" | awk -v to="$3/$2" '{ print >(to "." NR % 3 ".jsonl") }'
	gzip "$3/$2.0.jsonl"
}
doubled() { gzip -dc "$1" | awk '{ print; if ($0 ~ /^[{].*[}]$/) print }' | gzip >"$3/$2.jsonl.gz"; }

for form in as_is unpacked shuffled split_up doubled; do
	shop $form $form
	run "$work/$form" $last
done
grep -q '^free-shipping-banner  day 20 ' "$work/as_is.out"
check $? "it is judged"
same as_is unpacked "unpacked files give the same state"
same as_is shuffled "shuffled lines give the same state"
same as_is split_up "lines split over three files give the same state"
same as_is doubled "each event twice gives the same state"

mkdir "$work/elsewhere"
for how in "TZ=Pacific/Kiritimati" "LC_ALL=tr_TR.UTF-8" "GSL_RNG_SEED=7" "HOME="; do
	rm -rf "$work/other" && cp -R "$work/as_is" "$work/other" && rm -rf "$work/other/state"
	(export "${how?}" && cd "$work/elsewhere" && run "$work/other" $last)
	same as_is other "$how gives the same state"
done
rm -rf "$work/other" && cp -R "$work/as_is" "$work/other" && rm -rf "$work/other/state"
(umask 077 && cd "$work/other" && "$BIN/rounds-bandit" --as-of $last >../other.out 2>&1)
same as_is other "umask 077 and the folder itself as the working folder give the same state"
modes=$(find "$work/other/state" -type f ! -name .lock ! -perm 644)
[ -z "$modes" ]
check $? "and the weights can be read by who delivers them $modes"

rm -rf "$work/as_is/state"
before=$(cd "$work/as_is" && find . | sort && find . -type f -exec cksum {} + | sort)
(cd "$work/elsewhere" && run "$work/as_is" $last)
state=$(cd "$work/as_is" && find state -type f ! -name .lock | sort | tr '\n' ' ')
mv "$work/as_is/state" "$work/state.kept"
[ "$before" = "$(cd "$work/as_is" && find . | sort && find . -type f -exec cksum {} + | sort)" ] &&
	[ -z "$(ls -A "$work/elsewhere")" ]
check $? "nothing beside state/ is written"
[ "$state" = "state/bandit.json state/history/bandit.tsv state/weights/free-shipping-banner.flagd.json \
state/weights/free-shipping-banner.json state/weights/free-shipping-banner.nginx.conf \
state/weights/value.flagd.json state/weights/value.json state/weights/value.nginx.conf " ]
check $? "and in it only $state"
echo "1..$n"

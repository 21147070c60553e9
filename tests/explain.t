#!/bin/sh
# `explain`, as TAP: the p-value follows from the numbers it prints, by sums of probabilities term by term; the mean
# follows from the baseline it prints; and the opening day is the same whenever it is asked for.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

explain() { "$BIN/rounds-watchdog" explain -s "$1" "$2" --format json; } # state folder, id

# Prints what does not follow from the other numbers of an explanation. Everything was rounded to thousandths, so a
# tail is between those at the ends of what mu and V may have been, and the printed p is that to one digit.
by_hand() { # json, count or proportion
	awk -v model="$2" -v level=1e-4 '
	{ key = $1; gsub(/[":]/, "", key); value = $2; gsub(/[",]/, "", value) }
	/^  "baseline"/ { inside = 1 }
	/^  "weekday_x1000"/ { line = $0; sub(/.*:/, "", line); gsub(/[^0-9 ]/, "", line); split(line, factor, " ") }
	/^  "[^"]*": [^[{]/ { of[key] = value ~ /^-?[0-9]+$/ ? value + 0 : value }
	inside && /^      "/ { row[key] = value }
	inside && /^    }/ {
		days++
		for (k in row) base[days, k] = row[k]
	}
	/^  ],/ { inside = 0 }
	function weekday(day,   y, m, d) { # Sakamoto: 1 Monday .. 7 Sunday
		y = substr(day, 1, 4) + 0; m = substr(day, 6, 2) + 0; d = substr(day, 9, 2) + 0
		if (m < 3) y--
		d += y + int(y / 4) - int(y / 100) + int(y / 400) + substr("032503514624", m, 1)
		return (d + 6) % 7 + 1
	}
	function log_gamma(z,   sum, shift) { # Stirling, after shifting the argument above 15
		for (shift = 0; z < 15; z++) shift += log(z)
		sum = 1 / (12 * z) - 1 / (360 * z ^ 3) + 1 / (1260 * z ^ 5) - 1 / (1680 * z ^ 7)
		return (z - 0.5) * log(z) - z + 0.918938533204672742 + sum - shift
	}
	function beta(a, b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b) }
	function term(x, mu, v,   k, pi, m) { # P(X = x) for that mean and variance
		if (model == "count") {
			k = mu * mu / (v - mu)
			return exp(log_gamma(x + k) - log_gamma(k) - log_gamma(x + 1) + k * log(mu / v) + x * log(1 - mu / v))
		}
		pi = mu / of["n"]
		m = (of["n"] - 1) / (v / (mu * (1 - pi)) - 1) - 1
		return exp(-log(of["n"] + 1) - beta(x + 1, of["n"] - x + 1) + beta(x + pi * m, of["n"] - x + (1 - pi) * m) - \
			beta(pi * m, (1 - pi) * m))
	}
	function tail(x, mu, v,   sum, last) { # P(X >= x)
		last = model == "count" ? x + 400 : of["n"]
		for (sum = 0; x <= last; x++) sum += term(x, mu, v)
		return sum
	}
	function range(x,   i, p) { # sets least, most
		least = 1; most = 0
		for (i = 0; i < 4; i++) {
			p = tail(x, (of["mu_x1000"] + i % 2 - 0.5) / 1000, (of["V_x1000"] + int(i / 2) - 0.5) / 1000)
			if (p < least) least = p
			if (p > most) most = p
		}
	}
	END {
		split(of["p_up"], part, "e")
		range(of["x"])
		if (most < (part[1] - 0.5) * 10 ^ part[2] || least > (part[1] + 0.5) * 10 ^ part[2])
			print "p_up is " of["p_up"] ", by hand " least " to " most
		range(of["limit"])
		if (least >= level) print "at the limit p is " least
		range(of["limit"] - 1)
		if (most < level) print "below the limit p is " most
		for (i = 1; i <= days; i++) {
			x += base[i, "weight_x1000"] / 1000 * base[i, "x"]
			e += base[i, "weight_x1000"] / 1000 * base[i, "n"] * factor[weekday(base[i, "day"])] / 1000
		}
		mu = of["n"] * factor[weekday(of["day"])] / 1000 * (x + 0.5) / e
		if (days < 14 || mu < of["mu_x1000"] * 0.998e-3 - 0.001 || mu > of["mu_x1000"] * 1.002e-3 + 0.001)
			print "mu is " of["mu_x1000"] / 1000 ", by hand from " days + 0 " days " mu
	}' "$1"
}

follows() { # json, model, sentence
	by_hand "$1" "$2" >"$work/why"
	[ -s "$1" ] && [ ! -s "$work/why" ]
	check $? "$3"
	sed 's/^/# /' "$work/why"
}

# A made-up history: 60 calm days of two cells, then a jump of both. Its one finding is in the JSON; no checkpoint.
made_up() { # signal
	mkdir -p "$work/$1/history"
	{
		printf 'day\tsignal\tsegment\taffected\texposed\n'
		awk -v OFS='\t' -v signal="$1" 'BEGIN {
			for (i = 0; i <= 60; i++) {
				day = i < 30 ? "2026-06-" sprintf("%02d", i + 1) : i < 60 ? "2026-07-" sprintf("%02d", i - 29) : "2026-07-31"
				print day, signal, "page=/cart", i < 60 ? 6 + i % 3 : 31, 60
				print day, signal, "site", i < 60 ? 14 + i * 7 % 11 : 60, 200 - i % 7 * 15
			}
		}'
	} >"$work/$1/history/watchdog.tsv"
	cat >"$work/$1/watchdog.json" <<-JSON
		{"tool": "watchdog", "schema": 1, "through": "2026-07-31", "findings": {"watchdog/$1/site": {
		"message": "made up", "severity": "warn", "status": "open", "since": "2026-07-31", "change": "2026-07-31"}}}
	JSON
}

explain "$root/state" watchdog/js_exception/site >"$work/demo.json"
follows "$work/demo.json" count "the demo's p-value, limit and mean follow from the numbers printed"
for signal in rage_click:count search_empty:proportion; do
	model=${signal#*:} signal=${signal%:*}
	made_up "$signal"
	explain "$work/$signal" "watchdog/$signal/site" >"$work/$signal.json"
	follows "$work/$signal.json" "$model" "and those of a made-up $model"
done
sed -n 's/^  "\([^"]*\)":.*/\1/p' "$work/demo.json" | tr '\n' ' ' >"$work/keys"
[ "$(cat "$work/keys")" = "V_x1000 attribution baseline bh change cusum_x1000 day id limit llr_x1000 mu_x1000 n \
p_low p_up phi_x1000 ratio_ci90_x100 ratio_x100 releases weekday_x1000 x " ]
check $? "the keys are those of the manual"

# The opening day as the run after it sees it, from the checkpoint; when it is final; and from the history alone.
cp -R "$root/examples/shop" "$work/shop"
run() { "$BIN/rounds-watchdog" -c "$work/shop/rounds.json" -s "$work/$1" --as-of "$2" >/dev/null 2>&1; }

for opening in day:2026-11-07:2026-11-10 cusum:2026-09-16:2026-09-21; do
	by=${opening%%:*} soon=${opening#*:} late=${opening##*:}
	soon=${soon%:*}
	run "$by" "$soon"
	grep -q "\"opened_by\": \"$by\"" "$work/$by/watchdog.json"
	check $? "there is a finding opened by $by"
	explain "$work/$by" watchdog/js_exception/site >"$work/soon.json"
	run "$by" "$late"
	explain "$work/$by" watchdog/js_exception/site >"$work/late.json"
	rm "$work/$by/history/watchdog.cells.tsv"
	explain "$work/$by" watchdog/js_exception/site >"$work/alone.json"
	[ -s "$work/soon.json" ] && diff "$work/soon.json" "$work/late.json" >"$work/why"
	check $? "opened by $by: the same numbers when the day is final"
	diff "$work/soon.json" "$work/alone.json" >>"$work/why"
	check $? "opened by $by: the same numbers without a checkpoint"
	sed 's/^/# /' "$work/why" | head -n 10
	p=$(sed -n 's/^      "p": //p' "$work/$by/watchdog.json")
	grep -q "^  \"p_up\": $p" "$work/soon.json"
	check $? "opened by $by: p is the published one"
done
echo "1..$n"

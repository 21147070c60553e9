#!/bin/sh
# Clocks that stand elsewhere, jump or race, as TAP: with the same --as-of the same bytes, without it the civil day that
# ended last in the configured zone, be it one of 23, 23.5, 24.5 or 25 hours; a clock a year back is exit 3 and the state
# as it was. The clock is faketime's; what a day is, is asked of date(1). In CI i18ncheck alone stands under every clock,
# the others under every fourth. clock.t SUBJECT... tries these alone.
# shellcheck disable=SC1091,SC2154 # root, work, points ... are lib.sh's
. "$(dirname "$0")/lib.sh"
[ "$VARIANT" = release ] || skip_all "faketime and the sanitizer both want to be first; the release build has tried it"
fault_begin clock ""

# A confined program cannot take away what faketime keeps for it in shared memory, and a later process of the same number
# would trip over that.
alone() { # what to preload, command: without such things, before and after
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$0"; rm -f "/dev/shm/faketime_shm_$$" "/dev/shm/sem.faketime_sem_$$"; export LD_PRELOAD="$1"; shift
		exec "$@"' "$work/number" "$@"
	status=$?
	read -r number <"$work/number"
	rm -f "/dev/shm/faketime_shm_$number" "/dev/shm/sem.faketime_sem_$number"
	return $status
}

library=$(alone '' faketime 2020-01-01 env 2>/dev/null | sed -n 's/^LD_PRELOAD=:*//p')
if [ -z "$library" ]; then
	skip "clocks" "faketime absent"
	fault_end
	exit
fi

at() { # clock, command...
	clock=$1
	shift
	FAKETIME=$clock FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1 alone "$library" "$@"
}

epoch() { # zone, civil time: seconds since 1970
	date -d "TZ=\"$1\" $2" +%s
}

civil() { # seconds since 1970: UTC, as faketime reads it with TZ=UTC
	TZ=UTC0 date -d "@$1" '+@%Y-%m-%d %H:%M:%S'
}

point() { # status, what it was
	points=$((points + 1))
	[ "$1" -eq 0 ] || lose "$2"
}

settle() { # what points were tried, a sentence
	[ "$lost" -eq "$was" ] && [ "$points" -gt "$tried" ]
	check $? "$1 ($((points - tried)) clocks)"
	was=$lost tried=$points
}
was=0 tried=0

# The same --as-of: the same bytes -------------------------------------------------------------------------------------

clocks='@1970-01-02 00:00:00
@2025-11-15 12:00:00
@2026-03-29 00:59:59
@2026-10-25 01:00:00
@2026-12-31 23:59:59
@2027-01-01 00:00:00
@2028-02-29 12:00:00
@2038-01-19 03:14:07
@2100-03-01 00:00:00
+0 i86400
@2026-12-31 23:59:59 i86400
@2026-10-24 22:00:00 x86400'

[ $# -gt 0 ] || set -- watchdog bandit perfcheck seocheck i18ncheck report
for s in "$@"; do
	prepare "$s"
	was=$lost tried=$points
	turn=0
	while read -r clock; do
		turn=$((turn + 1))
		is_full || [ $((turn % 4)) -eq $((${#s} % 4)) ] || [ "$s" = i18ncheck ] || continue
		restore "$s"
		TZ=UTC0 subject "$s" "$work/$s/state" at "$clock"
		rc=$?
		i1 "$s" $rc
		[ -n "$wrong" ] || [ $rc -eq "$right" ] || wrong="exit $rc: $(said "$s")"
		[ -z "$wrong" ]
		point $? "$s at $clock: $wrong"
	done <<-END
		$clocks
	END
	settle "$s: the same last day, the same bytes"
	check_i2 "$s"
done

# Days are civil ---------------------------------------------------------------------------------------------------------

# Zone and day: 23 and 25 hours, half an hour more and less, the last of a year, 29 February, a day in between.
days='Europe/Berlin 2026-03-29
Europe/Berlin 2026-10-25
America/New_York 2026-03-08
America/New_York 2026-11-01
Australia/Lord_Howe 2026-04-05
Australia/Lord_Howe 2026-10-04
Europe/Berlin 2026-12-31
America/New_York 2028-02-29
Asia/Kathmandu 2028-02-28
Pacific/Kiritimati 2027-01-01'

day_after() { # day, how many
	TZ=UTC0 date -d "$1T12:00Z $2 day" +%Y-%m-%d
}

site() { # zone: a page, and what is looked at without --as-of
	mkdir -p "$work/site/pages"
	echo '<!DOCTYPE html><html lang="en"><title>A page</title><h1>A page</h1>' >"$work/site/pages/index.html"
	printf '{ "site": "https://shop.example", "timezone": "%s",\n' "$1" >"$work/site/rounds.json"
	cat >>"$work/site/rounds.json" <<-'END'
		"seocheck": { "crawl": { "folder": "pages", "base": "https://shop.example/" } } }
	END
}

through() { # seconds since 1970, what else: the day that a run then judges
	rm -rf "$work/site/state"
	TZ=UTC0 at "$(civil "$1")" "$BIN/rounds-seocheck" -c "$work/site/rounds.json" >"$work/said" 2>"$work/err" </dev/null
	sed -n 's/.*"through": "\(.*\)".*/\1/p' "$work/site/state/seocheck.json"
}

while read -r zone day; do
	site "$zone"
	midnight=$(epoch "$zone" "$day") next=$(epoch "$zone" "$(day_after "$day" 1)")
	[ "$(through "$midnight")" = "$(day_after "$day" -1)" ]
	point $? "$zone: a day begins $day"
	[ "$(through $((next - 1)))" = "$(day_after "$day" -1)" ]
	point $? "$zone: $day lasts $((next - midnight)) s, to its last second"
	[ "$(through "$next")" = "$day" ]
	point $? "$zone: $day is over when $(day_after "$day" 1) begins"
done <<-END
	$days
END
settle "a day is judged from the second it is over"

# An event every half hour around the day, each in a session of its own: a day counts as many as it has half hours.
events() { # zone, day: leaves the days and their sessions in $work/counted
	rm -rf "$work/half" && mkdir -p "$work/half"
	from=$(epoch "$1" "$(day_after "$2" -2)")
	{
		awk -v at="$from" -v to="$(epoch "$1" "$(day_after "$2" 3)")" 'BEGIN { for (; at < to; at += 1800) print "@" at }' |
			TZ=UTC0 date -f - '+%Y-%m-%dT%H:%M:%SZ' | sed 's/.*/{"time":"&","session":"&","event":"pageview"}/'
	} >"$work/half/events.jsonl"
	cat >"$work/half/rounds.json" <<-END
		{ "timezone": "$1", "sources": { "events": { "type": "jsonl", "path": "events.jsonl" } },
		  "watchdog": { "signals": ["rage_click"], "segments": [] } }
	END
	"$BIN/rounds-watchdog" -c "$work/half/rounds.json" --as-of "$(day_after "$2" 2)" >"$work/said" 2>"$work/err"
	awk '$2 == "rage_click" && $3 == "site" { print $1, $5 }' "$work/half/state/history/watchdog.tsv" >"$work/counted"
}

while read -r zone day; do
	events "$zone" "$day"
	for shift in -2 -1 0 1 2; do
		this=$(day_after "$day" $shift)
		length=$(($(epoch "$zone" "$(day_after "$this" 1)") - $(epoch "$zone" "$this")))
		grep -qx "$this $((length / 1800))" "$work/counted"
		point $? "$zone: $this has $((length / 1800)) half hours, not $(sed -n "s/$this //p" "$work/counted")"
	done
done <<-END
	$days
END
settle "a day has the half hours that it has"

# 48 hours after the end of a civil day.
fresh() { # seconds since 1970: the exit
	TZ=UTC0 at "$(civil "$1")" "$BIN/rounds-report" fresh -c "$work/half/rounds.json" >"$work/said" 2>"$work/err"
}

while read -r zone day; do
	events "$zone" "$day" # judged through two days later
	limit=$(($(epoch "$zone" "$(day_after "$day" 3)") + 48 * 3600))
	fresh $limit
	point $? "$zone: fresh 48 h after $(day_after "$day" 2): $(cat "$work/said")"
	fresh $((limit + 3600))
	[ $? -eq 3 ]
	point $? "$zone: stale an hour later: $(cat "$work/said")"
done <<-END
	Europe/Berlin 2026-03-26
	Europe/Berlin 2026-10-22
	Australia/Lord_Howe 2026-04-02
END
settle "fresh counts hours from the end of a civil day"

# A clock a year back ----------------------------------------------------------------------------------------------------

for s in seocheck i18ncheck; do
	[ -d "$work/$s" ] || continue
	restore "$s"
	sed '/"as_of"/d' "$work/$s/in/rounds.json" >"$work/$s/in/today.json"
	TZ=UTC0 at '@2025-11-15 12:00:00' "$BIN/rounds-$s" -c "$work/$s/in/today.json" -s "$work/$s/state" \
		>"$work/$s/said" 2>"$work/$s/err"
	[ $? -eq 3 ] && is_as "$s" old && grep -q 'state is through 2026-11-14 and never goes back' "$work/$s/err"
	point $? "$s, a year back: $(said "$s")"
done
settle "a clock a year back is refused, the state is as it was"
fault_end

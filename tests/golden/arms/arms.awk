# Exposures and what followed as the generic export, from a plan on stdin; the base of the bandit's cases with events.
# A line of the plan:  FIRST[..LAST] EXPERIMENT ARM UNITS [EVENT=N[:PROPERTY=VALUE]]...
# On each day UNITS sessions see ARM from noon on, and the first N of them do EVENT a minute later; or HOURS later, as
# EVENT+HOURS=N. An arm `a/b` is one session that sees a, then b. Sessions are users too.

function days_of(text, y, m, d) { # since 1970-01-01; Fliegel and van Flandern (1968), Comm. ACM 11, 657
	y = substr(text, 1, 4) + 0; m = substr(text, 6, 2) + 0; d = substr(text, 9, 2) + 0
	return d - 32075 - 2440588 + int(1461 * (y + 4800 + int((m - 14) / 12)) / 4) \
		+ int(367 * (m - 2 - int((m - 14) / 12) * 12) / 12) - int(3 * int((y + 4900 + int((m - 14) / 12)) / 100) / 4)
}

function say(seconds, event, rest, unit) {
	unit = day "-" NR "-" i
	printf "{\"time\":%d,\"id\":\"%s-%s-%d\",\"session\":\"%s\",\"user\":\"u%s\",\"event\":\"%s\"%s}\n",
		86400 * day + 43200 + i + seconds, unit, event, seconds, unit, unit, event, rest
}

/^[0-9]/ {
	split($1, span, "[.][.]")
	last = span[2] == "" ? days_of(span[1]) : days_of(span[2])
	for (day = days_of(span[1]); day <= last; day++)
		for (i = 1; i <= $4; i++) {
			n = split($3, arm, "/")
			for (a = 1; a <= n; a++)
				say(a - 1, "exposure", ",\"experiment\":\"" $2 "\",\"arm\":\"" arm[a] "\"")
			for (f = 5; f <= NF; f++) {
				split($f, part, "[=:]")
				split(part[1], what, "[+]")
				if (i <= part[2])
					say(60 + 3600 * what[2], what[1],
						part[3] == "" ? "" : ",\"" part[3] "\":" part[4])
			}
		}
}

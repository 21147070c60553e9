# Visits as the generic export, from a plan on stdin; the base of the cases that need more than a few days.
# A line of the plan:  FIRST[..LAST] SESSIONS [KIND=N[:ERROR]]...
# On each day each session views one page, / and /cart in turn, from noon on. The first N sessions do KIND too, so that
# rage_click=2 is two affected sessions. pageview=N: only the first N view a page.

function days_of(text, y, m, d) { # since 1970-01-01; Fliegel and van Flandern (1968), Comm. ACM 11, 657
	y = substr(text, 1, 4) + 0; m = substr(text, 6, 2) + 0; d = substr(text, 9, 2) + 0
	return d - 32075 - 2440588 + int(1461 * (y + 4800 + int((m - 14) / 12)) / 4) \
		+ int(367 * (m - 2 - int((m - 14) / 12) * 12) / 12) - int(3 * int((y + 4900 + int((m - 14) / 12)) / 100) / 4)
}

function say(kind, error) {
	printf "{\"time\":%d,\"id\":\"%d-%d-%s%s\",\"session\":\"%d-%d\",\"event\":\"%s\",\"page\":\"%s\",%s\"browser\":\"%s\"}\n",
		86400 * day + 43200 + i, day, i, kind, error, day, i, kind, i % 2 ? "/" : "/cart",
		error == "" ? "" : "\"error\":\"" error "\",", i % 3 ? "Firefox" : "Safari"
}

/^[0-9]/ {
	views = $2
	n = 0
	for (f = 3; f <= NF; f++) {
		split($f, part, "[=:]")
		if (part[1] == "pageview") {
			views = part[2]
			continue
		}
		kind[++n] = part[1]; most[n] = part[2]; error[n] = part[3]
	}
	split($1, span, "[.][.]")
	last = span[2] == "" ? days_of(span[1]) : days_of(span[2])
	for (day = days_of(span[1]); day <= last; day++)
		for (i = 1; i <= $2; i++) {
			if (i <= views)
				say("pageview", "")
			for (k = 1; k <= n; k++)
				if (i <= most[k])
					say(kind[k], error[k])
		}
}

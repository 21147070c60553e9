#!/bin/sh
# The same messages in another form give the same bytes of state and, lines aside, of the report, as TAP: keys in
# another order, a byte-order mark, CR LF, other indents, files written in another order, another zone and locale.
# The same messages as JSON, YAML and ARB give the same counts. A catalog that goes resolves nothing, an obsolete key
# that comes moves its own count alone.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

# Lines of "key<TAB>text"; fr lacks a key, has another blank, a strange token and a key nobody knows.
cat >"$work/en" <<'END'
a.help	Ask our support team
a.open	Open {name} now
a.title	Your cart is empty
b.brand	Rounds
b.send	Send the order to {city}
END
cat >"$work/de" <<'END'
a.help	Frag unser Team
a.open	Jetzt {name} öffnen
a.title	Dein Warenkorb ist leer
b.brand	Rounds
b.send	Bestellung nach {city} schicken
END
cat >"$work/fr" <<'END'
a.help	Ask our support team
a.open	Ouvrir {nom}
a.title	
b.brand	Rounds
c.old	Rien
END

# JSON objects two levels deep; $1 order of sort, $2 indent, $3 end of line, stdin to stdout.
as_json() {
	sort "$1" | awk -F '\t' -v indent="$2" -v eol="$3" '
		{ split($1, part, "."); if (part[1] != open) {
			if (open != "") { sub(/,$/, "", row); printf "%s%s%s},%s", row, eol, indent, eol } else printf "{%s", eol
			printf "%s\"%s\": {%s", indent, part[1], eol; open = part[1]; row = "" }
		  else { printf "%s%s", row, eol }
		  row = indent indent "\"" part[2] "\": \"" $2 "\"," }
		END { sub(/,$/, "", row); printf "%s%s%s}%s}%s", row, eol, indent, eol, eol }'
}
plain() { as_json -s '  ' '\n'; }
shuffled() { as_json -r '  ' '\n'; }
marked() { printf '\357\273\277' && plain; }
crlf() { as_json -s '  ' '\r\n'; }
indented() { as_json -s '\t' '\n'; }
as_yaml() { # $1 the locale
	echo "$1:"
	awk -F '\t' '{ split($1, part, "."); if (part[1] != open) print "  " part[1] ":"; open = part[1]
		printf "    %s: \"%s\"\n", part[2], $2 }'
}
as_arb() { awk -F '\t' '{ printf "%s\"%s\": \"%s\"", NR == 1 ? "{\n" : ",\n", $1, $2 } END { print "\n}" }'; }

configure() { # folder, format, pattern
	mkdir -p "$1/locales"
	cat >"$1/rounds.json" <<-END
		{ "i18ncheck": { "sets": [ { "name": "web", "format": "$2", "syntax": "icu", "source": "en",
		  "tags": false, "pattern": "$3", "floors": { "*": { "warn": 90 } } } ] } }
	END
}
write() { # folder, form, locales in the order of writing
	folder=$1 form=$2
	shift 2
	configure "$work/$folder" json 'locales/{locale}.json'
	for locale; do
		"$form" <"$work/$locale" >"$work/$folder/locales/$locale.json"
	done
}
judge() { # folder, day
	"$BIN/rounds-i18ncheck" -c "$work/$1/rounds.json" --as-of "$2" >"$work/$1/said" 2>"$work/$1/err"
	sed 's/\(\.json\):[0-9]*$/\1/' "$work/$1/said" >"$work/$1/out"
}

claim() { # what holds, then the command that shows it
	what=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/why" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		head -n 8 "$work/why" "$work"/*/err | sed 's/^/# /'
	fi
}
same() { # folder
	[ -s "$work/plain/state/i18ncheck.json" ] && diff -r -x .lock "$work/plain/state" "$work/$1/state" &&
		diff "$work/plain/out" "$work/$1/out"
}
counts_of() { sed -n '/"coverage": {/,/^  }/p' "$work/$1/state/i18ncheck.json"; }
same_counts() {
	counts_of plain >"$work/counts" && grep '"missing": 1' "$work/counts" && counts_of "$1" | diff "$work/counts" -
}

write plain plain en de fr
judge plain 2026-11-02
for form in shuffled marked crlf indented; do
	write "$form" "$form" en de fr
	judge "$form" 2026-11-02
done
claim "the run finds what there is to find" grep -q '^warn i18ncheck/placeholder-extra/web/fr/a.open: ' "$work/plain/out"
claim "keys in another order give the same state and report" same shuffled
claim "a byte-order mark gives the same state and report" same marked
claim "lines ending in CR LF give the same state and report" same crlf
claim "another indent gives the same state and report" same indented
write turned plain fr de en
judge turned 2026-11-02
claim "files written in another order give the same state and report" same turned
write abroad plain en de fr
(
	TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8
	export TZ LC_ALL
	judge abroad 2026-11-02
)
claim "another zone and locale give the same state and report" same abroad

configure "$work/yaml" rails 'locales/{locale}.yml'
configure "$work/arb" arb 'locales/app_{locale}.arb'
for locale in en de fr; do
	as_yaml $locale <"$work/$locale" >"$work/yaml/locales/$locale.yml"
	as_arb <"$work/$locale" >"$work/arb/locales/app_$locale.arb"
done
judge yaml 2026-11-02
judge arb 2026-11-02
claim "the same messages as YAML give the same counts" same_counts yaml
claim "the same messages as ARB give the same counts" same_counts arb

resolves_nothing() {
	! grep resolved "$work/gone/out" && grep 'catalog-missing/web/fr' "$work/gone/out" &&
		[ "$(grep -c '^warn' "$work/gone/out")" -gt "$(grep -c '^warn' "$work/plain/out")" ]
}
cp -R "$work/plain" "$work/gone" && rm "$work/gone/locales/fr.json"
judge gone 2026-11-03
claim "a catalog that goes resolves nothing" resolves_nothing

moves_one_count() { # only "obsolete" and "through" may differ
	diff "$work/plain/state/i18ncheck.json" "$work/more/state/i18ncheck.json" >"$work/moved"
	[ "$(grep -c '^[<>]' "$work/moved")" = 4 ] && [ "$(grep -c obsolete "$work/moved")" = 2 ] &&
		cmp "$work/plain/state/history/i18ncheck.tsv" "$work/more/state/history/i18ncheck.tsv"
}
cp -R "$work/plain" "$work/more"
{
	cat "$work/de"
	printf 'z.new\tNeu\n'
} | plain >"$work/more/locales/de.json"
judge more 2026-11-03
claim "an obsolete key moves its own count alone" moves_one_count
echo "1..$n"

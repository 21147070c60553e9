#!/bin/sh
# Each option that `rounds-TOOL --help` lists is in the list of options of the manual page, and the reverse;
# groff has nothing to say about the page.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

claim() { # what holds, then the command that shows it; what that prints says why not
	what=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/why" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$work/why"
	fi
}

# "  -c, --config FILE   what it is": the options are the words with a dash before the gap.
options_in_help() {
	"$BIN/rounds-$1" --help | sed -n 's/^ *\(-.*\)/\1/p' | sed 's/   *.*//' | tr -s ' ,' '[\n*]' |
		grep -- '^-' | sort -u
}

# ".It Fl c , Fl -config Ar FILE"; `Fl Fl config` is the other way to write the long one.
options_in_manual() {
	awk '$1 == ".It" {
		for (i = 2; i < NF; i++)
			if ($i == "Fl" && $(i + 1) == "Fl") print "--" $(i + 2)
			else if ($i == "Fl" && $(i - 1) != "Fl") print "-" $(i + 1)
	}' "$1/rounds-$1.1" | tr -d ',' | sort -u
}

agree() { # a tool
	options_in_help "$1" >"$work/help" && options_in_manual "$1" >"$work/manual"
	[ -s "$work/help" ] && diff "$work/help" "$work/manual"
}

# Each word that --format takes is named where the manual explains the option.
formats_agree() { # a tool
	words=$("$BIN/rounds-$1" --help | sed -n 's/^ *--format F  *\(.*\) (.*/\1/p' | sed 's/,//g; s/ or / /')
	[ "$(echo "$words" | wc -w)" -gt 1 ] || return 1
	for word in $words; do
		sed -n '/^\.It Fl -format Ar/,/^\.It /p' "$1/rounds-$1.1" | grep -q "^\.Cm $word\b" || {
			echo "$word is not in the manual"
			return 1
		}
	done
}

is_silent() {
	groff -mdoc -Tutf8 -ww -z "$1" 2>&1 | (! grep .)
}

for tool in watchdog bandit perfcheck seocheck i18ncheck; do
	[ -f $tool/main.c ] || continue
	claim "the options of rounds-$tool --help and of its manual page are the same" agree $tool
	claim "and so are the formats" formats_agree $tool
	if command -v groff >/dev/null; then
		claim "groff has nothing to say about rounds-$tool.1" is_silent "$tool/rounds-$tool.1"
	else
		n=$((n + 1))
		echo "ok $n - groff has nothing to say about rounds-$tool.1 # SKIP groff is not installed"
	fi
done
echo "1..$n"

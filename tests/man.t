#!/bin/sh
# Each verb and option that `rounds-NAME --help` lists is in the synopsis and the list of options of the manual page, and
# the reverse; each verb is explained there; groff has nothing to say about the page; each --help fits a terminal.
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
	}' "$page" | tr -d ',' | sort -u
}

agree() { # a program
	options_in_help "$1" >"$work/help" && options_in_manual >"$work/manual"
	[ -s "$work/help" ] && diff "$work/help" "$work/manual"
}

# "usage: rounds-watchdog [run] [options]", "       rounds-watchdog show [options]".
verbs_in_help() {
	"$BIN/rounds-$1" --help | sed -n "/^$/q; s/^[u ][a-z: ]*rounds-$1 \[*\([a-z-]*\).*/\1/p" | grep . | sort
}

# Behind .Nm alone: ".Op Cm run", ".Cm show".
verbs_in_manual() {
	awk '/^\.Sh/ { is_here = $2 == "SYNOPSIS" } is_here && was == ".Nm" { sub(/^\.Op /, "."); if ($1 == ".Cm") print $2 }
		{ was = $0 }' "$page" | sort
}

verbs_agree() { # a program
	verbs_in_help "$1" >"$work/help"
	verbs_in_manual >"$work/manual"
	[ -s "$work/help" ] && diff "$work/help" "$work/manual" && while read -r verb; do
		sed '/^\.Sh OPTIONS/q' "$page" | grep -q "^\.It Cm $verb\b" || {
			echo "$verb is not explained"
			return 1
		}
	done <"$work/help"
}

# Each word that --format takes is named where the manual explains the option.
formats_agree() { # a program
	words=$("$BIN/rounds-$1" --help | sed -n 's/^ *--format F  *\(.*\) (.*/\1/p' | sed 's/,//g; s/ or / /')
	[ "$(echo "$words" | wc -w)" -gt 1 ] || return 1
	for word in $words; do
		sed -n '/^\.It Fl -format Ar/,/^\.It /p' "$page" | grep -q "^\.Cm $word\b" || {
			echo "$word is not in the manual"
			return 1
		}
	done
}

# A terminal of 80 columns, and something to copy.
helps() { # a program
	"$1" --help >"$work/text" && ! awk 'length > 80' "$work/text" | grep . && grep -q '^examples:$' "$work/text"
}

judges_nothing() { # a program
	! "$1" --help | grep -e --as-of -e --fail-on -e --replay
}

is_silent() {
	groff -mdoc -Tutf8 -ww -z "$1" 2>&1 | (! grep .)
}

for name in watchdog bandit perfcheck seocheck i18ncheck report notify statediff statemerge supervise; do
	page=$name/rounds-$name.1
	[ -d $name ] || page=shared/rounds-$name.1
	claim "the options of rounds-$name --help and of its manual page are the same" agree $name
	case $name in
	statediff | statemerge) ;; # they have none
	*) claim "so are the verbs" verbs_agree $name ;;
	esac
	case $name in
	notify | statemerge | supervise) ;; # they print no report
	*) claim "and so are the formats" formats_agree $name ;;
	esac
done
for page in [a-z]*/rounds-*.1; do
	if command -v groff >/dev/null; then
		claim "groff has nothing to say about ${page#*/}" is_silent "$page"
	else
		n=$((n + 1))
		echo "ok $n - groff has nothing to say about ${page#*/} # SKIP groff is not installed"
	fi
done
for program in "$BIN"/rounds-*; do
	claim "${program##*/} --help fits 80 columns and has an example" helps "$program"
done
for name in statediff statemerge notify; do
	claim "rounds-$name --help lists no option of judging" judges_nothing "$BIN/rounds-$name"
done
echo "1..$n"

#!/bin/sh
# REPORT.md and comments, as TAP: the same bytes wherever they are made, hostile text through a Markdown reader that
# is not ours, what `rounds-report summary` refuses.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
day=$root/tests/golden/shop-day
hostile=$root/tests/golden/report-markdown-of-hostile-text/in
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

skip() { # sentence, reason
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

summary() { # options; of the day of the shop in the working folder
	"$BIN/rounds-report" summary "$@" watchdog=1=watchdog.json bandit=0=bandit.json perfcheck=2=perfcheck.json \
		seocheck=1=seocheck.json i18ncheck=1=i18ncheck.json
}

documents() { # all that is Markdown
	summary --before before &&
		"$BIN/rounds-report" render --format markdown <perfcheck.json
	"$BIN/rounds-statediff" --format markdown before state
}

cp -R "$day" "$work/a folder" && cd "$work/a folder" || exit 1
LC_ALL=C documents >"$work/want"
[ "$(grep -c '' "$work/want")" -gt 80 ]
check $? "there is something to compare"
differ=0
{
	echo C.UTF-8
	locale -a 2>/dev/null | grep -v -x -e C -e POSIX -e C.UTF-8 -e C.utf8 | head -n 4
} >"$work/locales"
while read -r name; do
	LC_ALL=$name LANG=$name TZ=Asia/Kathmandu documents | cmp - "$work/want" || differ=1
done <"$work/locales"
(umask 077 && cd "$day" && documents) | cmp - "$work/want" || differ=1
check $differ "the same bytes in $(wc -l <"$work/locales") other locales, another zone, umask and folder"

mkdir empty
summary --before empty >"$work/out" && grep -qx 'No earlier state.' "$work/out"
check $? "an empty folder is no earlier state"
summary --before state >"$work/out" && grep -qx 'Nothing changed.' "$work/out"
check $? "the same state is no change"
summary >"$work/out" && grep -qx 'No earlier state.' "$work/out"
check $? "without --before there is none either"
mkdir half && sed 5q state/seocheck.json >half/seocheck.json
summary --before half >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && [ ! -s "$work/out" ] && grep -q 'seocheck.json' "$work/err"
check $? "half a file is exit 3 and no report"
summary -s nowhere --before before >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && grep -q "there is no folder 'nowhere'" "$work/err"
check $? "and so is a state folder that is not there"
summary -c absent.json >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && grep -q "absent.json" "$work/err"
check $? "and a configuration that is not"
"$BIN/rounds-report" tools --before x >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && grep -q "'tools' does not take '--before'" "$work/err"
check $? "a verb that compares nothing takes no --before"
"$BIN/rounds-statediff" --format prom before state >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && grep -q "one of: text, json, markdown, html" "$work/err"
check $? "a diff has formats of its own"

# GitHub's own reader of Markdown.
if command -v cmark-gfm >/dev/null 2>&1; then
	cd "$hostile" || exit 1
	{
		"$BIN/rounds-report" --format markdown <hostile.json
		"$BIN/rounds-report" summary --before before watchdog=2=hostile.json
		"$BIN/rounds-statediff" --format markdown --names '<b>,@everyone' before state
	} >"$work/hostile.md"
	cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tasklist "$work/hostile.md" >"$work/html"
	[ "$(grep -c '<a href=' "$work/html")" -eq 1 ] && [ "$(grep -o '<a href="[^"]*"' "$work/html" | sort -u | wc -l)" -eq 3 ] &&
		[ "$(sed 's/<code>[^<]*<\/code>//g' "$work/html" | grep -c -e '<script' -e '<img' -e everyone -e '::')" -eq 0 ]
	check $? "cmark-gfm makes three links, all ours, and no script, image or mention of hostile text"
else
	skip "hostile text in another reader of Markdown" "cmark-gfm is not here"
fi
echo "1..$n"

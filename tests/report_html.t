#!/bin/sh
# The page: well-formed, within its size, the same bytes again, written as state is; and in headless Chromium at three
# widths, light and dark: nothing scrolls sideways, no message, no request, no blank chart. As TAP.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/err"
	fi
}

page() { # configuration, state, more arguments
	config=$1
	state=$2
	shift 2
	"$BIN/rounds-report" html -c "$config" -s "$state" "$@" 2>"$work/err"
}

shop=$root/examples/shop/rounds.json
set --
for tool in watchdog bandit perfcheck seocheck i18ncheck; do
	"$BIN/rounds-$tool" show --charts -c "$shop" -s "$root/state" --format json >"$work/$tool.json"
	set -- "$@" "$tool=$?=$work/$tool.json"
done
mkdir "$work/to"
page "$shop" "$root/state" --before "$root/state" --html "$work/to/report.html" "$@"
check $? "the shop's state gives a page"
[ "$(ls -A "$work/to")" = report.html ] && [ -n "$(find "$work/to/report.html" -perm 0644 -size -2049)" ]
check $? "one file, mode 0644, at most 1 MiB, nothing left beside it"
grep -q 'Open findings <span class="soft">18 and 3 info</span>' "$work/to/report.html"
check $? "infos are counted apart, as in the headline"
grep -q '<p>Nothing changed.</p>' "$work/to/report.html"
check $? "the same state before is no change"
(cd / && umask 077 && TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 page "$shop" "$root/state" --before "$root/state" \
	--html "$work/again.html" "$@") && cmp "$work/to/report.html" "$work/again.html" >"$work/err"
check $? "the same bytes in another folder, zone, locale and under another umask"
ln "$work/to/report.html" "$work/kept" # the same file as long as it is not replaced
page "$shop" "$root/state" --before "$root/state" --html "$work/to/report.html" "$@" &&
	[ -n "$(find "$work/to/report.html" -samefile "$work/kept")" ]
check $? "equal bytes are not written again"

page "$shop" "$root/state" --html "$work/nowhere/report.html" "$@"
[ $? -eq 3 ] && grep -q "cannot open '.*nowhere', the folder of --html" "$work/err"
check $? "a folder that is not there is exit 3, by its name"
page "$shop" "$root/state" "$@"
[ $? -eq 3 ] && grep -q -e '--html is missing' "$work/err"
check $? "and so is no --html"
ln -s "$work/victim" "$work/to/link.html"
page "$shop" "$root/state" --html "$work/to/link.html" "$@"
[ $? -eq 3 ] && [ ! -e "$work/victim" ] && [ ! -e "$work/to/.link.html.tmp" ]
check $? "a symbolic link in its place is refused"
if page "$shop" "$root/state" -v --html "$work/to/v.html" "$@" && grep -q 'landlock=[1-9]' "$work/err"; then
	grep -q 'write=html .*net=none seccomp=yes' "$work/err"
	check $? "it is confined to the folder of the page, without a network"
else
	n=$((n + 1))
	echo "ok $n - it is confined to the folder of the page # SKIP no Landlock"
fi

morning=$root/tests/golden/report-html-shows-the-morning-at-a-glance/in
hostile=$root/tests/golden/report-html-keeps-hostile-text-as-text/in
page "$morning/rounds.json" "$morning/state" --before "$morning/before" --html "$work/to/morning.html" \
	"watchdog=2=$morning/watchdog.json" "bandit=0=$morning/bandit.json" "perfcheck=3=missing" \
	"seocheck=1=$morning/seocheck.json" "i18ncheck=0=$morning/i18ncheck.json" &&
	page "$hostile/rounds.json" "$hostile" --html "$work/to/hostile.html" "watchdog=1=$hostile/watchdog.json"
check $? "the pages of the golden runs"
if command -v xmllint >/dev/null; then
	xmllint --noout "$work/to/report.html" "$work/to/morning.html" "$work/to/hostile.html" 2>"$work/err"
	check $? "all are well-formed, as XML too"
else
	n=$((n + 1))
	echo "ok $n - all are well-formed # SKIP no xmllint (Debian: libxml2-utils)"
fi

if command -v chromium >/dev/null && command -v node >/dev/null; then
	node "$root/tests/lib/browser.mjs" "$work/to/report.html" "$work/to/morning.html" "$work/to/hostile.html" \
		>"$work/err" 2>&1
	[ "$(grep -c '^ok ' "$work/err")" -eq 18 ] && ! grep -qv '^ok ' "$work/err"
	check $? "at 360, 768 and 1440 px, light and dark, all fits, nothing is asked for, no chart is blank"
else
	n=$((n + 1))
	echo "ok $n - the pages in a browser # SKIP no chromium, or no node (Debian: chromium nodejs)"
fi
echo "1..$n"

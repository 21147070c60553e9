#!/bin/sh
# rounds-statediff on the shop's state, changed in known places, as TAP.
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

edit() { # file of the later side, sed script
	sed "$2" "$root/state/$1" >"$work/b/$1"
}

diff_of() { # options
	"$BIN/rounds-statediff" "$work/a" "$work/b" --names 'HEAD,work tree' "$@" >"$work/out" 2>"$work/err"
}

cp -R "$root/state" "$work/a" && cp -R "$root/state" "$work/b"
for tool in watchdog bandit perfcheck seocheck i18ncheck; do
	edit $tool.json 's/"through": "2026-11-15"/"through": "2026-11-16"/'
done
diff_of --exit-code && [ "$(cat "$work/out")" = 'state diff HEAD -> work tree, through 2026-11-15 -> 2026-11-16' ]
check $? "a quiet day is one line and exit 0"

edit bandit.json 's/\[781, 4769, 4450\]/[700, 4850, 4450]/'
diff_of && grep -qx '~ bandit /experiments/free-shipping-banner/weights_bp/banner: 47.69 % -> 48.50 %' "$work/out" &&
	! grep -q 'banner-large' "$work/out"
check $? "an array beside arms is named by them, in the unit of its key"
diff_of --exit-code
[ $? -eq 1 ]
check $? "--exit-code is 1 when more than the day moved"

edit seocheck.json 's/hreflang-return/hreflang-self/; s/"severity": "warn"/"severity": "crit"/'
diff_of && [ "$(grep -c '^+ crit seocheck/hreflang-self/p/espresso: ' "$work/out")" -eq 1 ] &&
	grep -qx -e '- warn seocheck/hreflang-return/p/espresso: resolved' "$work/out" &&
	grep -q '^+ crit seocheck/link-broken/.*: escalated from warn, ' "$work/out" &&
	grep -qx 'SEOCHECK warning -> critical' "$work/out"
check $? "findings came, went and escalated, and the verdict with them"
diff_of --format json && grep -q '"new": 1' "$work/out" && grep -q '"resolved": 1' "$work/out" &&
	grep -q '"files": \[\]' "$work/out"
check $? "as JSON with counts, and no other file changed"
edit watchdog.json 's/"status": "open"/"status": "resolved"/'
diff_of && grep -qx -e '- warn watchdog/js_exception/site: resolved' "$work/out" && grep -qx 'WATCHDOG warning -> ok' "$work/out"
check $? "a finding that state keeps as resolved is gone on the day it is"
diff_of --format markdown && [ "$(sed -n 1p "$work/out")" = '<!-- rounds:diff -->' ] &&
	grep -qx '| resolved | .watchdog/js_exception/site. .* |' "$work/out" &&
	grep -qx '| weight | .bandit. free-shipping-banner, arm banner | 47.69 % | 48.50 % |' "$work/out"
check $? "as Markdown a table"
diff_of --format html && [ "$(grep -c '^<tr>' "$work/out")" -eq "$(($("$BIN/rounds-statediff" "$work/a" "$work/b" | grep -c '^[-+~]')))" ]
check $? "as HTML a row for each"
echo x >>"$work/b/history/bandit.tsv"
diff_of --format json && grep -q '"path": "history/bandit.tsv"' "$work/out"
check $? "a file beside the conclusions is named when it changed"

rm -r "$work/b/history"
sed 5q "$root/state/seocheck.json" >"$work/b/seocheck.json"
diff_of
[ $? -eq 3 ] && grep -q "seocheck.json" "$work/err"
check $? "half a file is exit 3, by its name"
"$BIN/rounds-statediff" "$work/a" "$work/nowhere" >"$work/out" 2>"$work/err"
[ $? -eq 3 ] && grep -q "there is no folder '.*nowhere'" "$work/err"
check $? "and so is a folder that is not there"
echo "1..$n"

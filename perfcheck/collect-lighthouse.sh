#!/bin/sh
# Runs Lighthouse over pages, one run at a time, and leaves one report a run in a folder for rounds-perfcheck.
# A run that fails or takes too long is recorded as a failure, never left out.
set -u

usage() {
	cat <<EOF
usage: ${0##*/} [-k RUNS] [-o DIR] [-d] [-t SECONDS] [-f FILE] [URL...]
  -k RUNS     runs of each page and form (5)
  -o DIR      where reports go (inputs/lighthouse)
  -d          also the desktop form
  -t SECONDS  a run that takes longer is killed with all it started (120)
  -f FILE     a URL a line; # begins a comment
LIGHTHOUSE names the command (lighthouse), CHROME_PATH the browser.
exit: 0, also when runs failed (they are recorded); 3 without URLs, the command or Chrome
EOF
}

fail() { echo "collect-lighthouse: $1" >&2; exit 3; }

number() { # value, option
	case $1 in
	'' | *[!0-9]* | 0* | ??????*) fail "$2 wants a whole number from 1 to 99999, not '$1'" ;;
	esac
}

[ "${1:-}" != --help ] || set -- -h
runs=5 into=inputs/lighthouse forms=mobile limit=120 list='' mark='' child='' count=0 failed=0 run=0
while getopts k:o:dt:f:h option; do
	case $option in
	k) number "$OPTARG" -k && runs=$OPTARG ;;
	o) into=$OPTARG ;;
	d) forms='mobile desktop' ;;
	t) number "$OPTARG" -t && limit=$OPTARG ;;
	f) list=$OPTARG ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 3 ;;
	esac
done
shift $((OPTIND - 1))
if [ -n "$list" ]; then
	while read -r url _ || [ -n "$url" ]; do
		case $url in
		'' | '#'*) ;;
		*) set -- "$@" "$url" ;;
		esac
	done <"$list" || fail "cannot read '$list'"
fi
[ $# -gt 0 ] || fail 'no URL; name pages, or a file of them with -f'
for url in "$@"; do
	case $url in
	*[[:space:][:cntrl:]\"\\]*) fail "'$url' is no URL: a blank, quote or backslash is written %20, %22, %5C" ;;
	http://?* | https://?*) ;;
	*) fail "'$url' is no http or https URL" ;;
	esac
done

command=${LIGHTHOUSE:-lighthouse}
command -v "$command" >/dev/null 2>&1 || fail "no '$command'; npm install -g lighthouse, or name it in LIGHTHOUSE"
for name in google-chrome google-chrome-stable chromium chromium-browser; do
	[ -n "${CHROME_PATH:-}" ] || CHROME_PATH=$(command -v "$name")
done
[ -x "$CHROME_PATH" ] || fail 'no Chrome; install chromium, or name it in CHROME_PATH'
export CHROME_PATH
command -v flock >/dev/null || fail 'no flock; install util-linux'
chrome_flags='--headless=new --disable-gpu --disable-dev-shm-usage'
[ "$(id -u)" -ne 0 ] || chrome_flags="$chrome_flags --no-sandbox"

mkdir -p "$into" 2>/dev/null
[ -w "$into/." ] || fail "cannot write into '$into'"
exec 9>>"$into/.lock"
flock -n 9 || fail "'$into' is in use by another run"
trap '[ -z "$mark" ] || kill_all; rm -f "$into/.tmp" "$into/.tmp.err"' EXIT
trap 'exit 3' HUP INT TERM

# What the run started: children and theirs, and those whose parents are gone but who still carry its mark.
descendants() {
	[ -z "$child" ] || ps -A -o pid= -o ppid= | awk -v root="$child" '{ parent[$1] = $2 }
		END { for (pid in parent) {
			for (up = pid; up in parent && up != root;) up = parent[up]
			if (up == root) print pid
		} }'
	grep -lF "ROUNDS_COLLECT=$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3
}

kill_all() {
	for _ in 1 2 3 4 5; do # one may start another meanwhile
		left=$(descendants)
		[ -n "$left" ] || break
		for pid in $left; do kill -KILL "$pid" 2>/dev/null; done
	done
	[ -z "$child" ] || wait "$child" 2>/dev/null
	child=
}

keep() { # lhr or err: .tmp under a name of its own, also when two runs end within one second
	second=$(date +%s) number=0
	while file=$into/$1-$second$(printf %03d "$number").json && [ -e "$file" ]; do number=$((number + 1)); done
	mv "$into/.tmp" "$file" || fail "cannot write '$file'"
}

failure() { # url, form, code, message
	message=$(printf %s "$4" | LC_ALL=C tr '"\\\t' "'/ " | LC_ALL=C tr -cd ' -~' | cut -c 1-300)
	printf '{"perfcheckError":1,"url":"%s","formFactor":"%s","time":"%s","code":"%s","message":"%s"}\n' \
		"$1" "$2" "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "$3" "$message" >"$into/.tmp" || fail "cannot write into '$into'"
	keep err
	failed=$((failed + 1))
	echo "collect-lighthouse: $1 $2: $3: $message" >&2
}

run_once() { # url, form
	url=$1 form=$2
	count=$((count + 1))
	mark=$$-$count. # the point ends the number
	rm -f "$into/.tmp"
	set --
	[ "$form" = mobile ] || set -- --preset=desktop
	ROUNDS_COLLECT=$mark "$command" "$url" --quiet --output=json --output-path="$into/.tmp" \
		--chrome-flags="$chrome_flags" "$@" </dev/null >/dev/null 2>"$into/.tmp.err" 9>&- &
	child=$!
	end=$(($(date +%s) + limit))
	while kill -0 "$child" 2>/dev/null; do
		if [ "$(date +%s)" -ge "$end" ]; then
			kill_all
			failure "$url" "$form" TIMEOUT "no report within $limit s"
			return
		fi
		sleep 1
	done
	wait "$child"
	status=$?
	child=
	kill_all # a browser that stayed
	if [ "$status" -ne 0 ]; then
		failure "$url" "$form" EXIT "status $status: $(tail -n 1 "$into/.tmp.err")"
	elif ! grep -q '"lighthouseVersion"' "$into/.tmp" 2>/dev/null; then
		failure "$url" "$form" NOJSON 'the command wrote no report'
	else
		keep lhr
	fi
}

while run=$((run + 1)) && [ "$run" -le "$runs" ]; do
	for page in "$@"; do
		for each in $forms; do run_once "$page" "$each"; done
	done
done
[ "$failed" -eq 0 ] || echo "collect-lighthouse: $failed of $count runs failed" >&2
exit 0

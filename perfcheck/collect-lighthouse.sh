#!/bin/sh
# Runs Lighthouse over pages, one run at a time, and leaves one report a run in a folder for rounds-perfcheck.
# A run that fails or takes too long is recorded as a failure, never left out.
set -u
umask 022

usage() {
	cat <<'EOF'
usage: collect-lighthouse.sh [-k RUNS] [-o DIR] [-d] [-t SECONDS] [-f FILE] [URL...]
  -k RUNS     runs of each page and form (5)
  -o DIR      where reports go (inputs/lighthouse)
  -d          also the desktop form
  -t SECONDS  a run that takes longer is killed with all it started (120)
  -f FILE     a URL a line; # begins a comment
LIGHTHOUSE names the command (lighthouse), CHROME_PATH the browser.
exit: 0, also when runs failed (they are recorded); 3 without URLs, the command or Chrome
EOF
}

fail() {
	echo "collect-lighthouse: $1" >&2
	exit 3
}

number() { # value, option
	case $1 in
	'' | *[!0-9]* | 0*) fail "$2 wants a whole number from 1 up, not '$1'" ;;
	esac
	[ "${#1}" -le 5 ] || fail "$2 $1 is too large"
}

runs=5 into=inputs/lighthouse forms=mobile limit=120 list=
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
	[ -r "$list" ] || fail "cannot read '$list'"
	set -f
	# shellcheck disable=SC2046 # a URL holds no blank
	set -- "$@" $(sed 's/^#.*//; s/[[:space:]]#.*//' "$list")
	set +f
fi
[ $# -gt 0 ] || fail 'no URL; name pages, or a file of them with -f'
for url in "$@"; do
	case $url in
	http://?* | https://?*) ;;
	*) fail "'$url' is no http or https URL" ;;
	esac
done

command=${LIGHTHOUSE:-lighthouse}
command -v "$command" >/dev/null 2>&1 || fail "no '$command'; npm install -g lighthouse, or name it in LIGHTHOUSE"
if [ -z "${CHROME_PATH:-}" ]; then
	for name in google-chrome google-chrome-stable chromium chromium-browser; do
		CHROME_PATH=$(command -v "$name") && break
	done
fi
[ -n "${CHROME_PATH:-}" ] && [ -x "$CHROME_PATH" ] || fail 'no Chrome; install chromium, or name it in CHROME_PATH'
export CHROME_PATH

mkdir -p "$into" || fail "cannot make '$into'"
lock=$into/.lock
if ! mkdir "$lock" 2>/dev/null; then
	owner=$(cat "$lock/pid" 2>/dev/null)
	[ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null || fail "'$into' is in use${owner:+ by process $owner}"
	rm -rf "$lock" && mkdir "$lock" || fail "cannot lock '$into'"
fi
echo $$ >"$lock/pid"
child=
trap 'end_run; rm -rf "$lock" "$into/.tmp" "$into/.tmp.err"' EXIT
trap 'exit 3' HUP INT TERM

descendants() { # pid: its children and theirs, also those of a session of their own
	ps -e -o pid= -o ppid= | awk -v root="$1" '
		{ parent[$1] = $2 }
		END {
			for (pid in parent) {
				up = pid
				while (up in parent && up != root && up > 1) up = parent[up]
				if (up == root && pid != root) print pid
			}
		}'
}

end_run() {
	[ -n "$child" ] || return 0
	left="$child $(descendants "$child")"
	# shellcheck disable=SC2086 # a list of process ids
	kill -KILL $left 2>/dev/null
	wait "$child" 2>/dev/null
	child=
}

escape() { # text for a JSON string, one line
	tr '\n\t\r' '   ' | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g' | cut -c 1-300
}

form_options() {
	case $1 in
	desktop) echo --preset=desktop ;;
	esac
}

chrome_flags='--headless=new --disable-gpu --disable-dev-shm-usage'
[ "$(id -u)" -ne 0 ] || chrome_flags="$chrome_flags --no-sandbox"
serial=0 failed=0

failure() { # url, form, code, message
	serial=$((serial + 1))
	printf '{"perfcheckError":1,"url":"%s","formFactor":"%s","time":"%s","code":"%s","message":"%s"}\n' \
		"$(printf %s "$1" | escape)" "$2" "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "$3" "$(printf %s "$4" | escape)" \
		>"$into/.tmp" && mv "$into/.tmp" "$into/err-$(date +%s)$(printf %03d $((serial % 1000))).json"
	failed=$((failed + 1))
	echo "collect-lighthouse: $1 $2: $3: $4" >&2
}

run_once() { # url, form
	rm -f "$into/.tmp"
	# shellcheck disable=SC2046 # an option or none
	"$command" "$1" --quiet --output=json --output-path="$into/.tmp" --chrome-flags="$chrome_flags" \
		$(form_options "$2") </dev/null >/dev/null 2>"$into/.tmp.err" &
	child=$!
	waited=0
	while kill -0 "$child" 2>/dev/null; do
		if [ "$waited" -ge "$limit" ]; then
			end_run
			failure "$1" "$2" TIMEOUT "no report within $limit s"
			return
		fi
		sleep 1
		waited=$((waited + 1))
	done
	left=$(descendants "$child")
	wait "$child"
	status=$?
	child=
	# shellcheck disable=SC2086 # a list of process ids
	[ -z "$left" ] || kill -KILL $left 2>/dev/null
	if [ "$status" -ne 0 ]; then
		failure "$1" "$2" EXIT "status $status: $(tail -n 1 "$into/.tmp.err")"
	elif [ ! -s "$into/.tmp" ] || ! grep -q '"lighthouseVersion"' "$into/.tmp"; then
		failure "$1" "$2" NOJSON 'the command wrote no report'
	else
		serial=$((serial + 1))
		mv "$into/.tmp" "$into/lhr-$(date +%s)$(printf %03d $((serial % 1000))).json"
	fi
}

run=0
while [ "$run" -lt "$runs" ]; do
	for url in "$@"; do
		for form in $forms; do
			run_once "$url" "$form"
		done
	done
	run=$((run + 1))
done
[ "$failed" -eq 0 ] || echo "collect-lighthouse: $failed of $((serial)) runs failed" >&2
exit 0

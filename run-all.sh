#!/bin/sh
# Runs the tools that the configuration asks for, prints one report, exits with the worst of them:
# 0 ok, 1 warning, 2 critical, 3 unknown. It decides nothing: every verdict is a tool's.
# Without --demo it installs nothing and writes nothing but the state folder.
set -u
umask 022

here=$(cd "$(dirname "$0")" && pwd) || exit 3
config='' state='' example='' only='' as_of='' format=text fail_on='' dry_run='' quiet='' verbose=''

say() { printf 'run-all: %s\n' "$*" >&2; }
die() { say "$*"; exit 3; }

usage() {
	cat <<'EOF'
usage: run-all.sh [-c FILE] [-s DIR] [--only a,b] [-n] [--as-of DAY] [--format F] [--fail-on L]
                  [-q] [-v]
       run-all.sh --demo

  -c, --config FILE  configuration (rounds.json, else the example shop's)
  -s, --state DIR    state folder (state beside the configuration)
      --only a,b     these tools alone
  -n, --dry-run      judge on a copy of the state, print what would change, write nothing
      --as-of DAY    last day to judge, YYYY-MM-DD
      --format F     text, json, markdown, github, sarif, junit or prom: one document of all tools
      --fail-on L    crit, warn, new, never: the least that makes exit 1 or 2
  -q, --quiet        print nothing unless a finding changed or a tool gave no verdict
  -v, --verbose      pass -v to the tools, name the tools that are skipped
      --demo         install what is missing, build, replay the example shop's planted days
  -h, --help         this text

exit status: 0 ok, 1 warning, 2 critical, 3 unknown
EOF
}

# Programs: $ROUNDS_BIN, then the build beside this script, then PATH.
find_program() {
	for folder in "${ROUNDS_BIN:-}" "$here/build/release/bin"; do
		if [ -n "$folder" ] && [ -x "$folder/rounds-$1" ]; then
			printf '%s\n' "$folder/rounds-$1"
			return 0
		fi
	done
	command -v "rounds-$1"
}

# State as people read it: the line that moves on a quiet day is left out.
facts() {
	for file in "$1"/*.json; do
		[ -f "$file" ] || continue
		printf '%s\n' "${file##*/}"
		sed '/^  "through": /d' "$file"
	done
}

# When the pages of a configuration that git tracks were last changed, for i18ncheck, which may start no program.
git_log() {
	folder=$(dirname "$config")
	git -C "$folder" ls-files --error-unmatch -- "$(basename "$config")" >/dev/null 2>&1 || return 1
	[ "$(git -C "$folder" rev-parse --is-shallow-repository)" = true ] && depth=shallow || depth=complete
	{
		printf 'rounds-gitlog 1 %s %s %s\n' "$(git -C "$folder" rev-parse HEAD)" "$depth" \
			"$(git -C "$folder" rev-parse --show-prefix)"
		git -C "$folder" -c log.showSignature=false -c diff.relative=false log -z --no-merges --no-renames \
			--format='%x01%H%x02%at%x02%s%x02%b%x03' --name-only
	} >"$work/gitlog"
}

# One tool; leaves its report and its voice in $work, and TOOL=EXIT=FILE on stdout.
run_tool() {
	tool=$1
	set -- -c "$config" -s "$run_state" --format json
	[ -z "$as_of" ] || set -- "$@" --as-of "$as_of"
	[ -z "$fail_on" ] || set -- "$@" --fail-on "$fail_on"
	[ -z "$verbose" ] || set -- "$@" -v
	if [ "$tool" = i18ncheck ] && [ -s "$work/gitlog" ]; then
		set -- "$@" --git-log "$work/gitlog"
	fi
	if program=$(find_program "$tool"); then
		"$program" run "$@" >"$work/$tool.json" 2>"$work/$tool.err" </dev/null
		status=$?
	else
		: >"$work/$tool.json"
		echo "rounds-$tool: not built; run make" >"$work/$tool.err"
		status=3
	fi
	printf '%s=%s=%s\n' "$tool" "$status" "$work/$tool.json"
}

wanted_tools() {
	asked=$("$report" tools -c "$config") || exit 3
	if [ -z "$only" ]; then
		printf '%s\n' "$asked"
		return 0
	fi
	for tool in $(printf '%s' "$only" | tr ',' ' '); do
		printf '%s\n' "$asked" | grep -Fqx "$tool" ||
			die "--only '$tool': no such tool in '$config'; it has: $(echo "$asked" | tr '\n' ' ')"
		printf '%s\n' "$tool"
	done
}

round() {
	report=$(find_program report) || die "rounds-report is not built; run make, or run-all.sh --demo"
	tools=$(wanted_tools) || exit 3
	work=$(mktemp -d) || exit 3
	trap 'rm -rf "$work"' EXIT
	trap 'exit 3' INT TERM HUP
	mkdir "$work/before"
	for file in "$state"/*.json; do
		[ ! -f "$file" ] || cp "$file" "$work/before/"
	done
	run_state=$state
	if [ -n "$dry_run" ]; then
		run_state=$work/state
		mkdir "$run_state"
		[ ! -d "$state" ] || cp -R "$state/." "$run_state/"
	fi
	case " $(echo "$tools" | tr '\n' ' ')" in
	*' i18ncheck '*) [ -n "$example" ] || git_log ;;
	esac
	set --
	for tool in $tools; do
		set -- "$@" "$(run_tool "$tool")"
	done
	for tool in $tools; do
		cat "$work/$tool.err" >>"$work/voice"
	done
	"$report" render --format "$format" "$@" >"$work/report"
	worst=$?
	facts "$work/before" >"$work/old"
	facts "$run_state" >"$work/new"
	if [ -n "$quiet" ] && [ "$worst" -ne 3 ] && cmp -s "$work/old" "$work/new"; then
		exit "$worst"
	fi
	cat "$work/voice" >&2
	if [ -n "$dry_run" ] && [ "$format" = text ]; then
		diff -u -L "state (now)" -L "state (after)" "$work/old" "$work/new"
	fi
	cat "$work/report" || exit 3
	exit "$worst"
}

# The lines of a diff that say what was decided; the numbers of the evidence come along with every move.
decisions() {
	sed -n '3,$s/^[-+]/            &/p' |
		grep -Ev '"(before_bp|conversions|e_value_x100|evidence_through|p_best_bp|rate_ppm|srm_p|streak|units|version)"|^ *[-+] *\[-?[0-9]'
}

demo() {
	"$here/shared/deps.sh" run || exit 3
	make -s -C "$here" all || die "the build failed"
	report=$here/build/release/bin/rounds-report
	shop=$here/build/demo
	rm -rf "$shop"
	mkdir -p "$here/build"
	cp -R "$here/examples/shop" "$shop" || exit 3
	echo "replaying the planted days of examples/shop, with what the diff of state/ decides where more than the day moved:"
	while read -r day; do
		mkdir -p "$shop/state"
		facts "$shop/state" >"$shop/old"
		line=$("$0" -c "$shop/rounds.json" --as-of "$day" 2>"$shop/voice")
		[ $? -ne 3 ] || { cat "$shop/voice" >&2; die "no verdict for $day"; }
		printf '%s  %s\n' "$day" "$(printf '%s\n' "$line" | sed -n '1s/ |.*//p')"
		facts "$shop/state" >"$shop/new"
		[ ! -s "$shop/old" ] || diff -U0 "$shop/old" "$shop/new" | decisions
	done <"$here/examples/shop/planted-days"
	rm -f "$shop/old" "$shop/new" "$shop/voice"
	printf '\n%s\n\n' "$line"
	echo "state:         build/demo/state/ (watchdog.json, bandit.json, weights/, history/)"
	echo "configuration: build/demo/rounds.json"
	exit 0
}

while [ $# -gt 0 ]; do
	case $1 in
	-c | --config | -s | --state | --only | --as-of | --format | --fail-on)
		[ $# -ge 2 ] || die "$1 needs a value; see --help"
		case $1 in
		-c | --config) config=$2 ;;
		-s | --state) state=$2 ;;
		--only) only=$2 ;;
		--as-of) as_of=$2 ;;
		--format)
			format=$2
			case $format in
			text | json | markdown | github | sarif | junit | prom) ;;
			*) die "--format does not know '$format'; one of: text json markdown github sarif junit prom" ;;
			esac
			;;
		--fail-on) fail_on=$2 ;;
		esac
		shift
		;;
	-n | --dry-run) dry_run=1 ;;
	-q | --quiet) quiet=1 ;;
	-v | --verbose) verbose=1 ;;
	--demo) demo ;;
	-h | --help) usage; exit 0 ;;
	*) die "unknown option '$1'; see --help" ;;
	esac
	shift
done

if [ -z "$config" ] && [ ! -f rounds.json ]; then
	config=$here/examples/shop/rounds.json
	state=${state:-$here/state}
	example=1
fi
config=${config:-rounds.json}
state=${state:-$(dirname "$config")/state}
round

#!/bin/sh
# Runs the tools that the configuration asks for, prints one report, exits with the worst of them:
# 0 ok, 1 warning, 2 critical, 3 unknown. It decides nothing: every verdict is a tool's.
# Without --demo it installs nothing and writes nothing but the state folder.
set -u
umask 022

case $0 in */*) here=${0%/*}/ ;; *) here=. ;; esac
here=$(cd "$here" && pwd) || exit 3
config='' state='' example='' only='' jobs='' as_of='' format=text fail_on='' sandbox='' prom_file='' html=''
commit='' push='' diff_from='' diff_to='' publish='' report='' tools=''
dry_run='' quiet='' verbose='' verb=round hours='' work='' child='' worst='' tells='' asked='' configured=''

say() { printf 'run-all: %s\n' "$*" >&2; }
die() { say "$*"; exit 3; }

usage() {
	cat <<'EOF'
usage: run-all.sh [-c FILE] [-s DIR] [--only a,b] [-j N] [-n] [--as-of DAY]
                  [--format F] [--fail-on L] [--sandbox M] [-q] [-v]
                  [--html FILE] [--prom-file FILE] [--commit [--push]]
       run-all.sh [-c FILE] [-s DIR] [--format F] --diff [A [B]]
       run-all.sh [-c FILE] [-s DIR] --check-fresh HOURS | --audit
       run-all.sh [-c FILE] [-s DIR] --render [--html FILE]
       run-all.sh --demo | --version | --help

  -c, --config FILE  configuration (rounds.json, else the example shop's)
  -s, --state DIR    state folder (state beside the configuration)
      --only a,b     these tools alone
  -j, --jobs N       tools at a time, 1 to 16 (as many as processors, at most 5)
  -n, --dry-run      judge on a copy of the state, show what would change
      --as-of DAY    last day to judge, YYYY-MM-DD
      --format F     text, json, markdown, github, sarif, junit or prom
      --fail-on L    crit, warn, new, never: the least that makes exit 1 or 2
      --sandbox M    require, best-effort or off
  -q, --quiet        nothing, unless a finding changed or a verdict is missing
  -v, --verbose      pass -v to the tools, name the tools that are skipped
      --html FILE    write the page there too
      --prom-file F  write the metrics there too, for a textfile collector
      --commit       commit the state; refuses where it would mix with others
      --push         and push it, merged with what others pushed; never by force
      --diff A B     what changed from revision A (HEAD) to B (the files)
      --check-fresh H  exit 3 when a tool's last day ended over H hours ago
      --audit        which loops to keep, by the marks in state/catches.tsv
      --render       write REPORT.md, and --html, from the state alone
      --demo         install what is missing, build, replay the example shop
      --version      the version
  -h, --help         this text

exit status: 0 ok, 1 warning, 2 critical, 3 unknown

examples:
  run-all.sh -n
  run-all.sh -q --commit --push
  run-all.sh --only seocheck --format markdown
EOF
}

# Programs: $ROUNDS_BIN, then the build or the programs beside this script, then PATH. Sets `program`.
find_program() {
	for folder in "${ROUNDS_BIN:-}" "$here/build/release/bin" "$here"; do
		program=$folder/rounds-$1
		[ -z "$folder" ] || [ ! -x "$program" ] || return 0
	done
	program=$(command -v "rounds-$1") && return 0
	program=$here/build/release/bin/rounds-$1 # where it should be
	return 1
}

find_report() {
	find_program report || die "rounds-report is not built; run make, or run-all.sh --demo"
	report=$program
}

# As dirname, without a process. Sets `folder`.
find_folder() {
	case $1 in */*) folder=${1%/*} && folder=${folder:-/} ;; *) folder=. ;; esac
}

# Runs a program and waits beside it: in front of us it would keep a signal from us until its end.
attend() {
	"$@" &
	child=$!
	wait "$child"
	set -- $?
	child=''
	return "$1"
}

# The end, and with us that of the lock: with a status, or of the signal that we got, once what runs has ended too.
stop() {
	trap '' INT TERM HUP
	[ -z "$child" ] || { kill -s TERM "$child" && wait "$child"; }
	rm -rf "$work"
	trap - EXIT
	case $1 in
	[0-3]) exit "$1" ;;
	esac
	trap - "$1"
	kill -s "$1" $$
}

# What git leaves behind to tidy up must not hold our lock.
git() { command git "$@" 9>&-; }

# When the pages of a configuration that git tracks were last changed, for i18ncheck, which may start no program.
git_log() {
	find_folder "$config"
	git -C "$folder" ls-files --error-unmatch -- "${config##*/}" >/dev/null 2>&1 || return 1
	[ "$(git -C "$folder" rev-parse --is-shallow-repository)" = true ] && depth=shallow || depth=complete
	{
		printf 'rounds-gitlog 1 %s %s %s\n' "$(git -C "$folder" rev-parse HEAD)" "$depth" \
			"$(git -C "$folder" rev-parse --show-prefix)"
		git -C "$folder" -c log.showSignature=false -c diff.relative=false log -z --no-merges --no-renames \
			--format='%x01%H%x02%at%x02%s%x02%b%x03' --name-only
	} >"$work/gitlog"
}

# What to call, which tools, and a folder of our own.
prepare() {
	find_report
	find_program supervise || die "rounds-supervise is not built; run make, or run-all.sh --demo"
	supervise=$program
	find_program publish && publish=$program || publish=$here/shared/publish.sh
	find_folder "$report"
	ROUNDS_BIN=$folder ROUNDS_RUN_ALL=$0
	export ROUNDS_BIN ROUNDS_RUN_ALL
	tools=$("$report" tools -c "$config" ${only:+--only "$only"} ${verbose:+-v}) || exit 3
	[ -n "$only" ] || configured=$tools
	[ -n "$jobs" ] || { jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || jobs=1; [ "$jobs" -le 5 ] || jobs=5; }
	work=$(mktemp -d) || exit 3
	trap 'rm -rf "$work"' EXIT
	trap 'stop INT' INT
	trap 'stop TERM' TERM
	trap 'stop HUP' HUP
}

# One lock for the whole run: the tools inherit it and find it theirs.
take_lock() {
	[ -d "$state" ] || mkdir "$state" 2>/dev/null || die "cannot make the state folder '$state'; name another with -s"
	[ ! -L "$state/.lock" ] || die "'$state/.lock' is a symbolic link; remove it"
	command exec 9<>"$state/.lock" || exit 3
	attend "$supervise" lock 9 30 || exit 3
	ROUNDS_LOCK_FD=9
	export ROUNDS_LOCK_FD
}

# The conclusions as they were, and with -n a copy of all to work on.
keep_before() {
	mkdir "$work/before" || exit 3
	set --
	for name in watchdog.json bandit.json perfcheck.json seocheck.json i18ncheck.json .run.json; do
		[ ! -f "$state/$name" ] || set -- "$@" "$state/$name"
	done
	[ $# -eq 0 ] || cp "$@" "$work/before/" || exit 3
	run_state=$state
	[ -n "$dry_run" ] || return 0
	run_state=$work/state
	mkdir "$run_state" || exit 3
	[ ! -d "$state" ] || cp -RP "$state/." "$run_state/" || exit 3
}

# The jobs, for rounds-supervise.
plan() {
	set --
	for tool in $tools; do
		find_program "$tool"
		set -- "$@" "$tool=$program"
		if [ "$tool" = i18ncheck ] && [ -z "$example" ] && git_log; then
			set -- "$@" --git-log "$work/gitlog"
		fi
	done
	"$report" plan -c "$config" -s "$run_state" --work "$work" ${as_of:+--as-of "$as_of"} \
		${fail_on:+--fail-on "$fail_on"} ${sandbox:+--sandbox "$sandbox"} ${verbose:+-v} "$@" >"$work/plan" || exit 3
}

run_tools() {
	attend "$supervise" run -j "$jobs" "$work/plan" 2>"$work/voice"
	set --
	for tool in $tools; do
		[ ! -s "$work/$tool.err" ] || set -- "$@" "$work/$tool.err"
	done
	[ $# -eq 0 ] || cat "$@" >>"$work/voice"
}

of_tools() { # command: with the names of the tools behind it
	for tool in $tools; do
		set -- "$@" "$tool"
	done
	"$@"
}

# The report, its exit status as the run's, the first lines alone, what the state says has changed, and what that adds
# to the catch log. What cannot be read again is not to be committed.
render() {
	of_tools "$report" render -c "$config" -s "$run_state" --work "$work" --before "$work/before" --format "$format" \
		${quiet:+-q} ${dry_run:+-n} ${prom_file:+--prom-file "$prom_file"} >"$work/report" 2>>"$work/voice"
	worst=$?
	[ -f "$work/changes" ] || say "the state is not to be committed" 2>>"$work/voice"
}

# With -q nothing at all on a quiet day, not what the tools remarked either.
print() {
	[ -z "$quiet" ] || [ "$worst" -eq 3 ] || [ -s "$work/report" ] || return 0
	[ ! -s "$work/voice" ] || cat "$work/voice" >&2
	if [ -n "$quiet$dry_run" ] && [ "$format" = text ] && [ -f "$work/changes" ]; then
		cat "$work/changes" || exit 3
	fi
	cat "$work/report" || exit 3
}

# What people read of the state, and git.
publish() { # verb [ARG...]
	did=$1
	shift
	attend "$publish" "$did" -c "$config" -s "$state" -w "$work" --format "$format" ${html:+--html "$html"} \
		${configured:+--tools "$configured"} ${push:+--push} "$@"
}

# Of a state that has moved REPORT.md and the page.
show() {
	[ -z "$dry_run" ] || return 0
	if [ -f "$work/moved" ]; then
		publish render 2>>"$work/voice" || worst=3
	elif [ -n "$html" ]; then
		publish page 2>>"$work/voice" || worst=3
	fi
}

# The commit; without a verdict on what changed there is none.
record() {
	[ -z "$commit" ] || { [ -f "$work/changes" ] && of_tools publish commit; } || worst=3
}

# A webhook or ping that fails is said, and changes nothing.
tell() {
	[ -n "$tells" ] || return 0
	find_program notify || { say "rounds-notify is not built; run make"; return 0; }
	attend "$program" "$@" -c "$config"
}

round() {
	prepare
	[ -z "$commit" ] || of_tools publish check || exit 3
	[ -n "$dry_run" ] || take_lock
	keep_before
	plan
	[ -n "$dry_run" ] || ! grep -q -e '"notify"' -e '"ping"' "$config" || tells=1
	tell ping start
	run_tools
	render
	show
	print
	record
	tell send -s "$state" --before "$work/before"
	tell ping "$worst" "$work/verdicts"
	stop "$worst"
}

render_verb() {
	prepare
	take_lock
	keep_before
	publish render || worst=3
	stop "${worst:-0}"
}

diff_verb() {
	prepare
	publish diff ${diff_from:+"$diff_from"} ${diff_to:+"$diff_to"}
	stop $?
}

ask() {
	find_report
	exec "$report" "$@" -c "$config" -s "$state"
}

need() { [ -n "${2:-}" ] || die "$1 needs a value; see --help"; }
choose() { [ -z "$asked" ] || die "$1 and $asked are two runs: give one at a time"; asked=$1 verb=$2; }

given=$#
while [ $# -gt 0 ]; do
	case $1 in
	-c | --config) need "$@" && config=$2 && shift ;;
	-s | --state) need "$@" && state=$2 && shift ;;
	--only) need "$@" && only=$2 && shift ;;
	-j | --jobs) need "$@" && jobs=$2 jobs_typed=$1 && shift ;;
	--as-of) need "$@" && as_of=$2 && shift ;;
	--format) need "$@" && format=$2 && shift ;;
	--fail-on) need "$@" && fail_on=$2 && shift ;;
	--sandbox) need "$@" && sandbox=$2 && shift ;;
	--prom-file) need "$@" && prom_file=$2 && shift ;;
	--html) need "$@" && html=$2 && shift ;;
	-n | --dry-run) dry_run=1 ;;
	-q | --quiet) quiet=1 ;;
	-v | --verbose) verbose=1 ;;
	--commit) commit=1 ;;
	--push) push=1 ;;
	--diff)
		choose "$1" 'diff'
		case ${2:--} in -*) ;; *) diff_from=$2 && shift ;; esac
		case ${2:--} in -*) ;; *) diff_to=$2 && shift ;; esac
		;;
	--check-fresh) need "$@" && choose "$1" fresh && hours=$2 && shift ;;
	--audit | --render) choose "$1" "${1#--}" ;;
	--demo) [ "$given" -eq 1 ] || die "--demo stands alone; see --help"; exec "$here/examples/demo.sh" ;;
	--version) find_report; "$report" --version | sed 's/report/run-all/'; exit ;;
	-h | --help) usage; exit 0 ;;
	*) die "unknown option '$1'; see --help" ;;
	esac
	shift
done

within() { # option, number, most
	case $2 in [1-9] | [1-9][0-9] | [1-9][0-9][0-9] | [1-9][0-9][0-9][0-9]) [ "$2" -gt "$3" ] || return 0 ;; esac
	die "$1 is '$2', allowed 1 to $3"
}
[ -z "$jobs" ] || within "$jobs_typed" "$jobs" 16
[ -z "$hours" ] || within --check-fresh "$hours" 8760
case $format in
text | json | markdown | github | sarif | junit | prom) ;;
html) [ "$verb" = diff ] || die "--format html is --diff's; --html FILE writes the page" ;;
*) die "--format does not know '$format'; one of: text json markdown github sarif junit prom" ;;
esac
[ -z "$dry_run" ] || [ -z "$prom_file$html" ] || die "-n writes nothing; leave --html and --prom-file out"
[ -z "$dry_run" ] || [ -z "$commit" ] || die "-n writes nothing; leave --commit out"
[ -z "$push" ] || [ -n "$commit" ] || die "--push pushes what --commit made: give both"
case $verb.$format in round.* | diff.* | *.text) ;; *) die "$asked prints text; leave --format out" ;; esac
[ "$verb" = round ] || [ -z "$only$jobs$as_of$fail_on$sandbox$prom_file$dry_run$commit" ] ||
	die "$asked runs no tool; leave out what is for a run; see --help"
for file in "$prom_file" "$html"; do
	find_folder "$file"
	[ -d "$folder" ] || die "cannot write '$file': the folder '$folder' is not there; make it first"
done
if [ -z "$config" ] && [ ! -f rounds.json ] && [ -d "$here/examples/shop" ]; then
	config=$here/examples/shop/rounds.json
	state=${state:-$here/state}
	example=1
fi
config=${config:-rounds.json}
find_folder "$config"
state=${state:-$folder/state}
case $verb in
fresh) ask fresh --hours "$hours" ;;
audit) ask audit ;;
round) round ;;
*) "${verb}_verb" ;;
esac

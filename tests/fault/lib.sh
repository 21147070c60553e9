# shellcheck shell=sh
# What the suites of tests/fault share: the programs on a small day (subjects), the two invariants, TAP. Sourced.
#   I1  each file of the state is byte-equal to its old or its new content; the exit is 3 unless all is new
#   I2  nothing outside the state folder is created, changed, renamed, truncated or re-permissioned
# A subject is $work/NAME: in/ (what it reads), old/ and new/ (its state before and after), out and rc (what an
# undisturbed run prints and exits with), state/ (where it is disturbed), said and err (what it said there).
# FAULT=full tries every point; without it a sample that CI has the time for. ROUNDS_REQUIRE_FAULTS=1: a skip fails.
set -u
root=${root:-$(cd "$(dirname "$0")/../.." && pwd)}
BIN=${BIN:-$root/build/release/bin}
FAULTS=${FAULTS:-$root/build/release/tests/fault}
VARIANT=${VARIANT:-release}
LC_ALL=C
export LC_ALL
unset ROUNDS_LOCK_FD
n=0 skipped=0 points=0 lost=0 reasons=''

fault_begin() { # name of the suite
	suite=$1
	work=$(mktemp -d) || exit 1
	work=$(cd "$work" && pwd -P)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' INT TERM HUP
}

skip_all() { # reason: nothing to gain here, which is no failure
	echo "1..0 # SKIP $1"
	exit 0
}

is_full() {
	[ "${FAULT:-}" = full ]
}

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

skip() { # sentence, reason
	n=$((n + 1)) skipped=$((skipped + 1))
	case $reasons in *"$2"*) ;; *) reasons="$reasons${reasons:+, }$2" ;; esac
	if [ "${ROUNDS_REQUIRE_FAULTS:-}" = 1 ]; then
		echo "not ok $n - $1: $2"
	else
		echo "ok $n - $1 # SKIP $2"
	fi
}

thousands() {
	echo "$1" | sed -e ':again' -e 's/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/' -e 't again'
}

fault_end() {
	echo "# $suite: $(thousands "$points") points, $lost lost"
	[ "$skipped" -eq 0 ] || echo "# ok, $skipped of $n skipped: $reasons"
	echo "1..$n"
}

lose() { # what happened: the invariant is lost at a point
	lost=$((lost + 1))
	[ $lost -gt 50 ] || echo "# lost: $*"
}

# The subjects ---------------------------------------------------------------------------------------------------------

tools='watchdog bandit perfcheck seocheck i18ncheck'
subjects="$tools report render statediff statemerge"

subject() { # name, state folder, what stands before the command: runs it
	name=$1 state=$2 in=$work/$1/in
	shift 2
	case $name in
	report) set -- "$@" "$BIN/rounds-report" catches -c "$in/rounds.json" -s "$state" --before "$in/before" ;;
	render) set -- "$@" "$BIN/rounds-report" render -c "$in/rounds.json" --format sarif \
		"seocheck=1=$in/seocheck.json" "perfcheck=0=$in/perfcheck.json" ;;
	statediff) set -- "$@" "$BIN/rounds-statediff" "$in/before" "$state" --names old,new --format json ;;
	statemerge) set -- "$@" "$BIN/rounds-statemerge" "$in/base.json" "$state/seocheck.json" "$in/theirs.json" 7 \
		state/seocheck.json ;;
	*) set -- "$@" "$BIN/rounds-$name" -c "$in/rounds.json" -s "$state" --as-of "${day:-2026-11-15}" ;;
	esac
	"$@" >"$work/$name/said" 2>"$work/$name/err" </dev/null
}

refused() { # subject, exit: whether that says that it could not; a merge driver's 1 is a conflict
	[ "$2" -eq 3 ] || { [ "$1" = statemerge ] && [ "$2" -eq 1 ]; }
}

# The shop's last month, and of it what the tool reads; on the last day something changes for each of them.
shop() { # folder
	mkdir -p "$1/events" "$1/lighthouse"
	cp -R "$root"/examples/shop/*.json "$root"/examples/shop/*.csv "$root"/examples/shop/site \
		"$root"/examples/shop/locales "$root"/examples/shop/content "$root"/examples/shop/experiments "$1"
	cp "$root"/examples/shop/events/2026-10-2*.gz "$root"/examples/shop/events/2026-1[01]-[013]*.gz "$1/events"
	cp "$root"/examples/shop/lighthouse/lhr-1794*.gz "$1/lighthouse"
}

first_days() { # tool: a state through the day before
	day=2026-11-14 subject "$1" "$work/$1/old"
	[ $? -lt 3 ] || sed 's/^/# /' "$work/$1/err"
}

last_day() { # tool: what differs from the day before
	case $1 in
	seocheck) sed 's|</h1>|, today</h1>|' "$root/examples/shop/site/index.html" >"$work/$1/in/site/index.html" ;;
	i18ncheck) sed 's/Kleine/Winzige/' "$root/examples/shop/locales/de.json" >"$work/$1/in/locales/de.json" ;;
	esac
}

made_of() { # subject, tools: runs those, and leaves their last day's state files in $work/SUBJECT/in/TOOL
	of=$1
	shift
	for tool in "$@"; do
		[ -d "$work/$tool/new" ] || prepare "$tool"
		mkdir -p "$work/$of/in/$tool"
		cp "$work/$tool/new/$tool.json" "$work/$of/in/$tool"
	done
}

prepare_other() { # subject that is no tool
	made_of "$1" seocheck perfcheck
	in=$work/$1/in old=$work/$1/old
	cp "$root/examples/shop/rounds.json" "$in"
	mkdir -p "$in/before" "$old"
	case $1 in
	report) # the log has the findings of one tool, those of the other are new
		cp "$in/perfcheck/perfcheck.json" "$old"
		"$BIN/rounds-report" catches -c "$in/rounds.json" -s "$old" --before "$in/before" >"$work/$1/said"
		cp "$in/seocheck/seocheck.json" "$old"
		;;
	render)
		for tool in seocheck perfcheck; do
			"$BIN/rounds-$tool" show -s "$work/$tool/new" -c "$work/$tool/in/rounds.json" --format json >"$in/$tool.json"
		done
		;;
	statediff) cp "$work/seocheck/old/seocheck.json" "$in/before" && cp "$in/seocheck/seocheck.json" "$old" ;;
	statemerge) # each side has a finding less
		cp "$in/seocheck/seocheck.json" "$in/theirs.json"
		sed 's/2026-11-15/2026-11-13/' "$in/theirs.json" >"$in/base.json"
		sed 's/2026-11-15/2026-11-14/' "$in/theirs.json" >"$old/seocheck.json"
		;;
	esac
}

prepare() { # subject
	mkdir -p "$work/$1/in" "$work/$1/old"
	case $1 in
	report | render | statediff | statemerge) prepare_other "$1" ;;
	*)
		shop "$work/$1/in"
		first_days "$1"
		last_day "$1"
		;;
	esac
	rm -f "$work/$1/old/.lock"
	cp -R "$work/$1/old" "$work/$1/new"
	subject "$1" "$work/$1/new"
	right=$?
	echo $right >"$work/$1/rc"
	cp "$work/$1/said" "$work/$1/out"
	[ $right -lt 3 ] && case $1 in
	render | statediff) [ -s "$work/$1/out" ] ;;
	*) ! diff -rq -x .lock "$work/$1/old" "$work/$1/new" >/dev/null ;;
	esac
	check $? "$1: an undisturbed run, exit $right"
	restore "$1"
	outside "$1" >"$work/$1/before"
}

# The invariants -------------------------------------------------------------------------------------------------------

restore() { # subject: the state is old again
	rm -rf "$work/$1/state"
	cp -R "$work/$1/old" "$work/$1/state"
}

restore_if_dirty() {
	[ -z "$dirty" ] || restore "$1"
}

outside() { # subject: names, kinds, rights, owners, sizes, times to the nanosecond and bytes of all that is not state
	(cd "$work/$1/in" && find . -exec stat -c '%n %F %a %u %g %s %y' {} + | sort && find . -type f -exec cksum {} + | sort)
}

check_i2() { # subject
	outside "$1" | diff "$work/$1/before" - >"$work/$1/differs"
	check $? "$1: nothing outside the state changed"
	sed 's/^/# /' "$work/$1/differs"
}

odd() { # subject, a pattern of names that may be left over: files that are neither old nor new, or are gone
	(
		cd "$work/$1/state" || exit
		find . -type f ! -name .lock ! -name "${2:-.lock}" | while read -r file; do
			cmp -s "$file" "../old/$file" || cmp -s "$file" "../new/$file" || echo "$file"
		done
		cd ../old && find . -type f | while read -r file; do
			[ -f "../state/$file" ] || echo "$file is gone"
		done
		cd .. && find state ! -type f ! -type d
	) 2>&1
}

is_as() { # subject, old or new: whether the state is that, byte by byte
	diff -rq -x .lock "$work/$1/$2" "$work/$1/state" >/dev/null 2>&1
}

# I1 of a subject after a point, and what it said if it says that all is well; a sentence in $wrong, else none.
# Sets dirty when the state is not the old one any more.
i1() { # subject, exit, pattern of names that may be left over
	wrong='' dirty=1
	right=$(cat "$work/$1/rc")
	if refused "$1" "$2" || [ "$2" -gt 128 ]; then
		if is_as "$1" old; then
			dirty=''
			return
		fi
		wrong=$(odd "$1" "${3:-}" | tr '\n' ' ')
	elif [ "$2" -ne "$right" ]; then
		wrong="exit $2"
	elif ! is_as "$1" new; then
		wrong="exit $2, and not all is new: $(diff -rq -x .lock "$work/$1/new" "$work/$1/state" | tr '\n' ' ')"
	elif ! cmp -s "$work/$1/said" "$work/$1/out"; then
		wrong="exit $2, and another report"
	fi
}

# The next, undisturbed run ends in the bytes of a run never disturbed. After i1.
heals() { # subject
	subject "$1" "$work/$1/state"
	rc=$?
	dirty=1
	if [ $rc -ne "$right" ] || ! is_as "$1" new; then
		wrong="the next run ends with $rc: $(cat "$work/$1/err") $(diff -rq -x .lock "$work/$1/new" "$work/$1/state" | tr '\n' ' ')"
	fi
}

said() { # subject: the first line of its voice, without names of this machine
	sed "s|$work/||g;q" "$work/$1/err"
}

# strace ---------------------------------------------------------------------------------------------------------------

needs_strace() { # ends the suite where nothing can be traced
	[ "$VARIANT" = release ] || skip_all "the leak checker cannot run beside strace; the release build has tried it"
	if ! command -v strace >/dev/null; then
		skip "$suite" "strace absent"
	elif ! strace -f --seccomp-bpf -o /dev/null true 2>/dev/null; then
		skip "$suite" "no ptrace"
	else
		return 0
	fi
	fault_end
	exit 0
}

# The system calls of an undisturbed run, a line each: name, and the how manieth of that name it is, as strace's when=
# counts. From main on (umask is its first): before it the loader works, which has no state to lose.
system_calls() { # subject
	subject "$1" "$work/$1/state" strace -f -o "$work/$1/trace"
	restore "$1"
	sed 's/^[0-9]* *//' "$work/$1/trace" | awk -F'(' '/^[a-z_0-9]+\(/ { n[$1]++; if (main) print $1, n[$1] } /^umask/ { main = 1 }'
}

inject() { # subject, call, fault, when
	case $3 in
	signal=*) quick='' ;; # with --seccomp-bpf strace sends none
	*) quick=--seccomp-bpf ;;
	esac
	subject "$1" "$work/$1/state" timeout -s KILL 20 strace -f $quick -o /dev/null -e trace="$2" -e inject="$2:$3:when=$4"
}

# Mounts of its own ----------------------------------------------------------------------------------------------------

own_mounts() { # runs the script again where its mounts are its own and end with it
	[ -z "${FAULT_MOUNTS:-}" ] || return 0
	for options in -m -rm; do
		if unshare $options true 2>/dev/null; then
			FAULT_MOUNTS=$options exec unshare $options sh "$0" "$@"
		fi
	done
	skip "$suite" "no mount namespace"
	fault_end
	exit 0
}

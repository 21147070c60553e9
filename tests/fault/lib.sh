# shellcheck shell=sh disable=SC2034 # what is set here is read there
# What the suites of tests/fault share: TAP, the two invariants; the programs on a small day (subjects.sh), and what a
# machine must let us do (machine.sh). Sourced.
#   I1  each file of the state is byte-equal to its old or its new content; the exit is 3 unless all is new
#   I2  nothing outside the state folder is created, changed, renamed, truncated or re-permissioned
# A subject (subjects.sh) is $work/NAME: in/ (what it reads), old/ and new/ (its state before and after), out and rc (what an
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

# Where a folder is made and thrown away thousands of times: in memory, where the machine has 256 MiB for it.
fast_folder() {
	if [ -z "${TMPDIR:-}" ] && grep -q '^tmpfs /dev/shm tmpfs rw' /proc/mounts 2>/dev/null &&
		! grep -q '^[^ ]* /dev/shm .*noexec' /proc/mounts && [ "$(df -Pk /dev/shm | awk 'END { print $4 }')" -gt 262144 ]; then
		echo /dev/shm
	else
		echo "${TMPDIR:-/tmp}"
	fi
}

fault_begin() { # name of the suite, its subjects, those that are asked for
	suite=$1 names=$2
	shift 2
	[ $# -eq 0 ] || names=$*
	work=$(mktemp -d -p "$(fast_folder)") || exit 1
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

. "$root/tests/fault/subjects.sh"
. "$root/tests/fault/machine.sh"

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
	read -r right <"$work/$1/rc"
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

said() { # subject: the first line of its voice, or a sanitizer's, without names of this machine
	sed "/^=*\$/d;s|$work/||g;q" "$work/$1/err"
}

#!/bin/sh
# tests/run.sh [SUITE...]: installs what the tests lack, builds with warnings as errors, runs everything, and
# ends with one line that counts it all: each test of a TAP stream is one, each other step is one.
#   suites     unit golden fault sim replay scripts (parts of check), check asan fuzz lint; default: the last four
#   SHORT=1    without names: build, and check less the suites of tests/fault
#   FUZZTIME   seconds for each fuzz target, 2
# Logs are under build/log/. Exit 1 when anything failed. Needs the network for the installing alone.
set -u
cd "$(dirname "$0")/.." || exit 1
logs=build/log
passed=0 failed=0 skipped=0
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
rm -rf "$logs" && mkdir -p "$logs" || exit 1

verdict() { # 0 or not, step, when it began, what to add
	word=ok
	[ "$1" -eq 0 ] || word=FAIL
	printf '%-4s %-8s %4d s  %s\n' "$word" "$2" $(($(date +%s) - $3)) "$4"
}

step() { # name, command: one count
	name=$1
	shift
	began=$(date +%s)
	"$@" >"$logs/$name.log" 2>&1 </dev/null
	rc=$?
	verdict $rc "$name" "$began" ''
	if [ $rc -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		grep -v '^  [A-Z]* *[^ ]*$' "$logs/$name.log" | tail -n 40 | sed 's/^/     /' # what make did is no news
	fi
	return $rc
}

skip() { # name, reason
	printf 'skip %-8s %s\n' "$1" "$2"
	skipped=$((skipped + 1))
}

# Counts a TAP stream: passed, failed, skipped. A `not ok` that is skipped or to do is as prove sees it.
count_tap() {
	awk '/^ok.*# *[Ss][Kk][Ii][Pp]/ || /^1\.\.0.*# *[Ss][Kk][Ii][Pp]/ { s++; next }
	     /^ok( |$)/ || /^not ok.*# *[Tt][Oo][Dd][Oo]/ { p++; next }
	     /^not ok( |$)/ { f++ }
	     END { print p + 0, f + 0, s + 0 }'
}

# A program that crashed, or ran fewer tests than it planned, has no `not ok` of its own: one failure each.
count_dead() { # log of prove
	grep -c '(Wstat:.* Failed: 0)$' "$1"
}

tap() { # name, command that runs prove: every test counts
	name=$1
	shift
	began=$(date +%s)
	PERL_TEST_HARNESS_DUMP_TAP=$logs/$name.tap "$@" >"$logs/$name.log" 2>&1 </dev/null
	rc=$?
	mkdir -p "$logs/$name.tap"
	find "$logs/$name.tap" -type f -exec cat {} + >"$logs/$name.all"
	# shellcheck disable=SC2046 # three numbers
	set -- $(count_tap <"$logs/$name.all") "$(count_dead "$logs/$name.log")"
	bad=$(($2 + $4))
	[ $rc -eq 0 ] || [ $bad -gt 0 ] || bad=1 # the build of a test, or prove itself
	passed=$((passed + $1)) failed=$((failed + bad)) skipped=$((skipped + $3))
	verdict $bad "$name" "$began" "$1 passed, $bad failed, $3 skipped"
	[ $bad -eq 0 ] && return 0
	grep '^not ok\|^# lost' "$logs/$name.all" | head -n 40 | sed 's/^/     /'
	tail -n 40 "$logs/$name.log" | sed 's/^/     /'
	return 1
}

check() { # name, what of check not to run as NAME= words
	name=$1
	shift
	tap "$name" make -j"$jobs" WERROR=1 check "$@"
}

fuzz() {
	if ls "$(clang -print-runtime-dir 2>/dev/null)"/libclang_rt.fuzzer* >/dev/null 2>&1; then
		step fuzz make -j"$jobs" WERROR=1 FUZZTIME="${FUZZTIME:-2}" fuzz
	else
		skip fuzz "no clang with libFuzzer; check has replayed the corpus"
	fi
}

lint() {
	case $(clang-format --version 2>/dev/null) in
	*'version 14.'*) step lint make -j"$jobs" lint ;;
	*) skip lint "clang-format 14 is not here; other versions format otherwise" ;;
	esac
}

suite() {
	case $1 in
	check) check check ${short:+SCRIPT="$(echo tests/*.t)"} ;;
	unit) check unit SIMS= FUZZ= SCRIPT= ;;
	sim) check sim UNITS= FUZZ= SCRIPT= ;;
	replay) check replay UNITS= SIMS= SCRIPT= ;;
	golden) check golden UNITS= SIMS= FUZZ= SCRIPT=tests/golden.t ;;
	fault) check fault UNITS= SIMS= FUZZ= SCRIPT="$(echo tests/fault/*.t)" ;;
	scripts) check scripts UNITS= SIMS= FUZZ= SCRIPT="$(echo tests/*.t)" ;;
	asan) tap asan make -j"$jobs" WERROR=1 asan ;;
	fuzz) fuzz ;;
	lint) lint ;;
	esac
}

for name in "$@"; do
	case $name in
	check | unit | sim | replay | golden | fault | scripts | asan | fuzz | lint) ;;
	*)
		echo "tests/run.sh: no suite '$name'" >&2
		exit 1
		;;
	esac
done
short=
if [ $# -eq 0 ] && [ "${SHORT:-}" = 1 ]; then
	short=1
	set -- check
elif [ $# -eq 0 ]; then
	set -- check asan fuzz lint
fi

shared/deps.sh test </dev/null || failed=1
step build make -j"$jobs" WERROR=1 && for name in "$@"; do
	suite "$name"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

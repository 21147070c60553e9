#!/bin/sh
# What the sources may not say and the release build must be, as TAP: names that are banned beyond what
# shared/banned.h poisons, that header last in every .c, the flags of a hardened program, and two builds in two
# folders that are the same bytes. FULL=all builds every program for that, else rounds-supervise and some objects.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 1
export LC_ALL=C
n=0

result() { # status, name; what is in $work/why says why not
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/why"
	fi
}

# Prints file:line of each call by a pattern; comments are no calls.
find_calls() { # extended regular expression of a name, files
	name=$1
	shift
	awk -v name="(^|[^A-Za-z0-9_\"'])($name)" '
		/^[ \t]*(\/?\*|\/\/|#pragma|#undef)/ { next }
		{ code = $0; sub(/\/\/.*/, "", code) }
		code ~ name { print FILENAME ":" FNR ": " $0 }' "$@"
}

programs=$(find shared watchdog bandit perfcheck seocheck i18ncheck -name '*.[ch]' | sort)
pure=$(echo "$programs" | grep -E '/(measure|judge)_[^/]*\.c$')

is_never_called() { # name, files
	# shellcheck disable=SC2086 # names without blanks
	find_calls "$1" $2 >"$work/why"
	[ ! -s "$work/why" ]
	result $? "nobody calls $1"
}

for name in 'gets *\(' 'gsl_rng_env_setup' 'gsl_cdf_beta_Pinv' 'htmlParseChunk' 'XML_PARSE_NOENT' \
	'XML_PARSE_(DTDLOAD|DTDATTR|DTDVALID|XINCLUDE|HUGE)' 'alloca *\(' 'v?asprintf *\('; do
	is_never_called "$name" "$programs"
done
# shellcheck disable=SC2086
{
	find_calls '(time|clock|clock_gettime|gettimeofday|getenv) *\(' $pure >"$work/why"
	[ ! -s "$work/why" ]
	result $? "measure_* and judge_* ask no clock and no environment"
	find_calls 'json_(dumps|dumpf|dumpfd|dump_file)' $programs >"$work/why"
	[ ! -s "$work/why" ]
	result $? "jansson writes nothing of the programs"
	find_calls 'json_load[a-z]*\([^;]*, *0 *,' $programs >"$work/why"
	[ ! -s "$work/why" ]
	result $? "jansson reads nothing without flags"
	# rounds-supervise is libc alone, and catches no signal
	find_calls '(open|openat|creat|fopen|freopen|opendir|fdopendir|scandir)\(' $programs |
		grep -v -e '->open(' -e '^shared/file\.c:' -e '^shared/supervise_main\.c:' >"$work/why"
	[ ! -s "$work/why" ]
	result $? "shared/file.c opens files and folders for all, over interruptions"
	for file in $(echo "$programs" | grep '\.c$'); do
		[ "$(grep '^#[ ]*include' "$file" | tail -n 1)" = '#include "shared/banned.h"' ] || echo "$file"
	done >"$work/why"
	[ ! -s "$work/why" ]
	result $? "every .c of a program includes shared/banned.h last of all"
}

# The search itself.
printf '%s\n' 'int a = gets (b); // no' '/* gets(b) */' 'int fgets(c);' ' * gets(d)' >"$work/x.c"
[ "$(find_calls 'gets *\(' "$work/x.c" | wc -l)" -eq 1 ]
result $? "the search finds a call, and no comment or longer name"

hardened() { # program
	readelf -hldW "$1" >"$work/elf" 2>&1 || return 1
	readelf -sW "$1" >>"$work/elf" 2>&1 || return 1
	grep -q 'Type: *DYN' "$work/elf" || echo 'no PIE'
	grep -q 'GNU_RELRO' "$work/elf" || echo 'no RELRO'
	grep -Eq 'BIND_NOW|FLAGS.*NOW' "$work/elf" || echo 'lazy binding'
	grep -q '__stack_chk_fail' "$work/elf" || echo 'no stack protector'
	grep -Eq '__[a-z]+_chk(@|$)' "$work/elf" || echo 'no FORTIFY'
	! grep 'GNU_STACK' "$work/elf" | grep -q 'RWE' || echo 'executable stack'
	! grep -Eq '\((RPATH|RUNPATH|TEXTREL)\)' "$work/elf" || echo 'RPATH or TEXTREL'
	! grep -aqF "$root/" "$1" || echo 'the path of the build is in it'
}

if [ "${VARIANT:-release}" = release ]; then
	for program in "$BIN"/rounds-*; do
		hardened "$program" >"$work/why"
		[ ! -s "$work/why" ]
		result $? "$(basename "$program") is PIE, RELRO, bound at start, with stack protector and FORTIFY"
	done
	${CC:-cc} -no-pie -O0 -x c -o "$work/soft" - <<-'END' 2>/dev/null
		int main(void) { return 0; }
	END
	[ "$(hardened "$work/soft" | wc -l)" -ge 3 ]
	result $? "a program without those flags is seen"
	make -Bn VARIANT=release V=1 build/release/shared/str.o 2>/dev/null | grep -e ' -c ' >"$work/why"
	grep -q -e '-O2' "$work/why" && grep -q -e '-fstack-clash-protection' "$work/why" &&
		grep -q -e '-D_FORTIFY_SOURCE=3' "$work/why" && grep -q -e '-ffile-prefix-map=' "$work/why"
	result $? "flags that leave no mark are given"

	what='build/release/bin/rounds-supervise build/release/shared/str.o build/release/bandit/measure_best.o
		build/release/shared/bots.txt.o build/release/seocheck/vocabulary/tables.o'
	[ -z "${FULL:-}" ] || what=all
	: >"$work/why"
	for place in one another/place; do
		mkdir -p "$work/$place" && tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$work/$place"
		# shellcheck disable=SC2086
		make -s -C "$work/$place" VARIANT=release $what >"$work/log" 2>&1 || cat "$work/log" >>"$work/why"
	done
	(cd "$work/one/build/release" && find . \( -name '*.o' -o -path './bin/*' \) -exec cmp {} \
		"$work/another/place/build/release/{}" \;) >>"$work/why" 2>&1
	[ ! -s "$work/why" ] && [ -x "$work/one/build/release/bin/rounds-supervise" ]
	result $? "builds in two folders are the same bytes (${FULL:-a sample})"
fi
echo "1..$n"

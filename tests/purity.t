#!/bin/sh
# The middle of every tool is pure, as TAP: measure_* and judge_* objects may call libm, GSL, memory and byte
# functions, sorting, each other and the pure modules of shared/, and nothing that reads, writes, waits, asks
# the clock, the environment or chance, or ends the process. Other objects of a tool that they pull in must be
# as pure. Reads the undefined symbols of build/$VARIANT/*/*.o; the last tests see the check itself fail.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# Prints "object: symbol" for each call that is not pure, and "checked N" last.
check() { # build folder
	(cd "$1" 2>/dev/null && nm -A -g -- */*.o 2>/dev/null) | awk '
	function is_pure_module(object) { # of shared/; their own faults are no business of this test
		return object ~ /^shared\/(arena|err|str|text|hash|guard|page|re|row|finding|stats)\.o$/
	}
	function folder(object) {
		sub(/\/.*/, "", object)
		return object
	}
	function owner_of(symbol, object,   own) { # programs may share names: the own tool comes first
		own = folder(object)
		return (own, symbol) in owner ? owner[own, symbol] : owner["shared", symbol]
	}
	function is_known(symbol) {
		if (symbol ~ /^(gsl_rng_env_setup|gsl_error|gsl_.*_(fread|fwrite|fscanf|fprintf))$/)
			return 0
		return symbol ~ /^gsl_/ ||
		    symbol ~ /^(mem(cpy|move|set|cmp|chr|rchr)|__mem(cpy|move|set)_chk|bcmp)$/ ||
		    symbol ~ /^str(n?len|n?cmp|r?chr|str|c?spn|pbrk)$/ ||
		    symbol ~ /^(qsort|bsearch)$/ ||
		    symbol ~ /^(inet_pton|inet_ntop|(__)?snprintf(_chk)?)$/ || # bytes to bytes
		    symbol ~ /^(a?(sin|cos|tan)h?|atan2|exp2?|expm1|log(2|10|1p|b)?|pow|sqrt|cbrt|hypot)$/ ||
		    symbol ~ /^(fabs|floor|ceil|trunc|l?l?r(ound|int)|nearbyint|fm(in|ax|od|a)|copysign)$/ ||
		    symbol ~ /^(ldexp|frexp|modf|scalbl?n|erfc?|lgamma_r|tgamma|nextafter)$/ ||
		    symbol ~ /^(dimension_word|source_day_status)$/ || # of modules impure elsewhere
		    symbol ~ /^day_(weekday|text|parse|from_civil|to_civil|bounds_find)$/ ||
		    symbol ~ /^(__stack_chk_fail|__assert_fail|_GLOBAL_OFFSET_TABLE_)$/ ||
		    symbol ~ /^__float(un)?tidf$/ || # a double of 128 bits
		    symbol ~ /^__(asan|ubsan|sanitizer|gcov|llvm)_/
	}
	{
		object = $1
		sub(/:.*/, "", object)
		symbol = $NF
		if ($(NF - 1) == "U")
			needs[object] = needs[object] " " symbol
		else if ($(NF - 1) !~ /^[wv]$/)
			owner[folder(object), symbol] = object
		if (object ~ /\/(measure|judge)_[^\/]*\.o$/ && !(object in seen)) {
			seen[object] = 1
			queue[++last] = object
		}
	}
	END {
		for (first = 1; first <= last; first++) {
			object = queue[first]
			n = split(needs[object], symbols, " ")
			for (i = 1; i <= n; i++) {
				symbol = symbols[i]
				from = owner_of(symbol, object)
				if (is_known(symbol) || is_pure_module(from) || from in seen)
					continue
				if (from == "" || from ~ /^shared\//) {
					print object ": " symbol
					continue
				}
				seen[from] = 1
				queue[++last] = from
			}
		}
		print "checked " last + 0
	}'
}

n=0
report() { # status, name
	n=$((n + 1))
	[ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

# The self-tests: one object each, of which the check must name the call, or must name none.
object() { # path below the build folder, C text
	mkdir -p "$work/build/$(dirname "$1")"
	printf '%s\n' "$2" | ${CC:-cc} -O1 -w -x c -c -o "$work/build/$1" -
}

names() { # symbol, C text of a measure_x.c: is the symbol found?
	rm -rf "$work/build"
	object tool/measure_x.o "$2" && check "$work/build" | grep -q ": $1\$"
	report $? "the check sees $1"
}

check "$root/build/${VARIANT:-release}" >"$work/found"
grep -v '^checked ' "$work/found" | sed 's/^/# /'
[ "$(wc -l <"$work/found")" -eq 1 ]
report $? "measure_* and judge_* call nothing impure"
! grep -qx 'checked 0' "$work/found"
report $? "there were objects to check"

if ! command -v "${CC:-cc}" >/dev/null 2>&1; then
	echo "ok $((n + 1)) - the check can fail # SKIP no compiler"
	echo "1..$((n + 1))"
	exit 0
fi
names time 'long time(long *); long f(void) { return time(0); }'
names getenv 'char *getenv(const char *); char *f(void) { return getenv("TZ"); }'
names malloc 'void *malloc(unsigned long); void *f(void) { return malloc(9); }'
names exit 'void exit(int); void f(void) { exit(3); }'
names random 'long random(void); long f(void) { return random(); }'
names fputs 'extern void *stdout; int fputs(const char *, void *); int f(void) { return fputs("x", stdout); }'
names strcoll 'int strcoll(const char *, const char *); int f(char *a) { return strcoll(a, a + 1); }'
names gsl_rng_env_setup 'void *gsl_rng_env_setup(void); void *f(void) { return gsl_rng_env_setup(); }'
names clock_now_ms 'long clock_now_ms(void); long f(void) { return clock_now_ms(); }'

rm -rf "$work/build"
object tool/judge_x.o 'int helper(void); int f(void) { return helper(); }' &&
	object tool/helper.o 'int open(const char *, int); int helper(void) { return open("x", 0); }' &&
	check "$work/build" | grep -q '^tool/helper.o: open$'
report $? "the check follows calls into other objects of the tool"

rm -rf "$work/build"
object tool/measure_x.o 'double exp(double); int other(void); double f(double x) { return exp(x) + other(); }' &&
	object tool/judge_y.o 'int other(void) { return 1; }' &&
	[ "$(check "$work/build")" = 'checked 2' ]
report $? "pure objects pass"
echo "1..$n"

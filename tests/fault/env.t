#!/bin/sh
# What a program finds around it, as TAP: another zone, Turkish, umask, no HOME, closed and too many descriptors, seeds
# and proxies of the environment, an argument of 100 kB. The same bytes of state and report, or exit 3 with the state
# as it was (I1), and files that others can read. env.t SUBJECT... tries these alone.
# shellcheck disable=SC1091,SC2154,SC3045 # root, work, points ... are lib.sh's; dash and bash have ulimit -n
. "$(dirname "$0")/lib.sh"
fault_begin env ""
subjects="$tools report render statediff statemerge"
[ "$VARIANT" = release ] || subjects="watchdog seocheck i18ncheck statemerge" # enough for a sanitizer
long=$(awk 'BEGIN { for (i = 0; i < 100000; i++) printf "a" }')

turkish() { # makes the locale where the machine lacks it
	mkdir -p "$work/locales"
	localedef -i tr_TR -f UTF-8 "$work/locales/tr_TR.UTF-8" >"$work/localedef" 2>&1
	LOCPATH=$work/locales LC_ALL=tr_TR.UTF-8 perl -MPOSIX -e 'exit !(setlocale(LC_ALL, "") && localeconv()->{decimal_point} eq ",")' \
		2>/dev/null
}

under() { # case, command...
	word=$1
	shift
	case $word in
	another-zone) TZ=Pacific/Kiritimati "$@" ;;
	no-such-zone) TZ=:/no/such/zone "$@" ;;
	turkish) # libcurl's libp11-kit asks for a locale as it is loaded, and with LOCPATH libc leaks 30 bytes of that
		LOCPATH=$work/locales LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 "$@" ;;
	umask-077) (umask 077 && "$@") ;;
	umask-777) (umask 777 && "$@") ;;
	no-home) env -u HOME "$@" ;;
	odd-folders) HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent CURL_HOME=/nonexistent TMPDIR=/nonexistent "$@" ;;
	nothing) # but a sanitizer's 99, which else is our 1
		env -i ${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} ${UBSAN_OPTIONS:+"UBSAN_OPTIONS=$UBSAN_OPTIONS"} "$@" ;;
	stdin-closed) "$@" <&- ;;
	stdout-closed) "$@" >&- ;;
	stderr-closed) "$@" 2>&- ;;
	all-closed) "$@" <&- >&- 2>&- ;;
	descriptors-1000) (ulimit -n 4096 && descriptors 1000 "$@") ;;
	descriptors-all) (ulimit -n 256 && descriptors 250 "$@") ;;
	rng-seed) GSL_RNG_SEED=7 GSL_RNG_TYPE=ranlux "$@" ;;
	proxy) http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 "$@" ;;
	catalogs) XML_CATALOG_FILES=/nonexistent SGML_CATALOG_FILES=/nonexistent "$@" ;;
	freed-memory) MALLOC_PERTURB_=165 "$@" ;; # what is freed, or was never set, is not used
	variable-100k) LONG=$long "$@" ;;
	esac
}
cases='another-zone no-such-zone turkish umask-077 umask-777 no-home odd-folders nothing stdin-closed stdout-closed
	stderr-closed all-closed descriptors-1000 descriptors-all rng-seed proxy catalogs freed-memory variable-100k'

descriptors() { # how many are open, command...
	perl -e 'use Fcntl; $^F = 1e6; my $n = shift; my @open;
		while ($n-- > 0) { open my $f, "<", "/dev/null" or last; push @open, $f }
		exec @ARGV or die' "$@"
}

modes() { # of the files of a state
	find "$1" -type f ! -name .lock -printf '%P %m\n' | sort
}

# Whether what came of a case is right, beyond I1: a sentence in $wrong otherwise.
judge() { # subject, case, exit
	case $2 in
	stdout-closed | all-closed) # nobody has the report
		[ "$3" -eq 3 ] || [ "$1" = statemerge ] || [ ! -s "$work/$1/out" ] || wrong="exit $3"
		return
		;;
	descriptors-all) return ;; # as far as they last
	esac
	if ! is_as "$1" new || [ "$3" -ne "$right" ]; then
		wrong="exit $3"
	elif [ "$(modes "$work/$1/state")" != "$modes" ]; then
		wrong="modes: $(modes "$work/$1/state" | tr '\n' ' ')"
	fi
}

try() { # subject, case
	restore "$1"
	subject "$1" "$work/$1/state" under "$2"
	rc=$?
	i1 "$1" $rc
	[ -n "$wrong" ] || judge "$1" "$2" $rc
	points=$((points + 1))
	[ -z "$wrong" ] || lose "$1, $2: $wrong; $(said "$1")"
}

too_long() { # subject, arguments: a usage error, and no novel about it
	name=$1
	shift
	case $name in
	report | render) program=rounds-report ;;
	*) program=rounds-$name ;;
	esac
	"$BIN/$program" "$@" >"$work/said" 2>"$work/err" </dev/null
	rc=$?
	points=$((points + 1))
	bytes=$(wc -c <"$work/err")
	if [ $rc -ne 3 ] || [ "$bytes" -lt 20 ] || [ "$bytes" -gt 1000 ]; then
		lose "$name, $(echo "$*" | cut -c 1-20): exit $rc, $bytes bytes: $(cut -c 1-100 "$work/err")"
	fi
}

# shellcheck disable=SC2086 # words
[ $# -gt 0 ] || set -- $subjects
turkish || {
	cases=$(echo "$cases" | sed 's/turkish//')
	skip "Turkish" "localedef cannot make tr_TR.UTF-8"
}
for s in "$@"; do
	prepare "$s"
	was=$lost tried=$points modes=$(modes "$work/$s/new")
	for case in $cases; do
		try "$s" "$case"
	done
	too_long "$s" -c "$long"
	too_long "$s" "--$long"
	too_long "$s" "--format=$long"
	too_long "$s" "$long"
	[ "$lost" -eq "$was" ]
	check $? "$s: $((points - tried)) environments, the same bytes or a plain refusal"
	check_i2 "$s"
done
fault_end

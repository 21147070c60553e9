#!/bin/sh
# Each program with a network against a hostile server, as TAP: within its time and 64 MiB, a finding or exit 3, the state
# as it was or whole (I1), no connection to another address. The server is tests/fault/toxic.pl; tests/fault/toxic.c,
# preloaded, resolves its names and tells time and the peak of memory. Left out: PostgreSQL, which libpq asks and is no HTTP.
# --timeout is 30 s, which nothing but a slow machine uses up; in CI 3 s where all there is to do is wait.
#   toxic.t [SUBJECT...]   a subject is a word of `all` or `more`, and a case of tests/fault/toxic.sh
# shellcheck disable=SC1091,SC2154 # root, work, points ... are lib.sh's
all='crawl-page crawl-robots crawl-sitemap psi crux clickhouse posthog-file ping send'
more='crawl-all bandit posthog posthog-query plausible matomo umami ga4'
behaviours='endless-chunks length-1e15 bomb bomb-twice encodings-nine drip-body drip-header silence headers-large
	headers-many endless-1xx to-file to-gopher to-metadata to-loopback to-loopback6 to-decimal to-itself hops-30 short
	cut-chunk cut-close http-0.9 status-999999 retry-7 retry-2099 retry-negative html exception unasked-206
	wrong-charset nul tiny-values sitemap-50001 sitemap-doctype sitemap-cut-gzip rebind'
waits=' drip-body drip-header silence retry-7 retry-negative ' # is all there is to do
# Pauses between them are most of it.
tries=' encodings-nine headers-large headers-many endless-1xx short cut-chunk http-0.9 status-999999 '
MOST_KIB=65536           # of the release build
WAITING=48 WORKING=4     # at a time

. "$(dirname "$0")/toxic.sh"

run() { # subject's words; leaves out, err and what toxic.c told
	LD_PRELOAD=$FAULTS/toxic.so ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
		"$BIN/$program" "$@" -c rounds.json >out 2>err 7>told </dev/null
}

# A day on which all is well, whose state is the old one; the next is well, too.
fine() { # subject
	mkdir -p "$TOXIC/$1.old" "$TOXIC/$1.fine/state" && cd "$TOXIC/$1.fine" || exit 1
	for of in 18 19; do
		plan "$1" fine $of
		# shellcheck disable=SC2086 # words
		run $args
		[ $? -lt 3 ] && grep -q '^VmHWM' told || exit 1
		[ $of = 19 ] || { rm -rf state/.lock state/.cache && cp -R state "$TOXIC/$1.old"; }
	done
	: >well
}

is_valid() { # the state of a crawl, as far as it is there
	[ ! -f state/seocheck.json ] || "$BIN/rounds-seocheck" show -c rounds.json >shown 2>&1 || [ $? -lt 3 ]
}

took_from() { # what toxic.c told: sets peak and took; prints connections
	peak='' took=''
	while read -r word number rest; do
		case $word in
		VmHWM:) peak=$number ;;
		took:) took=$number ;;
		*) echo "$word $number $rest" ;;
		esac
	done <told
}

is_waiting() { # subject, behaviour: whether there is nothing else to do; a fetch waits 5 s and 20 s for what may be mended
	case $1/$2 in psi/short | psi/cut-* | psi/*-cut-* | crux/short | crux/cut-*) return 0 ;; esac
	case $waits in *" $2 "*) ;; *) return 1 ;; esac
}

rests() { # subject, behaviour: whether it takes a while, but no work
	is_waiting "$1" "$2" || case $tries in *" $2 "*) ;; *) false ;; esac
}

may_write() { # whether it gave up in the middle of its work
	$works || return 1
	while read -r line; do
		case $line in *': gave up'*) return ;; esac
	done <err
	return 1
}

# One point in a process of its own, many at a time.
point() { # subject, behaviour
	cp -R "$TOXIC/$1.old" "$TOXIC/$1.$2" && cd "$TOXIC/$1.$2" || exit 1
	plan "$1" "$2" 19
	limit=$TOXIC_TIMEOUT works=true
	! is_waiting "$1" "$2" || limit=$TOXIC_WAIT works=false
	# shellcheck disable=SC2086 # words
	run $args --timeout "$limit"
	rc=$?
	{
		took_from
		[ $rc -le 3 ] && [ -n "$peak" ] || echo "exit $rc"
		[ $rc -ne 0 ] || may_be_well "$1" "$2" || echo "all is well"
		[ "$VARIANT" != release ] || [ "${peak:-0}" -le $MOST_KIB ] || echo "$peak KiB"
		[ "${took:-0}" -le $((1000 * (limit + 5))) ] || echo "$took ms"
		is_valid || tail -n 1 shown
		[ $rc -ne 3 ] || may_write || diff -r -x .lock -x .cache -x "$new" "$TOXIC/$1.old/state" state 2>&1
	} >wrong
	echo "$rc ${took:-0} ${peak:-0}" >result
}

case ${1:-} in
fine | point)
	"$@"
	exit
	;;
esac

. "$(dirname "$0")/lib.sh"
fault_begin toxic ""
TOXIC=$work TOXIC_TIMEOUT=30 TOXIC_WAIT=3 HOSTED_TOKEN=0123456789abcdef
is_full && TOXIC_WAIT=30 all="$all $more"
export TOXIC TOXIC_PORT TOXIC_TIMEOUT TOXIC_WAIT HOSTED_TOKEN BIN FAULTS VARIANT
perl "$root/tests/fault/toxic.pl" "$work/port" "$work/inside" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
while [ ! -s "$work/port" ]; do sleep .1; done
TOXIC_PORT=$(cat "$work/port")

# shellcheck disable=SC2086 # words
[ $# -gt 0 ] || set -- $all
echo "$@" | xargs -P $WORKING -n 1 sh "$0" fine
for s in "$@"; do
	[ -f "$work/$s.fine/well" ]
	check $? "$s: a server that is well is no trouble"
done
for b in $behaviours; do
	for s in "$@"; do
		if rests "$s" "$b"; then echo "$s $b" >&3; else echo "$s $b"; fi
	done
done >"$work/working" 3>"$work/waiting"
xargs -P $WAITING -n 2 sh "$0" point <"$work/waiting" &
waiting=$!
xargs -P $WORKING -n 2 sh "$0" point <"$work/working"
wait $waiting

for s in "$@"; do
	tried=0 was=$lost most=0 longest=0
	for b in $behaviours; do
		tried=$((tried + 1))
		[ -s "$work/$s.$b/result" ] || { lose "$s, $b: it has no end" && continue; }
		read -r rc took peak <"$work/$s.$b/result"
		[ "$peak" -le "$most" ] || most=$peak
		[ "$took" -le "$longest" ] || longest=$took
		[ ! -s "$work/$s.$b/wrong" ] || lose "$s, $b: $(tr '\n' ' ' <"$work/$s.$b/wrong"), $(head -n 1 "$work/$s.$b/err")"
		! is_full || echo "# $s, $b: exit $rc, $took ms, $peak KiB, $(head -n 1 "$work/$s.$b/err")"
	done
	points=$((points + tried))
	[ "$lost" -eq "$was" ]
	check $? "$s: $tried behaviours, at most $longest ms and $most KiB"
done
[ ! -s "$work/inside" ]
check $? "nobody was led inside"
fault_end

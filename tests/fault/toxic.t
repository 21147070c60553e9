#!/bin/sh
# Each program with a network against a hostile server, as TAP: within its time and 64 MiB, a finding or exit 3, the state
# as it was or whole (I1), no connection to another address. The server is tests/fault/toxic.pl; tests/fault/toxic.c,
# preloaded, resolves its names and tells the peak of memory. --timeout is 30 s; in CI 15 s, and 3 s where all there is to
# do is wait. Tries and their pauses take some of that.
#   toxic.t [SUBJECT...]   a subject is a word of `all`, a case of plan, and where it must not fail one of may_be_well
# shellcheck disable=SC1091,SC2154 # root, work, points ... are lib.sh's
all='crawl-page crawl-robots crawl-sitemap psi crux ping'
behaviours='endless-chunks length-1e15 bomb bomb-twice encodings-nine drip-body drip-header silence headers-large
	headers-many endless-1xx to-file to-gopher to-metadata to-loopback to-loopback6 to-decimal to-itself hops-30 short
	cut-chunk cut-close http-0.9 status-999999 retry-7 retry-2099 retry-negative html exception unasked-206
	wrong-charset nul sitemap-50001 sitemap-doctype sitemap-cut-gzip rebind'
waits=' drip-body drip-header silence retry-7 retry-negative '
AT_A_TIME=64     # most of them wait

plan() { # subject, host: writes rounds.json; sets the program and its arguments
	case $1 in
	crawl-*) # connections as to any host that is not this machine
		program=rounds-seocheck args='run --as-of 2026-11-16'
		echo '{ "site": "http://'"$2"'/", "timezone": "UTC",
			"seocheck": { "crawl": { "max_pages": 20, "connections": 4 } } }' >rounds.json
		;;
	psi | crux)
		program=rounds-perfcheck-fetch args=fetch psi=$2 asks=false
		[ "$1" = psi ] || psi=no.api.test:${2##*:} asks=true
		echo '{ "perfcheck": { "fetch": { "into": "state", "urls": ["https://shop.example/"], "strategies": ["mobile"],
			"psi_url": "http://'"$psi"'/psi", "crux_url": "http://'"$2"'/crux", "crux": '$asks', "key_env": "KEY" } } }' \
			>rounds.json
		;;
	ping)
		program=rounds-notify args='ping 0' HOOK=http://$2/hook
		export HOOK
		echo '{ "run_all": { "ping": { "url_env": "HOOK" } } }' >rounds.json
		;;
	esac
}

where() { # subject: what of the host is toxic
	case $1 in
	crawl-*) echo "${1#crawl-}" ;;
	*) echo api ;;
	esac
}

may_be_well() { # subject, behaviour: whether exit 0 is right
	case $1/$2 in
	crawl-page/html | crawl-page/exception | crawl-page/wrong-charset | crawl-page/nul) ;; # pages, with less to see
	crawl-*/rebind) [ "$1" = crawl-robots ] || [ "$1" = crawl-sitemap ] ;;
	ping/*) ;; # any 2xx is well, whatever its body
	*) false ;;
	esac
}

most_kib() { # subject, behaviour: of the release build
	case $1/$2 in
	crawl-*/sitemap-50001) echo 98304 ;; # the URLs that a crawl may know, some 1.3 kB each: not what came, what is kept
	crawl-*/endless-chunks | crawl-*/length-1e15) echo 81920 ;; # four pages at the cap of 5 MiB, and one of them read
	*) echo 65536 ;;
	esac
}

run() { # subject's words; leaves out, err and what toxic.c told
	KEY=0123456789abcdef LD_PRELOAD=$FAULTS/toxic.so ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
		"$BIN/$program" "$@" -c rounds.json >out 2>err 7>told </dev/null
}

is_valid() { # the state of a crawl, as far as it is there
	[ ! -f state/seocheck.json ] || "$BIN/rounds-seocheck" show -c rounds.json >shown 2>&1 || [ $? -lt 3 ]
}

# One point in a process of its own, many at a time.
point() { # subject, behaviour
	mkdir -p "$TOXIC/$1.$2" && cd "$TOXIC/$1.$2" || exit 1
	cp -R "$TOXIC/old" state
	plan "$1" "$2.$(where "$1").test:$TOXIC_PORT"
	limit=$TOXIC_TIMEOUT
	case $waits in *" $2 "*) limit=$TOXIC_WAIT ;; esac
	began=$(date +%s)
	# shellcheck disable=SC2086 # words
	run $args --timeout "$limit"
	rc=$?
	took=$(($(date +%s) - began)) peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' told)
	{
		[ $rc -le 3 ] && [ -n "$peak" ] || echo "exit $rc"
		[ $rc -ne 0 ] || may_be_well "$1" "$2" || echo "all is well"
		[ "$VARIANT" != release ] || [ "${peak:-0}" -le "$(most_kib "$1" "$2")" ] || echo "$peak KiB"
		[ $took -le $((limit + 5)) ] || echo "$took s"
		grep '^connect' told | sort -u
		is_valid || tail -n 1 shown
		if [ $rc -eq 3 ] && ! grep -q 'gave up' err; then
			diff -r -x .lock -x .cache -x 'err-*' "$TOXIC/old" state # err-*: fetch keeps what failed
		fi
	} >wrong
	echo "$rc $took ${peak:-0}" >result
}

if [ "${1:-}" = point ]; then
	point "$2" "$3"
	exit
fi

. "$(dirname "$0")/lib.sh"
fault_begin toxic ""
perl "$root/tests/fault/toxic.pl" "$work/port" "$work/inside" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
while [ ! -s "$work/port" ]; do sleep .1; done
TOXIC=$work TOXIC_PORT=$(cat "$work/port") TOXIC_TIMEOUT=15 TOXIC_WAIT=3
is_full && TOXIC_TIMEOUT=30 TOXIC_WAIT=30 all="$all crawl-all"
export TOXIC TOXIC_PORT TOXIC_TIMEOUT TOXIC_WAIT BIN FAULTS VARIANT

mkdir "$work/fine" "$work/old"
(cd "$work/fine" && plan crawl-all "fine.all.test:$TOXIC_PORT" && run -s "$work/old" --as-of 2026-11-15)
[ $? -lt 3 ] && grep -q '^VmHWM' "$work/fine/told" && [ -s "$work/old/seocheck.json" ]
check $? "a server that is well gives a state"
rm -rf "$work/old/.lock" "$work/old/.cache"

# shellcheck disable=SC2086 # words
[ $# -gt 0 ] || set -- $all
for s in "$@"; do
	for b in $behaviours; do echo "$s $b"; done
done >"$work/points"
xargs -P $AT_A_TIME -n 2 sh "$0" point <"$work/points"

for s in "$@"; do
	tried=0 was=$lost most=0 longest=0
	for b in $behaviours; do
		read -r rc took peak <"$work/$s.$b/result" || rc=none
		tried=$((tried + 1))
		[ "$peak" -le "$most" ] || most=$peak
		[ "$took" -le "$longest" ] || longest=$took
		[ ! -s "$work/$s.$b/wrong" ] || lose "$s, $b: $(tr '\n' ' ' <"$work/$s.$b/wrong"), $(head -n 1 "$work/$s.$b/err")"
		! is_full || echo "# $s, $b: exit $rc, $took s, $peak KiB, $(head -n 1 "$work/$s.$b/err")"
	done
	points=$((points + tried))
	[ "$lost" -eq "$was" ]
	check $? "$s: $tried behaviours, at most $longest s and $most KiB"
done
[ ! -s "$work/inside" ]
check $? "nobody was led inside"
fault_end

#!/bin/sh
# Inside each confined program every way out of its folder is tried, as TAP: EACCES or EPERM each, with Landlock masked
# to each ABI that adds rights and without it (0: what seccomp does alone); nothing outside changes (I2), and -v says
# what was enforced. The attempts are tests/fault/escape.c, preloaded. In CI the verbs that only look are tried with the
# newest ABI alone, with FAULT=full with each. escape.t SUBJECT... tries these alone.
# shellcheck disable=SC1091,SC2154 # root, work and points are lib.sh's
. "$(dirname "$0")/lib.sh"
fault_begin escape ""
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport')
shop=$work/outside/shop state=$work/state log=$work/log
export SSL_CERT_FILE="$work/outside/certificates"
export HOOK="http://127.0.0.1:$port/hook"
all='watchdog bandit perfcheck seocheck i18ncheck crawl fetch engine catches html metrics send statediff statemerge'
looks='watchdog-show bandit-show perfcheck-show seocheck-show i18ncheck-show render summary tools plan audit commit
	message paths fresh ping'

shop_of_a_day() {
	mkdir -p "$shop/events" "$shop/lighthouse"
	cp -R "$root"/examples/shop/rounds.json "$root"/examples/shop/*.csv "$root"/examples/shop/search-console.json \
		"$root"/examples/shop/locales "$root"/examples/shop/content "$root"/examples/shop/site "$shop"
	cp "$root"/examples/shop/events/2026-11-1[56]* "$shop/events"
	cp "$root"/examples/shop/lighthouse/lhr-17947* "$shop/lighthouse"
	echo '{ "site": "http://127.0.0.1:'"$port"'/", "seocheck": {}, "perfcheck": { "fetch": { "into": "../../state",
		"psi_url": "http://127.0.0.1:'"$port"'/", "urls": ["https://shop.example/"] } },
		"run_all": { "notify": [ { "type": "json", "url_env": "HOOK" } ], "ping": { "url_env": "HOOK" } },
		"sources": { "events": { "type": "matomo", "url": "http://127.0.0.1:'"$port"'", "site": 1, "token_env": "HOOK" } },
		"watchdog": {} }' >"$shop/network.json"
}

prepare_all() { # what no program may change
	rm -rf "$work/outside"
	mkdir -p "$work/outside/folder" "$work/outside/before"
	shop_of_a_day
	for file in victim secret certificates before/kept base.json theirs.json; do
		echo '{}' >"$work/outside/$file"
	done
	outside=$(snapshot "$work/outside")
}

prepare_state() {
	rm -rf "$state"
	mkdir -p "$state/history" "$log"
	echo '{}' >"$state/kept"
	ln -s ../outside/victim "$state/planted"
}

snapshot() { # folder: names, kinds, rights, owners, sizes, times to the nanosecond and bytes of what may not change
	find "$1" -exec stat -c '%n %F %a %u %g %h %s %y %z' {} + | sort
	find "$1" -type f -exec cksum {} + | sort
}

snapshot_of_looks() { # of the state, where it may not change either
	[ "$writes" = yes ] || snapshot "$state"
}

plan() { # subject: sets the command, whether it writes (and how -v calls it), what it may read, its port
	writes=yes as=state input=$shop/rounds.json asks='' net='none'
	report=watchdog=3=$shop/network.json
	set -- "$1" "${1%-show}"
	case $1 in
	*-show) writes=no as='' input=$state/kept command="rounds-$2 show -c $shop/rounds.json" ;;
	crawl)
		command="rounds-seocheck -c $shop/network.json" asks=$port net="53,80,443,$port"
		input=$shop/network.json
		;;
	engine) command="rounds-watchdog -c $shop/network.json" asks=$port net="$port,53" input=$SSL_CERT_FILE ;;
	fetch)
		command="rounds-perfcheck-fetch fetch -c $shop/network.json" asks=$port net="53,$port"
		as=../../state input=$SSL_CERT_FILE
		;;
	catches) command="rounds-report catches -c $shop/rounds.json --before $work/outside/before" ;;
	html) as=html command="rounds-report html -c $shop/rounds.json --html $state/report.html $report" ;;
	metrics)
		as=named
		command="rounds-report render -c $shop/rounds.json --prom-file $state/metrics --work $state watchdog"
		;;
	tools | fresh | audit | commit) writes=no as=none command="rounds-report $1 -c $shop/rounds.json" ;;
	render | summary) writes=no as=none command="rounds-report $1 -c $shop/rounds.json $report" ;;
	message) writes=no as=none command="rounds-report message --before $work/outside/before -c $shop/rounds.json $report" ;;
	paths) writes=no as=none command="rounds-report paths -c $shop/rounds.json state/ $report" ;;
	plan) writes=no as=none command="rounds-report plan -c $shop/rounds.json --work $state watchdog=/bin/true" ;;
	send | ping)
		writes=no as=none asks=$port net="53,$port" input=$SSL_CERT_FILE
		command="rounds-notify ping -c $shop/network.json start"
		[ "$1" = ping ] || command="rounds-notify send -c $shop/network.json --before $work/outside/before"
		;;
	statediff)
		writes=no as=none input=$work/outside/before/kept
		command="rounds-statediff $work/outside/before $state"
		;;
	statemerge)
		as=%A input=$work/outside/base.json
		command="rounds-statemerge $work/outside/base.json $state/kept $work/outside/theirs.json 7 state/seocheck.json"
		;;
	*) command="rounds-$1 -c $shop/rounds.json" ;;
	esac
}

escape() { # ABI: leaves acts and said in $log
	# shellcheck disable=SC2086 # the words of a command; mktemp gives no blanks
	set -- "$1" $command
	program=$2 abi=$1
	shift 2
	ROUNDS_LANDLOCK_ABI=$abi ESCAPE_OUTSIDE=$work/outside ESCAPE_STATE=$state ESCAPE_WRITES=$writes \
		ESCAPE_INPUT=$input ESCAPE_PORT=$asks VARIANT=$VARIANT LD_PRELOAD=$FAULTS/escape.so \
		ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
		"$BIN/$program" "$@" -v -s "$state" >"$log/said" 2>&1 7>"$log/acts" </dev/null
}

enforced() { # an ABI: what the confined: line says
	truncate=yes
	[ "$1" -ge 3 ] || truncate=seccomp
	[ "$1" -gt 0 ] || as=any
	[ -z "$asks" ] || [ "$1" -ge 4 ] || net=any
	echo "confined: landlock=$1 write=$as truncate=$truncate net=$net seccomp=yes"
}

try() { # subject, ABI
	prepare_state
	plan "$1"
	before=$(snapshot_of_looks)
	escape "$2"
	rc=$?
	kernel=$(sed -n 's/^# kernel //p' "$log/acts")
	if [ "$2" -gt 0 ] && [ -s "$log/acts" ] && [ "${kernel:-0}" -le 0 ]; then
		skip "$1, Landlock $2" 'this kernel has no Landlock'
		return
	fi
	[ "${kernel:-0}" -gt 0 ] || kernel=0
	used=$2
	[ "$used" -le "$kernel" ] || used=$kernel
	tried=$(grep -c ' ok - \|^ok - \|^not ok - ' "$log/acts")
	points=$((points + tried))
	bad=$(grep -c '^not ok' "$log/acts")
	lost=$((lost + bad))
	[ "$tried" -gt 50 ] && [ "$bad" -eq 0 ] && grep -q '^# kernel' "$log/acts"
	check $? "$1, Landlock $2: $tried attempts end as they should"
	grep '^not ok' "$log/acts" | sed 's/^not ok -/#/'
	[ "$outside" = "$(snapshot "$work/outside")" ] && [ "$before" = "$(snapshot_of_looks)" ]
	same=$?
	check $same "$1, Landlock $2: nothing else changed"
	[ $same -eq 0 ] || prepare_all
	[ $rc -le 3 ] && { [ -z "$as" ] || grep -qF "$(enforced "$used")" "$log/said"; }
	check $? "$1, Landlock $2: it went on (exit $rc), -v says what is enforced"
	[ "$tried" -gt 50 ] || sed 's/^/# /' "$log/said"
}

prepare_all
# shellcheck disable=SC2086 # words
[ $# -gt 0 ] || set -- $all $looks
for subject in "$@"; do
	case " $looks " in
	*" $subject "*) abis=7 && ! is_full || abis='0 1 2 3 4 7' ;;
	*) abis='0 1 2 3 4 7' ;;
	esac
	for abi in $abis; do
		try "$subject" "$abi"
	done
done
fault_end

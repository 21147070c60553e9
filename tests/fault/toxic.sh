# shellcheck shell=sh disable=SC2034 # what is set here is read there
# The subjects of toxic.t: how each is run so that it asks tests/fault/toxic.pl, by a host whose first word is what that
# does and whose second is what is asked; and what may come of it. Sourced.

source_of() { # subject, behaviour: sets its zone, its secret's kind, and the members that say what it is
	at=test:$TOXIC_PORT zone=Europe/Berlin secret=token
	case $1 in
	clickhouse | bandit)
		zone=UTC secret=password source='"type": "clickhouse", "url": "http://'$2.clickhouse.$at'", "table": "events"'
		;;
	posthog) source='"type": "posthog", "url": "http://'$2.posthog.$at/$2'", "project": 7' ;;
	posthog-file) source='"type": "posthog", "url": "http://'fine.posthog.$at/$2'", "project": 7' ;;
	posthog-query) source='"type": "posthog", "mode": "query", "url": "http://'$2.query.$at'", "project": 7' ;;
	plausible) source='"type": "plausible", "url": "http://'$2.plausible.$at'", "site_id": "shop.example"' ;;
	matomo) source='"type": "matomo", "url": "http://'$2.matomo.$at'", "site": 7' ;;
	umami)
		secret=password
		source='"type": "umami", "url": "http://'$2.umami.$at'", "website": "0f-1A", "user": "kim \"k\""'
		;;
	ga4) source='"type": "ga4", "url": "http://'$2.ga4.$at'", "property": "123", "events": { "not_found": ["404"] }' ;;
	esac
}

plan() { # subject, behaviour, day of the month: writes rounds.json; sets the program, its arguments and what of it may be new
	new=.lock
	case $1 in
	crawl-*) # connections as to any host that is not this machine
		program=rounds-seocheck args="run --as-of 2026-11-$3"
		echo '{ "site": "http://'"$2.${1#crawl-}.test:$TOXIC_PORT"'/", "timezone": "UTC",
			"seocheck": { "crawl": { "max_pages": 20, "connections": 4 } } }'
		;;
	psi | crux)
		program=rounds-perfcheck-fetch args=fetch psi=$2 asks=false
		[ "$1" = psi ] || psi=fine asks=true
		case $1 in psi) new='err-*' ;; crux) new='*-[0-9]*' ;; esac # what failed, what was well before
		echo '{ "perfcheck": { "fetch": { "into": "state", "urls": ["https://shop.example/"], "strategies": ["mobile"],
			"psi_url": "http://'"$psi.psi.test:$TOXIC_PORT"'/psi", "crux_url": "http://'"$2.crux.test:$TOXIC_PORT"'/crux",
			"crux": '$asks', "key_env": "HOSTED_TOKEN" } } }'
		;;
	ping | send)
		program=rounds-notify args='ping 0' HOOK=http://$2.hook.test:$TOXIC_PORT/hook
		export HOOK
		echo '{ "run_all": { "ping": { "url_env": "HOOK" }, "notify": [ { "type": "slack", "url_env": "HOOK" } ] } }'
		[ "$1" = ping ] || args='send --before before'
		mkdir -p before
		echo '{ "schema": 1, "tool": "watchdog", "through": "2026-03-18", "findings": { "watchdog/a/b":
			{ "severity": "crit", "since": "2026-03-05", "status": "open", "message": "bad", "n": 1 } } }' >state/watchdog.json
		;;
	*)
		program=rounds-watchdog args="run --as-of 2026-03-$3"
		[ "$1" != bandit ] || program=rounds-bandit
		source_of "$1" "$2"
		echo '{ "site": "https://shop.example", "timezone": "'$zone'", "sources": { "events": { '"$source"',
			"'$secret'_env": "HOSTED_TOKEN" } }, "watchdog": { "min_exposed": 1 }, "bandit": { "experiments": { "cta": {
			"arms": ["a", "b"], "start": "2026-03-15", "reward": { "type": "conversion", "event": "paid" } } } } }'
		;;
	esac >rounds.json
}

may_be_well() { # subject, behaviour: whether exit 0 is right
	case $1/$2 in
	crawl-page/html | crawl-page/exception | crawl-page/wrong-charset | crawl-page/nul) ;; # pages, with less to see
	crawl-*/rebind) [ "$1" = crawl-robots ] || [ "$1" = crawl-sitemap ] ;;
	ping/* | send/*) ;; # any 2xx is well, whatever its body
	posthog-file/exception) ;; # one line of a hundred and one is bad
	*) false ;;
	esac
}

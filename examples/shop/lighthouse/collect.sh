#!/bin/sh
# Made the reports in this folder: 30 nights, 3 runs of two pages each, of the site beside it behind nginx on loopback.
# On day 12 the start page's logo loses its alt text; from day 20 on the espresso's page loads a script that blocks the
# main thread for half a second. Needs nginx, chromium, jq and Lighthouse 12 (LIGHTHOUSE names the command); 40 minutes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
port=18473
nginx=
trap '[ -z "$nginx" ] || kill "$nginx"; rm -rf "$work"' EXIT

cat >"$work/nginx.conf" <<END
pid $work/pid; error_log $work/error.log; daemon off;
events { worker_connections 64; }
http {
	types { text/html html; text/css css; text/javascript js; image/svg+xml svg; }
	access_log off; client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
	uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
	server {
		listen 127.0.0.1:$port; root $work/site;
		location = /e/ { return 204; }
		location / { try_files \$uri \$uri.html \$uri/index.html =404; }
	}
}
END

site_of_day() {
	rm -rf "$work/site"
	cp -R "$here/../site" "$work/site"
	[ "$1" -lt 12 ] || sed -i 's|<img src="/icon.svg" alt="" |<img src="/icon.svg" |' "$work/site/index.html"
	[ "$1" -ge 20 ] || return 0
	cat >"$work/site/reviews.js" <<'END'
// Takes the main thread for half a second, as a careless widget does.
const end = performance.now() + 500;
while (performance.now() < end) {}
END
	sed -i 's|</head>|  <script src="/reviews.js" defer></script>\n</head>|' "$work/site/p/espresso.html"
}

# The runs of a day under that day's date, at night, less what nobody reads of them.
keep() { # day
	date=$(date -u -d "2026-10-16 +$1 days" +%Y-%m-%d)
	minute=10
	for report in "$work"/reports/lhr-*.json; do
		time=${date}T02:$minute:00.000Z
		jq -c --arg time "$time" -f "$here/strip.jq" "$report" |
			sed "s|http://127.0.0.1:$port|https://shop.example|g" |
			gzip -9n >"$here/lhr-$(date -u -d "$time" +%s)000.json.gz"
		minute=$((minute + 3))
	done
	rm -rf "$work/reports"
}

nginx -c "$work/nginx.conf" &
nginx=$!
day=1
while [ "$day" -le 30 ]; do
	site_of_day "$day"
	"$here/../../../perfcheck/collect-lighthouse.sh" -k 3 -o "$work/reports" "http://127.0.0.1:$port/" \
		"http://127.0.0.1:$port/p/espresso" || exit
	keep "$day"
	day=$((day + 1))
done

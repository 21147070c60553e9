#!/bin/sh
# Records recorded/ again: a real nginx serves site/ on loopback, a real headless Chromium walks through it
# (record.mjs), collector.mjs keeps what analytics.js sends. Needs nginx, node, npm and chromium; playwright-core
# comes from npm into a temporary folder. Nothing is left running and nothing else in the tree is touched.
# Usage: examples/shop/record.sh [OUTPUT FOLDER, default: recorded/ beside this script]
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 3
out=${1:-$here/recorded}
PATH=$PATH:/usr/sbin
work=$(mktemp -d) || exit 3
collector='' nginx=''

stop() {
    for pid in $nginx $collector; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 3' HUP INT TERM

fail() {
    echo "record.sh: $1" >&2
    exit 3
}

# wait_for COMMAND...: until it succeeds, at most 10 s
wait_for() {
    tries=100
    until "$@" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

for program in nginx node npm chromium; do
    command -v "$program" >/dev/null || fail "cannot find '$program'; install nginx, nodejs, npm and chromium"
done

PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-save --no-audit --no-fund \
    --prefix "$work/tools" playwright-core >/dev/null || fail "cannot install playwright-core"

node "$here/collector.mjs" "$work/events.jsonl" >"$work/collector.port" &
collector=$!
wait_for test -s "$work/collector.port" || fail "cannot start collector.mjs"

port=$(node -e 'require("net").createServer().listen(0, "127.0.0.1", function () {
    console.log(this.address().port); this.close(); })') || fail "cannot find a free port"

# Every session says which address it comes from, as behind a load balancer (a beacon cannot say so, therefore
# the collector's requests are not logged); the request time in seconds follows the combined format.
cat >"$work/nginx.conf" <<EOF
daemon off;
master_process off;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 64; }
http {
    types { text/html html; text/css css; text/javascript js; image/svg+xml svg; }
    default_type application/octet-stream;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    log_format timed '\$remote_addr - \$remote_user [\$time_local] "\$request" \$status '
                     '\$body_bytes_sent "\$http_referer" "\$http_user_agent" \$request_time';
    access_log $work/access.log timed;
    server {
        listen 127.0.0.1:$port;
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Forwarded-For;
        root $here/site;
        error_page 404 /404.html;
        location = / { try_files /index.html =404; }
        location / { try_files \$uri.html \$uri \${uri}index.html =404; }
        location /e/ { access_log off; proxy_pass http://127.0.0.1:$(cat "$work/collector.port"); }
    }
}
EOF
nginx -e "$work/error.log" -c "$work/nginx.conf" &
nginx=$!
wait_for test -s "$work/nginx.pid" || fail "cannot start nginx: $(cat "$work/error.log")"

node "$here/record.mjs" "$work/tools/" "http://127.0.0.1:$port" "$work" || fail "the browser did not finish"
if [ -s "$work/error.log" ]; then
    grep -v 'No such file or directory' "$work/error.log" >&2
fi

mkdir -p "$out" || exit 3
for name in events.jsonl access.log; do
    sed "s|http://127\.0\.0\.1:$port|https://shop.example|g; s|127\.0\.0\.1:$port|shop.example|g" \
        "$work/$name" | gzip -9n >"$out/$name.gz" || fail "cannot write '$out/$name.gz'"
done
cp "$work/README.md" "$out/README.md" || fail "cannot write '$out/README.md'"
echo "recorded $(wc -l <"$work/events.jsonl") events and $(wc -l <"$work/access.log") requests"

# shellcheck shell=sh
# What tests with a real nginx have in common. It runs as the current user on 127.0.0.1, with all that it writes in the
# folder $work. Sourced; sets $work, $port (of the address $bind), $pid, $n. Without nginx the test is skipped.
# shellcheck disable=SC2154 # from who sources it
export LC_ALL=C
PATH=$PATH:/usr/sbin:/usr/local/sbin
if ! command -v nginx >/dev/null 2>&1; then
	echo 'ok 1 # SKIP nginx is not here'
	echo 1..1
	exit 0
fi
work=$(mktemp -d) || exit 1
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; wait; rm -rf "$work"' EXIT
n=0
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => $ARGV[0], Listen => 1)->sockport' "${bind:-127.0.0.1}")

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

nginx_conf() { # where it may write; the inside of its http block on stdin
	cat <<-END
		daemon off;
		master_process off;
		pid $1/nginx.pid;
		events {}
		http {
	END
	for module in client_body proxy fastcgi uwsgi scgi; do # a folder for each that was not left out
		nginx -V 2>&1 | grep -q -- "--without-http_${module}_module" ||
			echo "    ${module}_temp_path $1/$module;"
	done
	cat
	echo '}'
}

nginx_start() { # where it may write; its configuration is $work/nginx.conf
	nginx -e "$1/error.log" -p "$work" -c "$work/nginx.conf" >"$1/said" 2>&1 &
	pid=$!
	perl -MIO::Socket::INET -e 'for (1 .. 100) {
		exit 0 if IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]);
		select(undef, undef, undef, 0.1);
	}
	exit 1' "$port"
}

nginx_stop() {
	kill "$pid"
	wait "$pid" 2>/dev/null
	pid=
}

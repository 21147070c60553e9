#!/bin/sh
# The nginx weight file in a real nginx, as TAP: `nginx -t` takes the blocks of two experiments, and 10,000 cookies are
# served the arms in the shares of the state, each within 4 standard errors of its share, and again the same arm.
# nginx runs as the current user on 127.0.0.1, with everything it writes in a folder of the test.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
# shellcheck source=tests/lib/nginx.sh
. "$root/tests/lib/nginx.sh"

cp -R "$root/tests/golden/cta/." "$work"
for experiment in cta dark-mode; do
	"$BIN/rounds-bandit" weights "$experiment" --as nginx -c "$work/rounds.json" >"$work/$experiment.conf"
	check $? "weights $experiment --as nginx"
done
nginx_conf "$work" >"$work/nginx.conf" <<END
    access_log off;
    keepalive_requests 100000;
    include $work/cta.conf;
    include $work/dark-mode.conf;
    server {
        listen 127.0.0.1:$port;
        location / { return 200 "\$cta \$dark_mode\n"; }
    }
END
nginx -t -e "$work/error.log" -p "$work" -c "$work/nginx.conf" >"$work/said" 2>&1
check $? "nginx -t takes them"
sed 's/^/# /' "$work/said" | grep -v 'is ok$\|is successful$'

nginx_start "$work"

# One line a cookie: what it was served, the first hundred once more at the end.
perl -MIO::Socket::INET -e '
	my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die "nobody listens";
	for my $i (1 .. 10000, 1 .. 100) {
		print $server "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: uid=visitor-$i\r\n\r\n";
		my ($status, $length) = (scalar <$server>, 0);
		$status =~ /^HTTP\/1.1 200 / or die "got $status";
		while (my $line = <$server>) {
			$length = $1 if $line =~ /^Content-Length: (\d+)/i;
			last if $line eq "\r\n";
		}
		read($server, my $body, $length) == $length or die "cut short";
		print $body;
	}' "$port" >"$work/served"
check $? "10,000 cookies are served"
kill "$pid"
wait "$pid" 2>/dev/null
pid=

served() { # field, arm, weight in bp
	head -n 10000 "$work/served" | awk -v field="$1" -v arm="$2" -v bp="$3" '
	$field == arm { got++ }
	END {
		p = bp / 10000
		error = sqrt(NR * p * (1 - p))
		printf "# %s %d of %d, expected %.0f, standard error %.1f\n", arm, got, NR, NR * p, error
		exit NR != 10000 || got < NR * p - 4 * error || got > NR * p + 4 * error
	}'
	check $? "field $1: $2 is served $3 bp, within 4 standard errors"
}

served 1 control 7000
served 1 b 2000
served 1 c 1000
served 2 control 9988
served 2 dark-blue 12
served 2 black 0
head -n 100 "$work/served" >"$work/first"
tail -n 100 "$work/served" | cmp -s - "$work/first"
check $? "a cookie is served the same arm again"
echo "1..$n"

#!/bin/sh
# perfcheck/collect-lighthouse.sh with a command that stands for Lighthouse, as TAP: each run leaves one record, what a
# run started is killed with it, nobody else's process is, and the options do what --help says. At the end one run of
# the real Lighthouse over a page on loopback, where it and Chrome are.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
export LC_ALL=C
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
into=$work/reports
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out" "$work/err" | head -n 20
		find "$into" -type f 2>/dev/null | sed 's/^/# /'
	fi
}

collect() { # exit status expected, arguments
	expected=$1
	shift
	LIGHTHOUSE="$work/lighthouse" CHROME_PATH="$work/chrome" \
		"$root/perfcheck/collect-lighthouse.sh" -o "$into" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ]
}

anew() {
	rm -rf "$into" "$work/calls"
}

count() { # prefix
	find "$into" -maxdepth 1 -name "$1-*.json" | wc -l
}

gone() { # a file with a process id: it ended, or does so within two seconds
	[ -s "$1" ] || return 1
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		case $(ps -o stat= -p "$(cat "$1")") in
		'' | Z*) return 0 ;; # not every init is quick to bury
		esac
		sleep .2
	done
	return 1
}

json() { # files: each is one JSON object
	perl -MJSON::PP -e 'for (@ARGV) { local $/; open my $f, "<", $_ or die; decode_json(<$f>) }' "$@"
}

# What the URL ends with says what happens.
cat >"$work/lighthouse" <<'END'
#!/bin/sh
printf '%s\n' "$@" >>"${0%/*}/calls"
printf '%s\n' "chrome=$CHROME_PATH" >>"${0%/*}/calls"
if [ -s "${0%/*}/pid.stays" ]; then
	ps -o stat= -p "$(cat "${0%/*}/pid.stays")" | grep -q '^[^Z]' && echo still here >>"${0%/*}/calls"
fi
for arg in "$@"; do case $arg in --output-path=*) path=${arg#*=} ;; esac; done
case $1 in
*/hang)
	sleep 300 &
	echo $! >"${0%/*}/pid.child"
	(setsid sh -c 'echo $$ >"$1/pid.session"; exec sleep 300' sh "${0%/*}" &)
	sleep 300 ;;
*/fail) printf 'first\nno "Chrome" at C:\\x\001\303\244\n' >&2; exit 7 ;;
*/silent) exit 0 ;;
*/html) echo '<html>' >"$path"; exit 0 ;;
*/stays)
	(setsid sh -c 'echo $$ >"$1/pid.stays"; exec sleep 300' sh "${0%/*}" &)
	while [ ! -s "${0%/*}/pid.stays" ]; do sleep .1; done ;;
*/slow) sleep 3 ;;
esac
echo '{"lighthouseVersion":"13.0.0"}' >"$path"
END
printf '#!/bin/sh\n' >"$work/chrome"
chmod +x "$work/lighthouse" "$work/chrome"
: >"$work/out"
: >"$work/err"

collect 0 -k 2 http://a.example/ http://b.example/ && [ "$(count lhr)" -eq 4 ] && [ "$(count err)" -eq 0 ] &&
	[ ! -s "$work/err" ]
check $? "-k 2 of two pages leaves four reports and says nothing"
! find "$into" -name 'lhr-*' | grep -Ev '/lhr-[0-9]{13}\.json$'
check $? "a report is named by the second and three digits"
[ "$(find "$into" -type f ! -name 'lhr-*')" = "$into/.lock" ]
check $? "nothing else is left in the folder but the lock"
[ "$(grep -c '^http' "$work/calls")" -eq 4 ] && [ "$(grep '^http' "$work/calls" | tr '\n' ' ')" = \
	'http://a.example/ http://b.example/ http://a.example/ http://b.example/ ' ]
check $? "pages take turns, so that a slow minute is not one page's alone"
grep -qx -- '--quiet' "$work/calls" && grep -qx -- '--output=json' "$work/calls" &&
	grep -qx "chrome=$work/chrome" "$work/calls" && ! grep -q -- '--preset' "$work/calls" &&
	grep -q -- '^--chrome-flags=--headless=new --disable-gpu --disable-dev-shm-usage' "$work/calls"
check $? "the command gets the flags and CHROME_PATH"
if [ "$(id -u)" -eq 0 ]; then
	grep -q -- '^--chrome-flags=.* --no-sandbox$' "$work/calls"
else
	! grep -q -- '--no-sandbox' "$work/calls"
fi
check $? "--no-sandbox is for root alone, inside the flags of Chrome"
anew # the first name of each of these seconds is taken
mkdir "$into"
now=$(date +%s)
for second in 0 1 2 3 4 5 6 7 8 9; do echo mine >"$into/lhr-$((now + second))000.json"; done
collect 0 -k 1 http://a.example/ && [ "$(count lhr)" -eq 11 ] && [ "$(grep -l mine "$into"/lhr-* | wc -l)" -eq 10 ]
check $? "a report never takes the name of another, also of an earlier call's"

anew
collect 0 -k 1 -d http://a.example/ && [ "$(count lhr)" -eq 2 ] && [ "$(grep -cx -- '--preset=desktop' "$work/calls")" -eq 1 ]
check $? "-d is one run of either form"
anew
printf '# pages\n\nhttp://a.example/x   the first\n  http://b.example/y\nhttp://c.example/z' >"$work/list"
collect 0 -k 1 -f "$work/list" && [ "$(grep '^http' "$work/calls" | tr '\n' ' ')" = \
	'http://a.example/x http://b.example/y http://c.example/z ' ]
check $? "-f takes a URL a line, also the last one without an end, and no comment"

anew
sleep 300 &
bystander=$!
start=$(date +%s)
collect 0 -k 1 -d -t 2 http://a.example/hang
check $? "a run that hangs is no reason to fail"
[ $(($(date +%s) - start)) -le 20 ] && [ "$(count err)" -eq 2 ] && [ "$(count lhr)" -eq 0 ] && json "$into"/err-*
check $? "it is a record each, in time"
grep -q '"perfcheckError":1,"url":"http://a.example/hang","formFactor":"mobile","time":"2[0-9-]*T[0-9:]*\.000Z","code":"TIMEOUT","message":"no report within 2 s"' "$into"/err-* &&
	grep -q '"formFactor":"desktop"' "$into"/err-*
check $? "the record is a TIMEOUT with page, form and time"
gone "$work/pid.child"
check $? "the children of a run that hangs are killed"
gone "$work/pid.session"
check $? "so is one in a session of its own whose parent is gone"
kill -0 "$bystander"
check $? "a process that the run did not start lives"
kill "$bystander"

anew
rm -f "$work"/pid.*
collect 0 -k 1 http://a.example/stays http://a.example/fail http://a.example/silent http://a.example/html &&
	[ "$(count err)" -eq 3 ] && [ "$(count lhr)" -eq 1 ] && json "$into"/err-*
check $? "after a failure the next page is run"
grep -q '"code":"EXIT","message":"status 7: no '"'Chrome'"' at C:/x"' "$into"/err-*
check $? "a failed command is an EXIT with its last line, made fit for JSON"
[ "$(grep -l '"code":"NOJSON"' "$into"/err-* | wc -l)" -eq 2 ]
check $? "no report, and something else than a report, are NOJSON"
gone "$work/pid.stays" && ! grep -q 'still here' "$work/calls"
check $? "what a good run leaves behind is ended too"
grep -q '3 of 4 runs failed' "$work/err"
check $? "failures are said and counted"

anew
rm -f "$work"/pid.*
LIGHTHOUSE="$work/lighthouse" CHROME_PATH="$work/chrome" \
	"$root/perfcheck/collect-lighthouse.sh" -o "$into" -k 1 http://a.example/hang 2>/dev/null &
first=$!
while [ ! -s "$work/pid.session" ]; do sleep .1; done
collect 3 -k 1 http://b.example/ && grep -q "in use by another run" "$work/err" && ! grep -q b.example "$work/calls"
check $? "two never run into one folder at once"
kill -TERM "$first"
wait "$first"
[ $? -eq 3 ] && [ ! -e "$into/.tmp" ] && [ "$(count err)" -eq 0 ] && gone "$work/pid.child" && gone "$work/pid.session"
check $? "ended by a signal it ends its run, and records nothing"
collect 0 -k 1 http://b.example/
check $? "the folder is free again, whatever happened to its last user"

anew
collect 3 && grep -q 'no URL' "$work/err"
check $? "no page is exit 3"
collect 3 ftp://a.example/ && collect 3 'http://a.example/a b' && collect 3 'http://a.example/"' && collect 3 -f "$work/none"
check $? "neither other schemes nor blanks and quotes are URLs; a missing list is exit 3"
collect 3 -k 0 http://a.example/ && collect 3 -t x http://a.example/ && collect 3 -k 100000 http://a.example/ &&
	collect 3 -z http://a.example/
check $? "numbers and options are checked"
"$root/perfcheck/collect-lighthouse.sh" --help >"$work/out" && grep -q -- '-t SECONDS' "$work/out"
check $? "--help helps"
anew
LIGHTHOUSE=$work/nothing CHROME_PATH=$work/chrome "$root/perfcheck/collect-lighthouse.sh" -o "$into" http://a.example/ \
	2>"$work/err"
[ $? -eq 3 ] && grep -q "no '$work/nothing'" "$work/err"
check $? "without the command it says what to install"
LIGHTHOUSE=$work/lighthouse CHROME_PATH=$work/nothing "$root/perfcheck/collect-lighthouse.sh" -o "$into" \
	http://a.example/ 2>"$work/err"
[ $? -eq 3 ] && grep -q 'no Chrome' "$work/err" && [ ! -e "$into" ]
check $? "without Chrome too, before it makes a folder"

# The real one.
if [ -z "${LIGHTHOUSE:-}" ] && ! command -v lighthouse >/dev/null 2>&1; then
	n=$((n + 1))
	echo "ok $n # SKIP no lighthouse here: name it in LIGHTHOUSE"
elif ! command -v chromium >/dev/null 2>&1 && [ -z "${CHROME_PATH:-}" ]; then
	n=$((n + 1))
	echo "ok $n # SKIP no chromium here"
else
	cat >"$work/serve.pl" <<'END'
use strict; use warnings; use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 16) or die;
open my $f, ">", "$ARGV[0].new" or die; print $f $server->sockport; close $f; rename "$ARGV[0].new", $ARGV[0];
my $page = "<!DOCTYPE html><html lang=en><title>A page</title><meta name=viewport content=width=device-width><h1>Hello</h1>";
while (my $c = $server->accept) {
    while (my $line = <$c>) { last if $line =~ /^\r?\n$/ }
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ", length $page, "\r\nConnection: close\r\n\r\n", $page;
    close $c;
}
END
	perl "$work/serve.pl" "$work/port" &
	server=$!
	while [ ! -s "$work/port" ]; do sleep .1; done
	anew
	"$root/perfcheck/collect-lighthouse.sh" -k 1 -t 200 -o "$into" "http://127.0.0.1:$(cat "$work/port")/" \
		>"$work/out" 2>"$work/err" && [ "$(count lhr)" -eq 1 ] && [ "$(count err)" -eq 0 ] && json "$into"/lhr-* &&
		grep -q '"finalDisplayedUrl": *"http://127.0.0.1' "$into"/lhr-*
	check $? "the real Lighthouse leaves its report of a page on loopback"
	kill "$server"
fi
echo "1..$n"

#!/bin/sh
# rounds-notify against tests/lib/hook-stub.pl, as TAP: who is told what, byte for byte; nothing of note, no request;
# what goes wrong is a line with the host alone; the addresses are in no output. No address leaves this machine.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C
unset SSL_CERT_FILE
work=$(mktemp -d) || exit 1
stub='' tls=''
trap '[ -z "$stub" ] || kill "$stub" 2>/dev/null; [ -z "$tls" ] || kill "$tls" 2>/dev/null; rm -rf "$work"' EXIT
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out" "$work/err" "$work/wanted" 2>/dev/null | head -n 20
	fi
}

cd "$work" || exit 1
mkdir asked before state
perl "$root/tests/lib/hook-stub.pl" "$work/port" "$work/asked" &
stub=$!
while [ ! -s port ]; do sleep .1; done
at=http://127.0.0.1:$(cat port)
token=T0ken-of-the-test/XyZ

configure() { # members of run_all
	printf '{ "site": "https://shop.example", "run_all": { %s } }\n' "$1" >rounds.json
}

hook() { # type, kind of answer, further members
	printf '{ "type": "%s", "url_env": "HOOK_%s" %s }' "$1" "$2" "${3:-}"
}

finding() { # severity, message
	printf '{ "severity": "%s", "since": "2026-03-05", "status": "open", "message": "%s", "n": 1 }' "$1" "$2"
}

state() { # folder, findings of watchdog, findings of seocheck
	printf '{ "schema": 1, "tool": "watchdog", "through": "2026-03-08", "findings": { %s } }\n' "$2" >"$1/watchdog.json"
	printf '{ "schema": 1, "tool": "seocheck", "through": "2026-03-07", "findings": { %s } }\n' "$3" >"$1/seocheck.json"
}

ended() { # folder, status of watchdog, status of seocheck
	printf '{"schema":1,"tool":"run-all","tools":{"watchdog":{"status":"%s","through":"2026-03-08"},"seocheck":{"status":"%s","through":"2026-03-07"}}}\n' \
		"$2" "$3" >"$1/.run.json"
}

run() { # exit status expected, arguments
	expected=$1
	shift
	rm -f asked/*
	env HOOK_ok="$at/ok/$token" HOOK_limit="$at/limit/$token" HOOK_quota="$at/quota/$token" HOOK_away="$at/away/$token" \
		HOOK_slow="$at/slow/$token" HOOK_dead="$at/dead/$token" HOOK_big="$at/big/$token" HOOK_down="$at/down/$token" \
		HOOK_blame="$at/blame/$token" HOOK_query="$at/ok?$token" HOOK_open="http://192.0.2.1/$token" \
		"$BIN/rounds-notify" "$@" >out 2>err
	status=$?
	[ "$status" -eq "$expected" ] && tells_no_token
}

send() { # exit status expected, further arguments
	expected=$1
	shift
	run "$expected" send --before before --state state "$@"
}

asked() { # how many requests there were
	[ "$(find asked -name '*.head' | wc -l)" -eq "$1" ]
}

tells_no_token() {
	! grep -q -e T0ken -e XyZ out err
}

is_body() { # request; the body on stdin has a newline at its end that the request has not
	sed 's/PORT/'"$(cat port)"'/' >wanted
	{ cat "asked/$1.body" && echo; } | cmp -s - wanted
}

# ---- exact payloads ----

state before "$(printf '"watchdog/a/b": %s' "$(finding warn 'it was so')")" \
	"$(printf '"seocheck/link/p": %s' "$(finding warn 'gone')")"
state state "$(printf '"watchdog/a/b": %s, "watchdog/js/c": %s' "$(finding crit 'it is worse')" \
	"$(finding crit 'errors in 5.83 % of sessions, limit 1.80 % & <more>')")" ''
ended before warn warn
ended state crit ok
configure "\"notify\": [ $(hook slack ok ', "link": "https://git.example/a?b=1&c"'), $(hook discord ok), $(hook json ok) ]"
find before state rounds.json -type f -exec cksum {} + | sort >sums
send 0
check $? "three webhooks are told, and no token is on stdout or stderr"
asked 3 && [ ! -s out ] && [ ! -s err ]
check $? "each by one request, without a word"
find before state rounds.json -type f -exec cksum {} + | sort | cmp -s - sums && [ "$(wc -l <sums)" -eq 7 ]
check $? "nothing is written"
is_body 1 <<'END'
{"text": "ROUNDS CRITICAL - https://shop.example through 2026-03-08: 1 new, 1 escalated, 1 resolved\u000A+ crit watchdog/js/c: errors in 5.83 % of sessions, limit 1.80 % &amp; &lt;more&gt;\u000A+ crit watchdog/a/b: was warn, it is worse\u000A- warn seocheck/link/p: resolved\u000Ahttps://git.example/a?b=1&amp;c"}
END
check $? "Slack's payload, byte for byte"
is_body 2 <<'END'
{"content": "ROUNDS CRITICAL \\- https\\://shop.example through 2026\\-03\\-08\\: 1 new, 1 escalated, 1 resolved\u000A\\+ crit watchdog/js/c\\: errors in 5.83 % of sessions, limit 1.80 % & \\<more\\>\u000A\\+ crit watchdog/a/b\\: was warn, it is worse\u000A\\- warn seocheck/link/p\\: resolved", "allowed_mentions": {"parse": []}}
END
check $? "Discord's payload, byte for byte"
"$BIN/rounds-statediff" --format json --names before,now before state | sed 's/^/  /' >diff.json
{
	printf '{\n  "diff": '
	sed '1s/^ *//; $s/$/,/' diff.json
	printf '  "link": null,\n  "schema": 1,\n  "site": "https://shop.example",\n  "status": "crit",\n  "through": "2026-03-08"\n}\n'
} >wanted
cmp -s asked/3.body wanted
check $? "the JSON payload is the diff of rounds-statediff with its envelope, byte for byte"
tr -d '\r' <asked/1.head | grep -v '^Content-Length\|^Accept-Encoding' >request
printf 'POST /ok/%s HTTP/1.1\nHost: 127.0.0.1:%s\nUser-Agent: rounds-notify/%s\nAccept: */*\nContent-Type: application/json\n' \
	"$token" "$(cat port)" "$("$BIN/rounds-notify" --version | sed 's/.* //')" >wanted
cmp -s request wanted
check $? "the request, line by line"
cp asked/1.body kept.1 && cp asked/2.body kept.2

send 0 -n && asked 0 && sed -n 1,2p out >shown && printf '%s\n' "$(cat kept.1)" "$(cat kept.2)" | cmp -s - shown
check $? "-n prints the messages and sends none"
send 0 -v && grep -q '^rounds-notify: confined: landlock=' err
check $? "-v says what the kernel enforces"
if grep -q 'landlock=[4-9]' err; then
	grep -q " write=none truncate=[a-z]* net=53,$(cat port),$(cat port),$(cat port) seccomp=yes\$" err
	check $? "no write, and the ports of its addresses alone"
else
	n=$((n + 1))
	echo "ok $n - no write, and the ports of its addresses alone # SKIP this kernel cannot confine to ports"
fi

# ---- who is told ----

configure "\"notify\": [ $(hook slack ok ', "min": "crit"'), $(hook json ok ', "min": "info"') ]"
state before '' "$(printf '"seocheck/link/p": %s' "$(finding warn 'gone')")"
state state "$(printf '"watchdog/i/j": %s' "$(finding info 'by the way')")" ''
send 0 && asked 1 && grep -q '"id": "watchdog/i/j"' asked/1.body
check $? "findings under a webhook's 'min' make no request of it"
state state '' "$(printf '"seocheck/link/p": %s' "$(finding warn 'gone')")"
ended before warn warn
send 0 && asked 0 && [ ! -s err ]
check $? "no transition, no request"
configure "\"notify\": [ $(hook slack ok ', "min": "crit"') ]"
ended state warn unknown
send 0 && asked 1 && is_body 1 <<'END'
{"text": "ROUNDS UNKNOWN - https://shop.example through 2026-03-08\u000A? seocheck: unknown, was warn"}
END
check $? "a tool that becomes unknown is told"
ended before warn unknown
send 0 && asked 0
check $? "one that stays unknown is not"
ended state warn ok
send 0 && asked 1 && is_body 1 <<'END'
{"text": "ROUNDS WARNING - https://shop.example through 2026-03-08\u000A? seocheck: ok, was unknown"}
END
check $? "one that gives a verdict again is"
ended state warn unknown
rm before/.run.json
send 0 && asked 1 && grep -q '? seocheck: unknown"' asked/1.body
check $? "without a memory of the run before, unknown is told"
printf '<<<<<<< x\n' >before/.run.json
send 0 && asked 1
check $? "a memory that is broken is none"
configure '"notify": []'
send 0 && asked 0
check $? "without a webhook nobody is told"

# ---- hostile text, and caps ----

ended before ok ok
ended state crit ok
state before '' ''
state state "$(printf '"watchdog/h/<!channel>": %s' "$(finding crit '@everyone \u0060x\u0060 *b* [l](http://e.example)\nnext <@U1> \u001b[31m \u202e')")" ''
configure "\"notify\": [ $(hook slack ok), $(hook discord ok) ]"
send 0 && is_body 1 <<'END'
{"text": "ROUNDS CRITICAL - https://shop.example through 2026-03-08: 1 new\u000A+ crit watchdog/h/&lt;!channel&gt;: @everyone `x` *b* [l](http://e.example)\\u{0A}next &lt;@U1&gt; \\u{1B}[31m \\u{202E}"}
END
check $? "in Slack hostile text is no mention, link or line of its own"
is_body 2 <<'END'
{"content": "ROUNDS CRITICAL \\- https\\://shop.example through 2026\\-03\\-08\\: 1 new\u000A\\+ crit watchdog/h/\\<!channel\\>\\: \\@everyone \\`x\\` \\*b\\* \\[l\\]\\(http\\://e.example\\)\\\\u{0A}next \\<\\@U1\\> \\\\u{1B}\\[31m \\\\u{202E}", "allowed_mentions": {"parse": []}}
END
check $? "nor is it in Discord"

# "watchdog/m/NN" with that message, from 01 to 12
many() {
	i=10
	while [ $i -lt 22 ]; do
		printf '%s"watchdog/m/%s": %s' "$([ $i -eq 10 ] || printf ,)" "$i" "$(finding crit "$1")"
		i=$((i + 1))
	done
}
state state "$(many short)" ''
configure "\"notify\": [ $(hook slack ok), $(hook slack ok ', "link": "https://git.example/"') ]"
send 0
lines_are_ten() {
	sed 's/\\u000A/\
/g' "asked/$1.body" >text && [ "$(grep -c '' text)" -eq 10 ]
}
lines_are_ten 1 && grep -q '^and 4 more"}$' text && grep -q 'm/17' text && ! grep -q 'm/18' text
check $? "of twelve findings a message shows eight and counts the rest: ten lines"
lines_are_ten 2 && grep -q '^and 5 more$' text && grep -q '^https://git.example/"}$' text
check $? "a link is one of them"
state state "$(many "$(printf '%0250d' 0 | tr 0 '<')")" ''
configure "\"notify\": [ $(hook slack ok), $(hook discord ok) ]"
send 0
characters() { # of the text in that request: JSON undone
	sed -e 's/^{"[a-z]*": "//' -e 's/"\(, "allowed.*\)\{0,1\}}$//' -e 's/\\u000A/N/g' -e 's/\\\(.\)/\1/g' "asked/$1.body" |
		tr -d '\n' | wc -c
}
[ "$(characters 1)" -le 3000 ] && [ "$(characters 1)" -gt 1900 ] && grep -q 'and 10 more' asked/1.body
check $? "at most 3,000 characters to Slack, whole lines"
[ "$(characters 2)" -le 2000 ] && [ "$(characters 2)" -gt 1400 ] && grep -q 'and 9 more' asked/2.body
check $? "at most 2,000 to Discord"

# ---- what goes wrong ----

state state "$(printf '"watchdog/a/b": %s' "$(finding crit 'bad')")" ''
configure "\"notify\": [ $(hook slack limit) ]"
send 0 && asked 2 && cmp -s asked/1.body asked/2.body
check $? "429 is asked again after what it wants"
configure "\"notify\": [ $(hook slack quota), $(hook discord away), $(hook json blame), $(hook slack dead), $(hook json big) ]"
send 3 && [ "$(wc -l <err)" -eq 4 ]
check $? "each failure is one line, and the next webhook is told all the same"
grep -q "^rounds-notify: cannot notify slack: 429, Retry-After 61 s is longer than the [0-9]* s left\$" err
check $? "a wait past what the run can be held up is not waited"
grep -q "^rounds-notify: cannot notify discord: 302 from '127.0.0.1': it leads elsewhere, which is not followed\$" err
check $? "a redirect is not followed"
grep -q "^rounds-notify: cannot notify json: 404 from '127.0.0.1': (its words hold a secret)\$" err
check $? "an answer that repeats the address is not repeated"
grep -q "^rounds-notify: cannot notify slack: tried 3 times: no answer from '127.0.0.1' (read): " err
check $? "a server that hangs up is tried three times"
[ "$(cat asked/*.head | grep -c '^POST /big/')" -eq 1 ] && ! grep -q 'notify json: .*large' err
check $? "1 MB of answer is not waited for, and no failure"
configure "\"notify\": [ $(hook slack open), $(hook json none), { \"type\": \"json\" }, $(hook slack ok) ]"
send 3 -q && asked 1
check $? "addresses that are missing or open to others stop no other webhook"
cat >wanted <<'END'
rounds-notify: cannot notify slack: plain http to '192.0.2.1' would show the secret to others; write https
rounds-notify: cannot notify json: environment variable 'HOOK_none' is not set
rounds-notify: cannot notify json: name its address with 'url_env' or 'url_file'
END
cmp -s err wanted
check $? "and are named, with -q too"
configure "\"notify\": [ $(hook slack slow) ]"
send 3 --timeout 1 && grep -q 'gave up after 1 s' err
check $? "who never answers holds nobody up"
printf '%s\n' "$at/ok/$token" >url && chmod 600 url
configure '"notify": [ { "type": "slack", "url_file": "url" } ]'
send 0 && asked 1
check $? "an address may be in a file"
chmod 644 url
send 3 && asked 0 && grep -q "cannot notify slack: cannot use 'url' as a secret: others may read it; chmod 600 it" err
check $? "that others may not read"
configure '"notify": [ { "type": "slak" } ]'
send 3 && grep -q "did you mean 'slack'" err
check $? "a configuration with a fault is refused"
printf '<<<<<<< x\n' >before/watchdog.json
configure "\"notify\": [ $(hook slack ok) ]"
send 3 && asked 0 && grep -q 'conflict markers' err
check $? "state that cannot be read is told to nobody"

# ---- pings ----

configure '"ping": { "url_env": "HOOK_ok" }'
run 0 ping start && asked 1 && [ ! -s asked/1.body ] && grep -q "^POST /ok/$token/start HTTP/1.1" asked/1.head
check $? "a ping says that a run begins"
{
	printf 'ROUNDS CRITICAL - 1 open\n'
	i=0
	while [ $i -lt 400 ]; do
		printf '%s a line of thirty characters\n' "$i"
		i=$((i + 1))
	done
} >report
run 0 ping 2 report && grep -q "^POST /ok/$token/2 HTTP/1.1" asked/1.head && grep -q '^Content-Type: text/plain' asked/1.head
check $? "and how it ended"
size=$(wc -c <asked/1.body)
[ "$size" -le 10000 ] && [ "$size" -gt 9960 ] && head -c "$size" report | cmp -s - asked/1.body &&
	[ "$(tail -c 1 asked/1.body)" = "" ]
check $? "with at most 10,000 bytes of whole lines of the report"
printf 'see %s/ok/%s\n' "$at" "$token" >report
run 3 ping 0 report && asked 1 && [ ! -s asked/1.body ]
check $? "a report with the address in it does not go"
run 3 ping 0 no-such-file && asked 1 && grep -q 'no-such-file' err
check $? "without its report the ping goes all the same"
run 3 ping end && asked 0 && grep -q "'end' is neither start nor an exit status" err
check $? "what is no exit status is not sent"
configure '"ping": { "url_env": "HOOK_query" }'
run 3 ping start && asked 0
check $? "an address that nothing can be added to is refused"
configure '"ping": { "url_env": "HOOK_down" }'
run 3 ping start && asked 3 && grep -q "^rounds-notify: cannot ping: tried 3 times: 500 from '127.0.0.1': oh\$" err
check $? "a ping is tried three times"
configure ''
run 0 ping start && asked 0 && [ ! -s err ]
check $? "without a switch there is no ping"

# ---- TLS ----

if ! command -v openssl >/dev/null; then
	n=$((n + 1))
	echo "ok $n - TLS # SKIP openssl is not installed"
else
	configure '"ping": { "url_env": "HOOK_tls" }'
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key.pem -out cert.pem \
		-subj /CN=localhost -addext 'subjectAltName=IP:127.0.0.1' 2>/dev/null
	mkfifo answer
	openssl s_server -accept 127.0.0.1:0 -naccept 2 -cert cert.pem -key key.pem <answer >tls 2>&1 &
	tls=$!
	exec 8>answer
	while ! grep -q ^ACCEPT tls; do sleep .1; done
	HOOK_tls=https://127.0.0.1:$(sed -n 's/^ACCEPT.*://p' tls)/tls/$token
	export HOOK_tls
	run 3 ping start && grep -q "^rounds-notify: cannot ping: no answer from '127.0.0.1' (tls): " err && ! grep -q POST tls
	check $? "a certificate that nobody vouches for is told nothing"
	printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' >&8
	export SSL_CERT_FILE=cert.pem
	run 0 ping start && grep -q "^POST /tls/$token/start HTTP/1.1" tls
	check $? "SSL_CERT_FILE is believed"
	exec 8>&-
fi
echo "1..$n"

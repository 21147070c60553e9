#!/bin/sh
# rounds-perfcheck fetch against tests/lib/psi-stub.pl, as TAP: good answers kept whole, failures recorded, what is
# neither named and not kept; tries again as asked; the key in no output, file or message; nothing written elsewhere.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C
work=$(mktemp -d) || exit 1
stub=
trap '[ -z "$stub" ] || kill "$stub" 2>/dev/null; rm -rf "$work"' EXIT
n=0
key='AIza+Sy/0123456789abcdef=' # with characters that a URL encodes
encoded='AIza%2BSy%2F0123456789abcdef%3D'

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out" "$work/err" | head -n 20
	fi
}

perl "$root/tests/lib/psi-stub.pl" "$work/port" "$work/asked" &
stub=$!
while [ ! -s "$work/port" ]; do sleep .1; done
at=http://127.0.0.1:$(cat "$work/port")

mkdir "$work/site"
printf '%s\n' "$key" >"$work/site/key"
chmod 600 "$work/site/key"

configure() { # members of perfcheck.fetch
	printf '{ "perfcheck": { "inputs": ["reports/lh"], "fetch": {\n"psi_url": "%s/psi", "crux_url": "%s/crux", %s } } }\n' \
		"$at" "$at" "$1" >"$work/site/rounds.json"
	rm -rf "$work/site/reports"
	: >"$work/asked"
}

fetch() { # exit status expected, arguments
	expected=$1
	shift
	(cd "$work/site" && "$BIN/rounds-perfcheck" fetch "$@") >"$work/out" 2>"$work/err"
	status=$?
	[ "$status" -eq "$expected" ]
}

files() { # pattern
	find "$work/site/reports/lh" -name "$1" 2>/dev/null | wc -l
}

tells_no_key() {
	! grep -rFq -e "$key" -e "$encoded" -e "$(printf %s "$key" | base64 | cut -c 1-32)" \
		"$work/out" "$work/err" "$work/site/reports" "$work/site/rounds.json"
}

pages() { # names
	for name in "$@"; do printf '"https://shop.example/%s",' "$name"; done | sed 's/,$//'
}

configure "\"urls\": [$(pages ok 'a?b=1&c#ok')], \"key_file\": \"key\""
fetch 0
check $? "two pages in two forms are asked for"
[ "$(files 'psi-*.json')" -eq 4 ] && [ "$(files '*')" -eq 5 ] && [ "$(wc -l <"$work/out")" -eq 4 ]
check $? "each answer is a file of its own, made in folders that were not there"
grep -q '^psi mobile https://shop.example/ok: psi-[0-9]*\.json$' "$work/out"
check $? "a line says which"
for file in "$work"/site/reports/lh/psi-*; do
	tail -n 1 "$file" | grep -qx '}' && grep -q '"kind": "pagespeedonline#result"' "$file"
done
check $? "the answer is kept whole"
grep -q "^GET /psi?url=https%3A%2F%2Fshop.example%2Fa%3Fb%3D1%26c%23ok&strategy=desktop&category=performance&category=accessibility&category=best-practices&category=seo&locale=en_US&key=$encoded " "$work/asked"
check $? "the question names page, form, all four categories, the language and the key"
tells_no_key
check $? "the key is in no output and no file"
# The score verb reads what was kept.
"$BIN/rounds-perfcheck" score "$work"/site/reports/lh >"$work/out" 2>"$work/err" && [ "$(wc -l <"$work/out")" -eq 4 ]
check $? "the tool itself can read what it kept"

configure "\"urls\": [$(pages busy down wrong quota html junk large away echo blame ok)], \"strategies\": [\"mobile\"], \"key_env\": \"PSI_KEY\""
start=$(date +%s)
PSI_KEY=$key fetch 3 -v
check $? "any failure is exit 3"
took=$(($(date +%s) - start))
grep -q '^psi mobile https://shop.example/busy: psi-' "$work/out" && [ "$(grep -c 'url=[^&]*busy&' "$work/asked")" -eq 3 ] &&
	[ "$took" -ge 4 ] && grep -q 'busy: .*again in 1 s' "$work/err"
check $? "429 is asked again, as late as Retry-After wants, and three times in all"
[ "$(grep -c 'url=[^&]*down&' "$work/asked")" -eq 3 ] && grep -lq '"url":"https://shop.example/down"' "$work"/site/reports/lh/err-*
check $? "500 three times is a recorded failure"
grep -h wrong "$work"/site/reports/lh/err-* | grep -q '^{"perfcheckError":1,"url":"https://shop.example/wrong","formFactor":"mobile","time":"2[0-9-]*T[0-9:.]*Z","code":"PSI_400","message":"FAILED_DOCUMENT_REQUEST of \\"page\\""}$'
check $? "so is an error that will not pass, at once, in its own words"
for page in wrong html junk large away; do grep -c "url=[^&]*$page&" "$work/asked"; done | grep -vx 1
[ $? -eq 1 ] && grep -q 'junk: it is no report' "$work/err" && grep -q 'large: no answer (read): Maximum file size' "$work/err"
check $? "it is asked for once, as is all that another try does not mend"
[ "$(grep -c 'url=[^&]*quota&' "$work/asked")" -eq 1 ] && grep -q 'quota: .*again in 3600 s' "$work/err"
check $? "nobody waits an hour for a quota"
grep -q 'html: it answered HTML' "$work/err" && grep -q 'away: it leads elsewhere (status 302)' "$work/err" &&
	! grep -rq 'log in' "$work/site/reports"
check $? "HTML and redirects are named, and not kept"
grep -q 'echo: the answer holds the key' "$work/err" && [ "$(files 'psi-*.json')" -eq 2 ]
check $? "an answer that repeats the key is not kept"
grep -q 'holds the key' "$work/err" && ! grep -lq blame "$work"/site/reports/lh/err-*
check $? "neither is an error that does"
grep -q '^rounds-perfcheck: 9 of 11 questions failed$' "$work/err"
check $? "the end counts them"
tells_no_key
check $? "the key from the environment is in no output, message or file"
grep -Eq 'confined: .*write=(reports/lh|any) .*net=(53,|any)' "$work/err"
check $? "what confines it is said"

configure "\"urls\": [$(pages cut)], \"strategies\": [\"mobile\"]"
start=$(date +%s)
fetch 0 && [ $(($(date +%s) - start)) -ge 5 ] && [ "$(files 'psi-*.json')" -eq 1 ] && [ "$(files '.*')" -eq 0 ]
check $? "an answer cut short is asked again after five seconds, without a key too"
! grep -q 'key=' "$work/asked"
check $? "without a key there is none in the question"

configure "\"urls\": [$(pages slow)], \"strategies\": [\"desktop\"], \"runs\": 2, \"psi_wait_s\": 3"
start=$(date +%s)
fetch 0 && [ $(($(date +%s) - start)) -ge 7 ] && [ "$(files 'psi-*.json')" -eq 2 ]
check $? "repeats of a page wait psi_wait_s after a slow answer"

configure "\"urls\": [$(pages ok none)], \"strategies\": [\"mobile\"], \"crux\": true, \"key_file\": \"key\", \"psi_wait_s\": 0"
fetch 0 --crux
check $? "--crux asks CrUX alone, and no data is no failure"
[ "$(files 'crux-*.json')" -eq 2 ] && [ "$(files 'psi-*.json')" -eq 0 ] &&
	grep -qx 'crux mobile https://shop.example/none: no data, too few visits' "$work/out"
check $? "the pages and their one origin are asked for"
grep -q '^POST /crux:queryHistoryRecord?key=[^ ]* {"url":"https://shop.example/ok","formFactor":"PHONE","collectionPeriodCount":25}$' "$work/asked" &&
	[ "$(grep -c '"origin":"https://shop.example"' "$work/asked")" -eq 1 ] && grep -qi '^content-type: application/json' "$work/asked"
check $? "the question is JSON, with the key in its address"
grep -q '^{"query":{"url":"https://shop.example/ok",' "$work"/site/reports/lh/crux-* && tells_no_key
check $? "an answer is kept with its question, without the key"

rm -f "$work/site/link"
ln -s key "$work/site/link"
printf 'short\n' >"$work/site/short"
chmod 600 "$work/site/short"
for file in link short absent; do
	configure "\"urls\": [$(pages ok)], \"key_file\": \"$file\""
	fetch 3 && [ ! -s "$work/asked" ] && [ ! -e "$work/site/reports" ]
	check $? "a key file that is $file is refused before anything is asked"
done
chmod 640 "$work/site/key"
configure "\"urls\": [$(pages ok)], \"key_file\": \"key\""
fetch 3 && grep -q 'chmod 600' "$work/err"
check $? "a key file that others can read is refused, with the remedy"
chmod 600 "$work/site/key"
configure "\"urls\": [$(pages ok)], \"key_env\": \"PSI_NO_SUCH_KEY\""
fetch 3 && grep -q "environment variable 'PSI_NO_SUCH_KEY' is not set" "$work/err"
check $? "so is a variable that is not set"
configure "\"urls\": [$(pages ok)]"
fetch 3 --crux && grep -q 'CrUX answers nobody without a key' "$work/err"
check $? "CrUX is not asked without a key"
configure '"urls": []'
fetch 3 && grep -q "no 'urls'" "$work/err"
check $? "no page is exit 3"
configure "\"urls\": [$(pages ok)], \"key_file\": \"key\""
sed 's|"psi_url": "http://127.0.0.1:[0-9]*|"psi_url": "http://192.0.2.1|' "$work/site/rounds.json" >"$work/site/rounds.new"
mv "$work/site/rounds.new" "$work/site/rounds.json"
fetch 3 && grep -q 'plain http is for loopback alone' "$work/err"
check $? "no key goes over an open line"
configure "\"urls\": [$(pages ok)], \"key_file\": \"key\""
fetch 0 -n && grep -qx 'would ask psi of https://shop.example/ok' "$work/out" && [ ! -s "$work/asked" ] && [ ! -e "$work/site/reports" ]
check $? "-n asks nothing and writes nothing"
configure "\"urls\": [$(pages ok)], \"key_file\": \"key\", \"into\": \"elsewhere\""
fetch 0 && [ "$(find "$work/site/elsewhere" -name 'psi-*' | wc -l)" -eq 2 ] && [ ! -e "$work/site/state" ] && [ ! -e "$work/site/reports" ]
check $? "it writes into fetch.into, and makes no state"
(cd "$work/site" && "$BIN/rounds-perfcheck" fetch >/dev/full 2>"$work/err")
[ $? -eq 3 ] && grep -q 'cannot write to stdout' "$work/err"
check $? "a full stdout is exit 3"
kill "$stub"
wait "$stub" 2>/dev/null
stub=
echo "1..$n"

#!/bin/sh
# The table of docs/bench.md. Called by `make bench`; everything it makes is in
# build/bench, whose inputs are kept. A peer that is absent is a row "not installed".
set -u
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 3
work=$root/build/bench
all_rounds=${ROUNDS:-5}
rounds=$all_rounds
watchdog=$BIN/rounds-watchdog
bandit=$BIN/rounds-bandit
seocheck=$BIN/rounds-seocheck
site='' crawl='' crawl_many='' run_first='' run_again='' # where nginx is
i18ncheck=$BIN/rounds-i18ncheck
mkdir -p "$work" && cd "$work" || exit 3

have() { command -v "$1" >/dev/null 2>&1; }

# Written once: FILE, then what writes it to stdout.
input() {
	[ -s "$1" ] && return 0
	file=$1
	shift
	"$@" >"$file.part" && mv "$file.part" "$file"
}

generate() { "$BENCH/generate" "$@"; }

# A site for crawlers behind nginx on loopback, with the worker_connections that it has by itself. It writes nothing but
# to web/, and goes with this script.
serve() {
	PATH=$PATH:/usr/sbin:/usr/local/sbin
	have nginx || return 0
	port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport')
	rm -rf web
	mkdir -p web/site || return 1
	(cd web/site && awk -v base="http://127.0.0.1:$port" -f "$root/tests/bench/site.awk") || return 1
	awk -v base="http://127.0.0.1:$port" 'BEGIN {
		print "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
		for (i = 0; i < 950; i++) long = long "x"
		for (i = 0; i < 50000; i++)
			printf "<url><loc>%s/%d/%s</loc><lastmod>2026-02-%02dT%02d:00:00Z</lastmod></url>\n", base, i, long, 1 + i % 28, i % 24
		print "</urlset>"
	}' >web/site/large.xml || return 1
	cat >web/nginx.conf <<END
daemon off;
pid nginx.pid;
events {}
http {
    types { text/html html; text/xml xml; text/plain txt; }
    access_log off;
$(for module in client_body proxy fastcgi uwsgi scgi; do
	nginx -V 2>&1 | grep -q -- "--without-http_${module}_module" || echo "    ${module}_temp_path $module;"
done)
    server { listen 127.0.0.1:$port; root site; }
}
END
	cat >web/rounds.json <<END
{ "site": "http://127.0.0.1:$port/", "seocheck": { "crawl": { "max_pages": 5000, "connections": 64 } } }
END
	for folder in first again; do
		mkdir web/$folder || return 1
		sed 's/, "connections": 64//' web/rounds.json >web/$folder/rounds.json
	done
	nginx -e error.log -p "$work/web/" -c "$work/web/nginx.conf" >web/said 2>&1 &
	server=$!
	trap 'kill "$server"; wait "$server"' EXIT
	site=http://127.0.0.1:$port/
	sleep 1
}

# A folder for a run of the watchdog: NAME TYPE-AND-PATH.
config() {
	mkdir -p "$1"
	cat >"$1/rounds.json" <<END
{ "site": "https://shop.example", "timezone": "UTC", "as_of": "2026-03-02",
  "sources": { "events": { $2 } },
  "watchdog": { "source": "events", "top": { "page": ${3:-10}, "browser": ${3:-5}, "release": ${3:-5} } } }
END
}

# One of the bandit: NAME REWARD.
experiment() {
	mkdir -p "$1"
	cat >"$1/rounds.json" <<END
{ "site": "https://shop.example", "timezone": "UTC", "as_of": "2026-03-02",
  "sources": { "events": { "type": "jsonl", "preset": "posthog", "path": "../arms.jsonl" } },
  "bandit": { "experiments": { "cta": { "arms": ["control", "b"], "reward": $2 } } } }
END
}

posthog='"type": "jsonl", "preset": "posthog", "fields": { "results": "/properties/results" },
    "events": { "search": ["search"], "form_start": ["form started"],
      "form_submit": ["form submitted"], "checkout_start": ["checkout started"],
      "checkout_done": ["order completed"] }'

many_files() {
	[ -s many/499.jsonl.gz ] && return 0
	mkdir -p many
	for i in $(seq 0 499); do
		generate short 1000000 10000000 $((i * 20000)) $((i * 20000 + 20000)) |
			gzip -1 >"many/$(printf '%03d' "$i").jsonl.gz" || return 1
	done
}

source_code() {
	[ -s code/src/2999.tsx ] && return 0
	mkdir -p code/src && (cd code && awk -f "$root/tests/bench/source_code.awk")
}

catalogs() {
	[ -s catalogs/po/hu/LC_MESSAGES/part07.po ] && return 0
	mkdir -p catalogs/json
	for locale in de nl sv da nb 'fi' es it pt el tr hu; do mkdir -p "catalogs/po/$locale/LC_MESSAGES"; done
	awk -v to=catalogs -f "$root/tests/bench/catalogs.awk"
	cat >catalogs/rounds.json <<'END'
{ "i18ncheck": { "sets": [ { "name": "web", "format": "json", "syntax": "i18next", "source": "en",
  "pattern": "json/{locale}.json" } ] } }
END
}

inputs() {
	source_code && catalogs || return 1
	input events.jsonl generate events 18000 175000 0 175000
	input events.jsonl.gz gzip -c events.jsonl
	input access.log generate log 30000 300000 0 300000
	many_files
	input many.jsonl.gz cat many/*.jsonl.gz
	input arms.jsonl generate arms 200000 1000000 0 1000000
	input wide.jsonl generate wide 400 127 0 126
	input wide-last.jsonl generate wide 400 127 117 127
	serve || return 1
	experiment conversion '{ "type": "conversion", "event": "order completed" }'
	experiment duration '{ "type": "duration" }'
	config plain "$posthog, \"path\": \"../events.jsonl\""
	config packed "$posthog, \"path\": \"../events.jsonl.gz\""
	config log '"type": "access_log", "path": "../access.log", "format": "combined"'
	config many "$posthog, \"path\": \"*.jsonl.gz\""
	config many1 "$posthog, \"path\": \"../many.jsonl.gz\""
	config wide "$posthog, \"path\": \"../wide.jsonl\"" 21
	config wide-last "$posthog, \"path\": \"../wide-last.jsonl\"" 21
	rm -rf wide/state shop
	mkdir shop
	"$watchdog" -q --fail-on never -c wide/rounds.json --as-of 2026-03-01 >/dev/null &&
		"$watchdog" -q --fail-on never -c "$root/examples/shop/rounds.json" -s shop \
			--as-of 2026-11-14 >/dev/null
}

# The peers: their commands, empty where they are not installed.
peers() {
	file=events.jsonl
	jq='' jq_pairs='' duckdb='' duckdb_cells='' goaccess='' simdjson=''
	jq_name=jq duckdb_name='DuckDB, 1 thread' goaccess_name=GoAccess simdjson_name='simdjson on-demand'
	jansson_name="jansson $(pkg-config --modversion jansson)"
	wget='' linkinator='' linkinator_again=''
	linkinator_name=linkinator wget_name='wget --spider -r'
	if [ -n "$site" ]; then
		crawl="'$seocheck' crawl $site --max-pages 5000 --fail-on never --as-of 2026-03-01"
		run_first="rm -rf web/first/state && '$seocheck' -q -c web/first/rounds.json --fail-on never --as-of 2026-03-01"
		run_again="'$seocheck' -q -c web/again/rounds.json --fail-on never --as-of 2026-03-01"
		crawl_many="'$seocheck' -n -q -c web/rounds.json --fail-on never --as-of 2026-03-01"
		if have wget; then
			# what it says goes to stderr; 8 is a broken link
			wget="wget --spider -r -l inf -nd -nv -P web/wget $site 2>&1 || [ \$? = 8 ]"
			wget_name="$(wget --version | sed 's/GNU Wget \([0-9.]*\).*/wget \1/; q') --spider -r"
		fi
		if [ -x node_modules/.bin/linkinator ]; then
			linkinator="node_modules/.bin/linkinator $site --recurse --format csv 2>&1 || [ \$? = 1 ]"
			linkinator_again="node_modules/.bin/linkinator $site --recurse --retry-errors --format csv 2>&1 || [ \$? = 1 ]"
			linkinator_name="linkinator $(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/linkinator/package.json)"
		fi
	fi
	lingual=${I18N_CHECK:-$(command -v i18n-check)} msgfmt='' lingual_name='@lingual/i18n-check' msgfmt_name='msgfmt -c'
	if [ -n "$lingual" ]; then
		lingual_name="$lingual_name $("$lingual" --version)"
		lingual="'$lingual' -l catalogs/json -s en -f i18next 2>&1 || [ \$? = 1 ]"
	fi
	if have msgfmt; then
		msgfmt_name="msgfmt -c a file, $(msgfmt --version | sed 's/.* //; q')"
		# shellcheck disable=SC2016 # for the shell that runs it
		msgfmt='for f in catalogs/po/*/LC_MESSAGES/*.po; do msgfmt -c -o /dev/null "$f" 2>&1; done'
	fi
	if have jq; then
		jq="jq -r .event $file | sort | uniq -c"
		jq_pairs='jq -c "[.event,.timestamp]" arms.jsonl'
		jq_name=$(jq --version)
	fi
	if have goaccess; then
		goaccess='goaccess access.log --log-format=COMBINED --no-global-config --no-progress -o goaccess.json >/dev/null 2>&1; cat goaccess.json'
		goaccess_name=$(goaccess --version | sed 's/ - / /; s/\.$//; q')
	fi
	if [ -d node_modules/@duckdb/node-api ] && have node; then
		cp "$root/tests/bench/duckdb.mjs" .
		duckdb="node duckdb.mjs $file names" duckdb_cells="node duckdb.mjs $file cells"
		duckdb_name="DuckDB $(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/@duckdb/node-api/package.json), 1 thread"
	fi
	if have c++ && pkg-config --exists simdjson; then
		# shellcheck disable=SC2046 # flags are words
		c++ -O3 -march=native -o simdjson "$root/tests/bench/simdjson.cc" $(pkg-config --cflags --libs simdjson) &&
			simdjson="./simdjson $file" simdjson_name="simdjson $(pkg-config --modversion simdjson) on-demand"
	fi
}

# 64 jobs for rounds-supervise, and for run-all.sh five tools with states and reports of 100 kB that only say theirs.
orchestra() {
	rm -rf all
	mkdir -p all/bin all/state || return 1
	seq 64 | sed "s|.*|true&\t60\t1\t0\t0\t0\t$work/all/out\t$work/all/err\t$work/all/record\t-\t/bin/true|" >all/plan
	for tool in watchdog bandit perfcheck seocheck i18ncheck; do
		awk -v tool=$tool -v to=all -f "$root/tests/bench/findings.awk" || return 1
		printf '#!/bin/sh\nexec cat "%s"\n' "$work/all/$tool.report" >"all/bin/rounds-$tool"
	done
	chmod +x all/bin/rounds-*
	for program in report supervise; do ln -s "$BIN/rounds-$program" "all/bin/rounds-$program" || return 1; done
	# the same tools, each of which moves its state: a finding rises, or eases again
	cp -R all/bin all/moving || return 1
	for tool in watchdog bandit perfcheck seocheck i18ncheck; do
		cp "all/state/$tool.json" "all/$tool.eased" &&
			sed '/page\/001"/s/"warn"/"crit"/' "all/$tool.eased" >"all/$tool.risen" || return 1
		cat >"all/moving/rounds-$tool" <<END
#!/bin/sh
[ "\$1" != show ] || exec cat "$work/all/$tool.report"
if [ -f "$work/all/$tool.up" ]; then to=eased && rm "$work/all/$tool.up"; else to=risen && : >"$work/all/$tool.up"; fi
cat "$work/all/$tool.\$to" >"$work/all/state/$tool.json"
exec cat "$work/all/$tool.report"
END
	done
	echo '{ "watchdog": {}, "bandit": { "experiments": {} }, "perfcheck": {}, "seocheck": {}, "i18ncheck": { "sets": [] } }' >all/rounds.json
}

orchestrating() {
	orchestra || return 1
	# shellcheck disable=SC2016 # for the shell that runs it
	echo 'i=0; while [ $((i += 1)) -le 64 ]; do /bin/true; done' >all/loop.sh
	# shellcheck disable=SC2016 # likewise
	compare '64 jobs of /bin/true' 64 jobs \
		'rounds-supervise run -j 1' "'$BIN/rounds-supervise' run -j 1 all/plan && cat all/record" \
		'echo "$(cut -f 1 all/record) recorded, what they leave ended"' '' \
		'sh, one after the other: at least a third' 'sh all/loop.sh' 'echo started' '>= 0.33 of CPU'
	compare 'five states of 100 kB, five tools that do nothing' 1 run \
		'all of run-all.sh but the tools' "ROUNDS_BIN=$work/all/bin '$root/run-all.sh' -c all/rounds.json" \
		'sed "1s/ |.*//; q"' '<= 0.15 s, <= 16 MiB' \
		'the same on a day that moves all five' "ROUNDS_BIN=$work/all/moving '$root/run-all.sh' -c all/rounds.json" \
		'sed "1s/ |.*//; q"' '<= 0.15 s, <= 16 MiB'
}

run_of() { printf "'%s' -n --format json -c %s/rounds.json" "$watchdog" "$1"; }
round_of() { printf "'%s' -n --format json -c %s/rounds.json" "$bandit" "$1"; }
counted='sed -n "s/.*\"units\": \[\([0-9]*\), \([0-9]*\)\].*/\1 and \2 sessions of a closed day/p"'
read_by='sed -n "s/.*\"read\": \([1-9][0-9]*\),*/\1 rows read, sessions counted in all cells/p"'
judged='sed -n "1s/.*judged=\([0-9]*\).*/\1 cells judged/p"'
crawled="awk 'NR == 1 { pages = \$1 } / link-broken/ { n++ } END { print pages \" pages, \" n + 0 \" broken\" }'"
answered="awk -F, '\$2 ~ /^200/ { n++ } \$3 == \"BROKEN\" { bad++ } END { print n + 0 \" answers, \" bad + 0 \" broken\" }'"
looked='sed -n "1s/.* pages=\([0-9]*\) .* broken=\([0-9]*\) .*/\1 pages, \2 broken/p"'
twenty=$(seq 250 269 | sed 's|.*|a&=&/5000|' | tr '\n' ' ')
compare() { "$BENCH/compare" "$rounds" "$@"; }
megabytes() { echo "$(($(wc -c <"$1") / 1000000))"; }

crawling() {
	compare '2,000 pages of 10 KB, 40 links each' 2000 pages \
		'seocheck crawl' "$crawl" "$crawled" '<= 32 MiB' \
		'seocheck -n, 64 connections' "$crawl_many" "$looked" '<= 32 MiB' \
		"$wget_name" "$wget" "awk '/ URL:http/ { n++ } /^Found [0-9]* broken/ { bad = \$2 } END { print n + 0 \" answers, \" bad + 0 \" broken\" }'" '>= 1.5' \
		"$linkinator_name" "$linkinator" "$answered" '>= 10' \
		"$linkinator_name --retry-errors" "$linkinator_again" "$answered" '>= 10'
	# the rounds that are dropped make the state of the one and fill its cache
	compare 'the same, state kept, nothing changed' 2000 pages \
		'seocheck run, the same day again: 304s' "$run_again" "$looked" '' \
		'seocheck run, the first time' "$run_first" "$looked" '>= 8'
}

reading_sitemaps() {
	[ -n "$site" ] || return 0
	compare "a sitemap of 50,000 URLs, $(megabytes web/site/large.xml) MB" "$(megabytes web/site/large.xml)" MB \
		'seocheck sitemap FILE' "'$seocheck' sitemap web/site/large.xml --as-of 2026-03-01" cat '<= 32 MiB' \
		'seocheck sitemap URL' "'$seocheck' sitemap ${site}large.xml --as-of 2026-03-01" cat '<= 32 MiB'
}

# What grep is given is the part of the pattern that finds calls.
usage() {
	compare '3,000 files of TypeScript, 17 MB' 17 MB \
		'i18ncheck usage' "'$i18ncheck' usage --fail-on never --src code/src --catalog code/en.json" 'sed 1q' '>= 100 MB/s' \
		"$(grep --version | sed q) -rP" "grep -rP '(?<![\\w\$.])(?:(?:this|props)\\.)?(?:\\\$?t|t[ce]|i18n\\.t|i18next\\.t|translate)\\(' code/src" \
		"awk 'END { print NR \" lines\" }'" '>= 1'
}

linting() {
	# one check and key of several locales is one line
	said="awk '{ sub(/: (lacks|is) .*/, \"\"); n[\$2] += gsub(/, /, \"\") + 1 } END { print n[\"placeholder-missing\"] + 0 \" lost placeholders, \" n[\"same-as-source\"] + 0 \" copies\" }'"
	compare '60 locales of 3,000 messages, JSON' 180 'k messages' \
		'i18ncheck run, the first time: at most 0.3 s of CPU' \
		"rm -rf catalogs/state && '$i18ncheck' -c catalogs/rounds.json --fail-on never --as-of 2026-03-01" \
		'sed "1s/ |.*//; q"' '<= 16 MiB'
	compare '60 locales of 3,000 messages, JSON' 180 'k messages' \
		'i18ncheck lint' "'$i18ncheck' lint catalogs/json --source en --syntax i18next --fail-on never" "$said" '<= 16 MiB' \
		"$lingual_name" "$lingual" "awk '/ key[0-9]|page[0-9]/ { n++ } END { print n + 0 \" lost placeholders\" }'" '>= 4'
	compare '100 PO files of 3,000 entries' 300 'k entries' \
		'i18ncheck lint' "'$i18ncheck' lint catalogs/po --source en --syntax none --fail-on never" "$said" '' \
		"$msgfmt_name" "$msgfmt" "awk '/number of format spec|format spec/ { n++ } END { print n + 0 \" lost placeholders\" }'" '>= 3'
}

table() {
	echo '| input | what | wall s | CPU s | peak MiB | rate | ratio | aim | what it did |'
	echo '|---|---|---|---|---|---|---|---|---|'
	compare "175,000 events, $(megabytes events.jsonl) MB" "$(megabytes events.jsonl)" MB \
		'scanner, 10 fields' "'$BENCH/scanner' events.jsonl" cat '>= 1000 MB/s' \
		"$jansson_name, a tree a line" "'$BENCH/jansson' events.jsonl" cat '>= 12' \
		"$simdjson_name" "$simdjson" cat ''
	compare 'the same' "$(megabytes events.jsonl)" MB \
		'watchdog -n' "$(run_of plain)" "$read_by" '' \
		"$jq_name \\| sort \\| uniq -c" "$jq" "awk '{ n += \$1 } END { print n \" rows, \" NR \" names counted\" }'" '>= 10' \
		"$duckdb_name" "$duckdb" "awk '{ n += \$NF } END { print n \" rows, \" NR \" names counted\" }'" '>= 3' \
		"$duckdb_name, sessions by cell" "$duckdb_cells" "awk 'END { print NR \" counts of sessions, raw pages\" }'" ''
	compare 'the same, .gz' "$(megabytes events.jsonl)" MB \
		'watchdog -n' "$(run_of packed)" "$read_by" '' \
		"zcat, $(gzip --version | sed q)" 'zcat events.jsonl.gz >/dev/null' 'echo decompressed' '>= 0.9'
	compare '300,000 lines of access log' 0.3 'M rows' \
		'watchdog -n' "$(run_of log)" "$read_by" '' \
		"$goaccess_name" "$goaccess" "sed 's/.*\"valid_requests\": *\([0-9]*\).*/\1 rows, all panels/; q'" '>= 10'
	compare "1 M events of 200,000 sessions, $(megabytes arms.jsonl) MB" 1 'M rows' \
		'bandit -n, conversion' "$(round_of conversion)" "$counted" '<= 25.2 MiB' \
		'bandit -n, duration: every event counts' "$(round_of duration)" "$counted" '<= 25.2 MiB' \
		"$jq_name -c '[.event,.timestamp]'" "$jq_pairs" "awk 'END { print NR \" pairs\" }'" '>= 3'
	for pair in 'a=500/10000 b=530/10000' 'a=50000000/1e9 b=50001000/1e9'; do
		compare "P(best) of $pair" 1 comparison \
			'its integral' "'$BENCH/bandit_best' integral $pair" "'$BENCH/bandit_best' error $pair" '' \
			"1e6 rounds of gsl_ran_beta, GSL $(pkg-config --modversion gsl)" "'$BENCH/bandit_best' draws $pair" "'$BENCH/bandit_best' error $pair" '>= 20'
		compare 'the same, 1000 times' 1000 comparisons \
			'its integral' "'$BENCH/bandit_best' repeat $pair" "'$BENCH/bandit_best' error $pair" '>= 1000 comparisons/s'
	done
	compare '20 arms of 5000' 1 comparison \
		'all of eval, and lifts' "'$BENCH/bandit_best' all $twenty" cat '<= 0.1 s'
	# two rounds: a bound on memory and not a ratio, and most of the minutes
	rounds=2
	compare '10 M events, 1 M sessions, .gz, 2 rounds' 10 'M rows' \
		'watchdog -n, 1 file' "$(run_of many1)" "$read_by" '<= 64 MiB' \
		'watchdog -n, 500 files' "$(run_of many)" "$read_by" '<= 64 MiB'
	rounds=$all_rounds
	crawling
	"$root/tests/bench/perfcheck.sh"
	reading_sitemaps
	usage
	linting
	orchestrating
	compare 'the shop, a day more' 1 day \
		'watchdog -n' "'$watchdog' -n -c '$root/examples/shop/rounds.json' -s shop" "$judged" '<= 0.05 s'
	compare "history of 126 days, $(wc -l <wide/state/history/watchdog.tsv) rows" 1 day \
		'watchdog -n' "'$watchdog' -n -c wide-last/rounds.json -s wide/state" "$judged" '<= 1.5 s'
}

inputs && peers || exit 3
printf '%s, %s, %s rounds, median (least-most)\n\n' "$(sed -n 's/^model name.*: //p;' /proc/cpuinfo | sed q)" "$(uname -srm)" "$rounds"
table

# No peer: what extraction adds to the parser that it runs on.
printf '\nseocheck, extraction of the HTML in /usr/share/doc: '
find -L /usr/share/doc -type f -name '*.html' -size +0 -size -1000k | sort | head -n 500 | xargs "$BENCH/seocheck_extract"

#!/bin/sh
# rounds-seocheck on a small site with planted faults behind a real nginx, as TAP: the live site, its folder and its
# saved crawl are said to have the same faults; connections, a second run and calm days change no byte that matters; a
# site that is down takes nothing back; no redirect leads to a private address; nothing outside state/ is written.
# nginx runs as the current user on 127.0.0.1, with everything it writes in a folder of the test.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
bind=0.0.0.0 # free on all addresses
# shellcheck source=tests/lib/nginx.sh
. "$root/tests/lib/nginx.sh"

same() { # file, file, sentence; a cache is one of its configuration
	diff -r -x crawl.bin "$1" "$2" >"$work/out/differs" 2>&1
	check $? "$3"
	sed 's/^/# /' "$work/out/differs" | head -n 20
}

has() { # file, pattern, sentence
	grep -q -e "$2" "$1"
	check $? "$3"
}

lacks() { # file, pattern, sentence
	! grep -e "$2" "$1" >"$work/out/differs"
	check $? "$3"
	sed 's/^/# /' "$work/out/differs" | head -n 20
}

site=http://127.0.0.1:$port
folder=$work/site

# --- The site: 60 clean pages, each linked from the start and from its neighbours, and the faults.

page() { # path, title, body
	mkdir -p "$(dirname "$folder/$1")"
	cat >"$folder/$1" <<END
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8">${2:+<title>$2</title>}
<meta name="description" content="All there is to say in this place on the page that has the name ${1%.html}, and not a word more.">
</head>
<body><main><h1>The page named ${1%.html}</h1>
$3
</main></body>
</html>
END
}

topics='amber birch cedar dune ember fjord gorse heath iris jade kelp larch maple nettle oak pine quartz reed sage thyme'
chapters='care origin prices'

words() { # 60 words that no other page has in this order
	awk -v seed="$1" 'BEGIN {
		for (i = 1; i <= length(seed); i++) x = (x * 31 + ord(substr(seed, i, 1))) % 65521
		for (i = 0; i < 60; i++) { x = (x * 75 + 74) % 65537; printf "w%s ", name(x) }
		print ""
	}
	function ord(c) { return index("abcdefghijklmnopqrstuvwxyz/", c) }
	function name(v, text) { for (; v > 0; v = int(v / 26)) text = text sprintf("%c", 97 + v % 26); return text }'
}

link() { echo "<a href=\"$1\">to $1</a>"; }

make_site() {
	hub=
	day=10
	before=amber/care
	echo '<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' >"$work/sitemap"
	entry / 2026-01-01
	for topic in $topics; do
		for chapter in $chapters; do
			path=$topic/$chapter
			page "$path.html" "On $topic, its $chapter and what else there is to it" \
				"<p>$(words "$path")</p>$(link "/$before") $(link /)"
			before=$path
			hub="$hub$(link "/$path")
"
			entry "/$path" "2026-01-$day"
			day=$(((day + 7) % 20 + 10))
		done
	done
	page index.html 'The start page of a site about things that grow' "<p>$(words start)</p>$hub$(link /faults/)"
	plant
	echo '</urlset>' >>"$work/sitemap"
	mv "$work/sitemap" "$folder/sitemap.xml"
	printf 'User-agent: *\nDisallow: /private/\nSitemap: %s/sitemap.xml\n' "$site" >"$folder/robots.txt"
}

entry() { echo "<url><loc>$site$1</loc><lastmod>$2</lastmod></url>" >>"$work/sitemap"; }

plant() {
	page faults/index.html 'What is wrong here, one link for each of the faults' \
		"<p>$(words faults)</p>$(link /no-such-page) $(link /untitled) $(link /twin-one) $(link /twin-two) $(link /unlisted)"
	page untitled.html '' "<p>$(words untitled)</p>$(link /no-such-page)"
	page twin-one.html 'One and the same title stands on two pages here' "<p>$(words one)</p>"
	page twin-two.html 'One and the same title stands on two pages here' "<p>$(words two)</p>"
	page unlisted.html 'A page that was forgotten when the sitemap was made' "<p>$(words unlisted)</p>"
	page orphan.html 'A page that the sitemap has and that nobody links' "<p>$(words orphan)</p>"
	entry /faults/ 2026-01-02
	entry /untitled 2026-01-03
	entry /twin-one 2026-01-04
	entry /twin-two 2026-01-05
	entry /orphan 2026-01-06
	entry /vanished 2026-01-07
	# Not below the folder, for no redirect is: where the test of the guard begins.
	mkdir "$work/inside"
	folder=$work/inside page guard.html 'Where the redirects begin that lead to places inside' \
		"<p>$(words guard)</p>$(link /to-link-local) $(link /to-private) $(link /to-decimal) $(link /to-loopback)
		$(link "http://127.0.0.2:$port/direct") $(link "http://2130706434:$port/decimal")"
}

mkdir "$folder" "$work/out"
cat >"$work/out/planted" <<'END'
link-broken: /no-such-page used by 2 pages, answers 404
page-not-listed: /unlisted
sitemap-orphan: /orphan
sitemap-status: /vanished in a sitemap, answers 404
title-duplicate: @[0-9a-f]* same title on 2 pages
title-missing: /untitled has no title
END

# The saved crawl: a record for each file, by its address, and for what is not there.
save() {
	(cd "$folder" && find . -type f) | sort | awk -v site="$site" '
	{
		path = substr($0, 2)
		type = path ~ /html$/ ? "text/html" : path ~ /xml$/ ? "text/xml" : "text/plain"
		address = path
		sub(/index\.html$/, "", address)
		sub(/\.html$/, "", address)
		printf "{\"url\": \"%s%s\", \"status\": 200, \"headers\": {\"content-type\": \"%s\"}, \"body_file\": \"site%s\"}\n",
			site, address, type, path
	}'
	for path in no-such-page vanished rounds-seocheck-no-such-page-7f3a \
		$(for segment in $topics faults; do echo "$segment/rounds-seocheck-no-such-page-7f3a"; done); do
		echo "{\"url\": \"$site/$path\", \"status\": 404, \"headers\": {\"content-type\": \"text/html\"}}"
	done
}

config() { # name, crawl keys
	mkdir -p "$work/$1"
	cat >"$work/$1/rounds.json" <<END
{ "site": "$site/", "timezone": "UTC", "seocheck": { "crawl": { $2 } } }
END
}

serve() {
	nginx_start "$work/out"
	check $? "nginx serves the site"
}

round() { # folder, day: its exit status
	"$BIN/rounds-seocheck" run -q -c "$work/$1/rounds.json" --as-of "$2" >"$work/out/$1.said" 2>"$work/out/$1.err"
	status=$?
	sed 's/^/# /' "$work/out/$1.err"
	return $status
}

measured() { # status, sentence: ran, whatever it found
	[ "$1" -lt 3 ]
	check $? "$2"
}

# Findings as lines without their places and their age.
bare() {
	sed -n "s|, new, |, |; s|, new\$||; s|, $site.*\$||; s|^\([a-z]*\) seocheck/\([a-z0-9-]*\)[^:]*: |\1 \2: |
		/^\(info\|warn\|crit\) /p" "$1" | sort
}

contents() { # of all files but the states and what the test itself writes down
	(cd "$work" && find . \( -name state -o -name out \) -prune -o -type f -exec cksum {} + | sort -k 3)
}

make_site
save >"$work/crawl.jsonl"
nginx_conf "$work/out" >"$work/nginx.conf" <<END
    types { text/html html; text/xml xml; text/plain txt; }
    access_log off;
    root $folder;
    server {
        listen 127.0.0.1:$port;
        location / { try_files \$uri \$uri.html \$uri/index.html =404; }
        location = /guard { root $work/inside; try_files /guard.html =404; }
        location = /to-link-local { return 302 http://169.254.1.1/; }
        location = /to-private { return 301 http://10.0.0.1/; }
        location = /to-decimal { return 302 http://2130706434:$port/decimal; }
        location = /to-loopback { return 302 http://127.0.0.2:$port/; }
    }
    server {
        listen 127.0.0.2:$port;
        access_log $work/out/inside.log;
        location / { return 200 "inside\n"; }
    }
END
config one '"connections": 1, "rate": 0'
config many '"connections": 64, "rate": 0'
config saved '"jsonl": "../crawl.jsonl"'
config guard '"start": ["/guard"]'
contents >"$work/out/before"
serve

# --- One site, three ways to read it.

"$BIN/rounds-seocheck" crawl "$site/" --rate 0 --as-of 2026-03-01 >"$work/out/live" 2>"$work/out/live.err"
measured $? "crawl URL"
"$BIN/rounds-seocheck" crawl "$folder" --base "$site/" --as-of 2026-03-01 >"$work/out/folder" 2>"$work/out/folder.err"
measured $? "crawl FOLDER --base URL"
round saved 2026-03-01
measured $? "run, crawl.jsonl"
cp "$work/out/saved.said" "$work/out/saved"
for way in live folder saved; do
	bare "$work/out/$way" >"$work/out/$way.bare"
	while read -r fault; do
		has "$work/out/$way.bare" "^warn $fault" "$way: $fault"
	done <"$work/out/planted"
done
# A folder declares its pages as routes, which the other two know nothing of.
grep -v '^[a-z]* route-' "$work/out/folder.bare" >"$work/out/folder.shared"
same "$work/out/live.bare" "$work/out/folder.shared" "the folder has the findings of the live site"
same "$work/out/live.bare" "$work/out/saved.bare" "the saved crawl has the findings of the live site"

# --- What may not change a byte.

round one 2026-03-01
measured $? "run, 1 connection"
round many 2026-03-01
measured $? "run, 64 connections"
same "$work/one/state" "$work/many/state" "1 and 64 connections give the same state"
bare "$work/out/one.said" >"$work/out/one.bare"
same "$work/out/live.bare" "$work/out/one.bare" "run has the findings of crawl"
cp -R "$work/many/state" "$work/out/first"
round many 2026-03-01
same "$work/out/first" "$work/many/state" "a second run on the same day changes no byte"
for day in 2 3 4; do
	round many 2026-03-0$day
	measured $? "a calm day, the $day."
	sed "s/^  \"through\": \"2026-03-01\"/  \"through\": \"2026-03-0$day\"/" \
		"$work/out/first/seocheck.json" >"$work/out/expected"
	same "$work/out/expected" "$work/many/state/seocheck.json" "a calm day moves only through, the $day."
done

# --- A crawl that takes long: 65 pages and 22 probes at 20 a second, in 4 seconds.

"$BIN/rounds-seocheck" crawl "$site/" --rate 20 --timeout 4 --as-of 2026-03-01 >"$work/out/slow" 2>"$work/out/slow.err"
check $(($? != 3)) "--timeout ends a crawl that takes longer"
has "$work/out/slow.err" '^rounds-seocheck: the crawl takes 3 s or more, and --timeout is 4 s: raise it' "it was told at the start"
lacks "$work/out/live.err" . "a crawl that does not take long is quiet"

# --- A site that does not answer.

cp -R "$work/many/state" "$work/out/calm"
nginx_stop
round many 2026-03-05
check $(($? != 2)) "a site that is down is critical"
has "$work/out/many.said" '^crit seocheck/site-down/: ' "site-down says so"
sed -n 's/^    "\(seocheck[^"]*\)".*/\1/p' "$work/out/calm/seocheck.json" >"$work/out/open"
sed -n 's/^    "\(seocheck[^"]*\)".*/\1/p' "$work/many/state/seocheck.json" |
	grep -v '/site-down/\|/robots-unreachable/' >"$work/out/still"
same "$work/out/open" "$work/out/still" "a site that is down closes no finding and opens no other"
for when in out/calm many/state; do # the class says that nobody looked, and the start page was
	cut -f 1,3- "$work/$when/history/seocheck.tsv" | grep -v '^/	' >"$work/out/rows.${when%/*}"
done
same "$work/out/rows.out" "$work/out/rows.many" "a site that is down leaves what is known of its pages alone"
serve
round many 2026-03-06
measured $? "the site is back"
sed 's/^  "through": "2026-03-04"/  "through": "2026-03-06"/' "$work/out/calm/seocheck.json" >"$work/out/expected"
same "$work/out/expected" "$work/many/state/seocheck.json" "the state is what it was before"

# --- Redirects and links to places inside.

"$BIN/rounds-seocheck" run -q -c "$work/guard/rounds.json" --as-of 2026-03-01 --format json >"$work/out/guard.said"
measured $? "run, with redirects to private addresses"
awk '/"unverifiable"/ { on = 1 } on && /"class"/ { class = $2 } on && /"url"/ { print class $2 }' \
	"$work/out/guard.said" | tr -d '"' | sort >"$work/out/unverifiable"
for target in http://10.0.0.1/ http://169.254.1.1/ "http://127.0.0.2:$port/" "http://2130706434:$port/decimal" \
	"http://127.0.0.2:$port/direct"; do
	echo "refused,$target"
done | sort >"$work/out/expected"
same "$work/out/expected" "$work/out/unverifiable" "what leads inside is refused, said so, and nothing else is"
lacks "$work/out/guard.said" '/\(link\|resource\)-\(broken\|external\)/\(to-\|guard\|http\)' "a refused address is never called broken"
check "$([ ! -s "$work/out/inside.log" ]; echo $?)" "nobody asked 127.0.0.2"
perl -MIO::Socket::INET -e 'my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.2", PeerPort => $ARGV[0]) or exit 1;
	print $server "GET / HTTP/1.0\r\n\r\n"; exit !<$server>' "$port"
check $? "somebody could have"

nginx_stop
contents >"$work/out/after"
same "$work/out/before" "$work/out/after" "nothing outside state/ is written"
echo "1..$n"

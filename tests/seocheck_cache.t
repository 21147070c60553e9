#!/bin/sh
# The cache of rounds-seocheck against a real nginx, as TAP: kept, deleted before each run or broken before each run it
# gives the same bytes of state, history and report, while the site changes; 304s are what a second run gets; a server
# that lies is found out; -n leaves it alone; the table of pages. All that is written is in a folder of the test.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
# shellcheck source=tests/lib/nginx.sh
. "$root/tests/lib/nginx.sh"

same() { # file, file, sentence
	diff -r -x crawl.bin -x .lock "$1" "$2" >"$work/differs" 2>&1
	check $? "$3"
	sed 's/^/# /' "$work/differs" | head -n 20
}

site=http://127.0.0.1:$port
folder=$work/site
mkdir "$folder"

page() { # path, title, body
	cat >"$folder/$1.html" <<END
<!DOCTYPE html>
<html lang="en"><head><title>$2</title><meta name="description" content="About $1">
<link rel="canonical" href="/$1"></head>
<body><main><h1>$1</h1>
<p>$(seq -f "$1-%g" 60 | tr '\n' ' ')</p>$3
</main></body></html>
END
	touch -d "2026-01-0$age 00:00:00" "$folder/$1.html" # nginx tells seconds and sizes apart, no more
}

age=1
words='amber birch cedar dune ember fjord gorse heath iris jade'
links=$(for word in $words; do echo "<a href=\"/$word\">$word</a>"; done)
for word in $words; do
	page "$word" "The page on $word" "<a href=\"/\">home</a><a href=\"/$word#top\">up</a>"
done
page index 'A start	page' "$links<a href='/offer'>o</a><a href='/gone'>g</a><a href='/moved'>m</a><a href='/paper.pdf'>p</a>
<a href='/lying'>l</a><a href='/picky'>p</a><a href='/silent'>s</a><a href='/moody'>m</a><a href='/find?z=1&amp;a=2'>f</a><img src='/none.png'>"
page offer 'An offer that ends' '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product",
"name": "Spade", "offers": {"@type": "Offer", "price": "7", "priceCurrency": "EUR", "priceValidUntil": "2026-03-03"}}</script>'
page lying 'This page is always the same' ''
page picky 'This page takes no conditions' ''
page silent 'Its 304 has no headers' ''
page find 'A page with a query' '<a href="?z=1&amp;a=2#x">itself</a>'
echo '%PDF' >"$folder/paper.pdf"
printf 'User-agent: *\nSitemap: %s/sitemap.xml\n' "$site" >"$folder/robots.txt"
{
	echo '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
	for word in $words offer unlinked; do echo "<url><loc>$site/$word</loc><lastmod>2026-02-01</lastmod></url>"; done
	echo '</urlset>'
} >"$folder/sitemap.xml"

serve() { # header lines for all pages
	nginx_conf "$work" >"$work/nginx.conf" <<END
    types { text/html html; text/xml xml; text/plain txt; application/pdf pdf; }
    log_format short '\$status \$request_uri';
    access_log $work/access.log short;
    default_type text/html; # what "return" says it is
    root $folder;
    $1
    server {
        listen 127.0.0.1:$port;
        location / { try_files \$uri \$uri.html \$uri/index.html =404; }
        location = /moved { return 301 /amber; }
        location = /lying { if (\$http_if_none_match) { return 304; } try_files /lying.html =404; }
        location = /picky { if (\$http_if_none_match) { return 412; } try_files /picky.html =404; }
        location = /silent {
            if (\$http_if_none_match) { add_header X-Other 1; return 304; }
            add_header X-Robots-Tag nosnippet;
            try_files /silent.html =404;
        }
        location = /moody { return 200 "<title>Moody</title><p>\$request_id \$request_id"; }
    }
END
	[ -z "$pid" ] || nginx_stop
	nginx_start "$work" || check 1 "nginx serves the site"
}

config() { # name, crawl keys
	mkdir -p "$work/$1"
	echo "{ \"site\": \"$site/\", \"timezone\": \"UTC\", \"seocheck\": { \"crawl\": { $2 } } }" >"$work/$1/rounds.json"
}

round() { # folder, day, options: leaves NAME.said and NAME.log
	name=$1 day=$2
	shift 2
	: >"$work/access.log"
	"$BIN/rounds-seocheck" run -q -c "$work/$name/rounds.json" --as-of "$day" "$@" >"$work/$name.said" 2>"$work/$name.err"
	[ $? -ne 3 ] || check 1 "$name, $day: $(cat "$work/$name.err")"
	cp "$work/access.log" "$work/$name.log"
}

got() { grep -c "^$1 $2\$" "$work/$3.log"; } # status, path as a pattern, name

break_cache() { # another way each day
	cache=$work/broken/state/.cache/seocheck/crawl.bin
	[ -f "$cache" ] || return 0
	case $(($1 % 6)) in
	0) : >"$cache" ;;
	1) head -c 1000 "$cache" >"$work/part" && cat "$work/part" >"$cache" ;;
	2) perl -pi -e 'BEGIN { $/ = undef } substr($_, length() / 2, 1) ^= "\1"' "$cache" ;;
	3) head -c 100000 /dev/urandom >"$cache" ;;
	4) rm "$cache" && ln -s /etc/passwd "$cache" ;;
	5) rm "$cache" && ln -s nowhere "$cache" ;;
	esac
}

results() { # name: all bytes of a run but the hash of the page that is never the same
	cat "$work/$1.said" "$work/$1/state/seocheck.json" "$work/$1/state/.cache/seocheck/pages.tsv"
	sed 's/^\(.moody	ok	\)[0-9a-f]*/\1/' "$work/$1/state/history/seocheck.tsv"
}

# --- Kept, deleted, broken: the same bytes on twelve days.

for name in kept deleted broken; do config "$name" ''; done
serve ''
unequal=0
known=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	age=2
	case $i in
	2) page birch 'Another title for birch' "<a href=\"/\">home</a>" ;;
	3) rm "$folder/cedar.html" ;;
	4) serve 'add_header X-Robots-Tag noindex;' ;; # the offer has expired as well
	5) serve 'add_header Link "</amber>; rel=canonical";' ;;
	6) serve '' ;;
	7) age=3 && page cedar 'The page on cedar is back' "<a href=\"/find?a=2&amp;z=1\">other spelling</a>" ;;
	8) serve 'charset iso-8859-1;' ;;
	9) serve '' ;;
	esac
	day=2026-03-$(printf %02d "$i")
	round kept "$day"
	known=$((known + $(got 304 '.*' kept)))
	rm -rf "$work/deleted/state/.cache"
	round deleted "$day"
	[ "$(got 304 '.*' deleted)" -eq 0 ] || unequal=1
	break_cache "$i"
	round broken "$day"
	[ "$(got 304 '.*' broken)" -eq 0 ] || unequal=1
	[ ! -L "$work/broken/state/.cache/seocheck/crawl.bin" ] || unequal=1
	for name in kept deleted broken; do results "$name" >"$work/$name.all"; done
	for name in deleted broken; do
		diff "$work/kept.all" "$work/$name.all" >"$work/differs" && continue
		unequal=1
		sed "s/^/# day $i, $name: /" "$work/differs" | head -n 10
	done
done
check $unequal "kept, deleted or broken, the cache changes no byte of state, history, report and table"
[ "$known" -gt 100 ]
check $? "$known times the kept one was of use"
grep -q 'noindex-new' "$work/kept.said" || grep -q 'offer-expired/offer' "$work/kept.said"
check $? "on these days something happened"

# --- What is asked.

round kept 2026-03-12
pages=$(wc -l <"$work/kept/state/.cache/seocheck/pages.tsv")
[ "$(got 304 '/[a-z]*' kept)" -ge 14 ] && [ "$(got 200 '/amber' kept)" -eq 0 ]
check $? "a second run on a day gets 304 from each page that did not change"
[ "$(got 304 /paper.pdf kept)" -eq 1 ] && [ "$(got 304 '/find?z=1&a=2' kept)" -eq 1 ]
check $? "so does what is no page, and what is not in its normal form"
[ "$(got 200 /moody kept)" -eq 2 ]
check $? "a page that is another one at each request is asked twice, in full"
age=4
page dune 'The page on dune, written anew' ''
round kept 2026-03-12
[ "$(got 200 /dune kept)" -eq 2 ] && grep -q "^$site/dune	The page on dune, written anew	" "$work/kept/state/.cache/seocheck/pages.tsv"
check $? "a page that changed is seen, twice"
config lied ''
round lied 2026-03-01
round lied 2026-03-01
[ "$(got 412 /picky lied)" -eq 1 ] && [ "$(got 200 /picky lied)" -eq 1 ] && [ "$(got 200 /silent lied)" -eq 1 ]
check $? "a server that takes conditions badly is asked again without"
round lied 2026-03-01
[ "$(got 412 /picky lied)" -eq 0 ] && [ "$(got 304 /silent lied)" -eq 0 ] && [ "$(got 200 /silent lied)" -eq 1 ]
check $? "and then on none"
page lying 'It was not the same' ''
found=0
for i in 2 3 4 5 6 7 8; do
	round lied 2026-03-0$i
	[ "$(got 200 /lying lied)" -eq 0 ] || found=$((found + 1))
done
[ "$found" -eq 1 ] && grep -q "/lying	It was not the same	" "$work/lied/state/.cache/seocheck/pages.tsv"
check $? "a page whose 304 lies is fetched in full within refetch_days, on one day"

# --- What leaves it alone.

fingerprint() { (cd "$work/kept/state" && find . -type f -exec cksum {} + && ls -lR --time-style=full-iso .cache); }
fingerprint >"$work/before"
round kept 2026-03-20 -n
fingerprint >"$work/after"
same "$work/before" "$work/after" "-n changes nothing of it"
round kept 2026-03-01 --replay
fingerprint >"$work/after"
same "$work/before" "$work/after" "--replay changes nothing of it"
[ "$(got 304 '.*' kept)" -eq 0 ]
check $? "--replay of a day before asks for all in full"
config fresh ''
round fresh 2026-03-01 -n
[ ! -e "$work/fresh/state" ]
check $? "-n makes no folder"
config never '"refetch_days": 0'
round never 2026-03-01
round never 2026-03-01
[ "$(got 304 '.*' never)" -eq 0 ] && [ ! -e "$work/never/state/.cache/seocheck/crawl.bin" ]
check $? "with refetch_days 0 all is asked in full, always"
config fresh ''
round fresh 2026-03-01
config fresh '"max_depth": 20'
round fresh 2026-03-01
[ "$(got 304 '.*' fresh)" -eq 0 ]
check $? "with another configuration nothing is known"
[ "$(cat "$work/fresh/state/.cache/seocheck/.gitignore")" = '*' ]
check $? "git ignores it"

# --- The table of pages.

[ "$(sed 1q "$work/fresh/state/.cache/seocheck/pages.tsv")" = "url	title	lang	h1	description	words" ]
check $? "the table has a header"
grep -x "$site/amber	The page on amber	en	amber	About amber	[0-9]*" "$work/fresh/state/.cache/seocheck/pages.tsv" >"$work/line"
check $? "a line has url, title, lang, h1, description, words"
sed 1d "$work/fresh/state/.cache/seocheck/pages.tsv" | sort -c -k 1,1
check $? "lines are sorted by URL"
! grep -q "/moved\|/paper\|/gone" "$work/fresh/state/.cache/seocheck/pages.tsv" && [ "$pages" -gt 10 ]
check $? "what is no indexable page is not in it"
"$BIN/rounds-seocheck" crawl "$site/" --rate 0 --as-of 2026-03-01 --pages "$work/pages.tsv" >/dev/null 2>"$work/crawl.err"
same "$work/fresh/state/.cache/seocheck/pages.tsv" "$work/pages.tsv" "crawl --pages writes the same table"
echo 'what was in it before, and longer than a line' >"$work/pages.tsv"
round fresh 2026-03-01 -n --pages "$work/pages.tsv"
same "$work/fresh/state/.cache/seocheck/pages.tsv" "$work/pages.tsv" "so does run --pages, over what was there"
"$BIN/rounds-seocheck" crawl "$folder" --pages "$work/nowhere/pages.tsv" >"$work/said" 2>&1
[ $? -eq 3 ] && grep -q "cannot write '.*/nowhere/pages.tsv': No such file or directory" "$work/said"
check $? "a file that cannot be made is exit 3 before anything is asked"
echo "1..$n"

#!/bin/sh
# The same site in another form gives the same bytes of state, as TAP: links of a page, entries of the sitemap, lines of
# the routes and records of a saved crawl in another order; another zone, locale and folder of the machine. All links
# of a page are in one line of it, and so are all entries of the sitemap: a finding names the line.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

site() { # folder, seed of the order
	mkdir -p "$1/site"
	awk -v to="$1" -v seed="$2" '
	BEGIN {
		pages = 60
		for (i = 0; i < pages; i++) name[i] = sprintf("%c%c", 97 + i % 26, 97 + int(i / 26) * 7 + i % 5)
		for (i = 0; i < pages; i++) page(i)
		print "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">" shuffled(pages, "entry") "</urlset>" >(to "/site/sitemap.xml")
		close(to "/site/sitemap.xml")
		routes = shuffled(pages, "route")
		gsub(";", "\n", routes)
		print routes >(to "/routes.txt")
		records = shuffled(pages, "record")
		gsub(";", "\n", records)
		print records "{\"url\": \"https://shop.example/\", \"status\": 200, \"headers\": {\"content-type\": \"text/html\"}, \"body_file\": \"site/index.html\"}" >(to "/crawl.jsonl")
	}
	function page(i, file, j, k, n) {
		file = to "/site/" (i == 0 ? "index" : name[i]) ".html"
		print "<!doctype html><html lang=en>" (i % 13 == 5 ? "" : "<title>A page of this shop that is about " name[i % 17] "</title>") >file
		print "<meta name=description content=\"All there is to say about it, in so many words that nobody would want more: " name[i] "\">" >file
		n = 0
		for (j = 1; j < 9; j++) { k = (i * j + 7 * j + 1) % pages; link[n++] = k == 0 ? "/" : "/" name[k] ".html" }
		if (i % 11 == 3) link[n++] = "/gone-" i
		if (i % 19 == 4) link[n++] = "/" name[i] ".html#nowhere"
		print "<h1>About " name[i] "</h1><p>Some words. " shuffled(n, "link") "</p></html>" >file
		close(file)
	}
	function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
	function shuffled(n, what, i, j, k, order, text) {
		for (i = 0; i < n; i++) order[i] = i
		for (i = n - 1; seed > 0 && i > 0; i--) { j = random(i + 1); k = order[i]; order[i] = order[j]; order[j] = k }
		for (i = 0; i < n; i++) text = text one(what, order[i])
		return text
	}
	function one(what, i) {
		if (what == "link") return "<a href=\"" link[i] "\">x</a> "
		if (what == "entry") return i % 9 == 2 ? "" : "<url><loc>https://shop.example/" (i == 0 ? "" : i % 23 == 7 ? "no-" name[i] : name[i] ".html") "</loc></url>"
		if (what == "route") return i % 7 == 6 ? "" : "/" (i == 0 ? "" : name[i] ".html") ";"
		return i == 0 ? "" : "{\"url\": \"https://shop.example/" name[i] ".html\", \"status\": 200, \"headers\": {\"content-type\": \"text/html\"}, \"body_file\": \"site/" name[i] ".html\"};"
	}'
	for kind in folder jsonl; do
		input='"folder": "site"'
		[ $kind = folder ] || input='"jsonl": "crawl.jsonl"'
		printf '{ "site": "https://shop.example/", "timezone": "Europe/Berlin", "as_of": "2026-03-02",
  "seocheck": { "crawl": { %s }, "routes": { "source": "file", "path": "routes.txt" }, "group_over": 5 } }\n' \
			"$input" >"$1/$kind.json"
	done
}

judge() { # folder, kind
	"$BIN/rounds-seocheck" -c "$1/$2.json" -s "$1/$2.state" >"$1/$2.out" 2>"$1/$2.err"
}

same() { # folder, kind, sentence
	n=$((n + 1))
	if diff -r -x .lock "$work/as_is/$2.state" "$work/$1/$2.state" >"$work/diff" && [ -s "$work/$1/$2.state/seocheck.json" ]; then
		echo "ok $n - $3"
	else
		echo "not ok $n - $3"
		head -n 5 "$work/diff" "$work/$1/$2.err" | sed 's/^/# /'
	fi
}

site "$work/as_is" 0
judge "$work/as_is" folder
judge "$work/as_is" jsonl
n=$((n + 1))
found=$(grep -c '^    "seocheck/' "$work/as_is/folder.state/seocheck.json")
checks=$(sed -n 's,^    "seocheck/\([a-z0-9-]*\)/.*,\1,p' "$work/as_is/folder.state/seocheck.json" | sort -u | wc -l)
if [ "$found" -ge 20 ] && [ "$checks" -ge 8 ]; then
	echo "ok $n - there is something to find"
else
	echo "not ok $n - $found findings of $checks checks"
fi

for seed in 1 20 300; do
	site "$work/order$seed" "$seed"
	judge "$work/order$seed" folder
	judge "$work/order$seed" jsonl
	same "order$seed" folder "links, sitemap and routes in another order give the same state, $seed"
	same "order$seed" jsonl "and so do the records of a saved crawl, $seed"
done
n=$((n + 1))
if cmp -s "$work/as_is/site/index.html" "$work/order1/site/index.html"; then echo "not ok $n - it is another order"; else echo "ok $n - it is another order"; fi

for how in "TZ=Pacific/Kiritimati" "LC_ALL=tr_TR.UTF-8" "HOME="; do
	rm -rf "$work/other"
	cp -R "$work/as_is" "$work/other"
	rm -rf "$work/other/folder.state"
	(export "${how?}" && judge "$work/other" folder)
	same other folder "$how gives the same state"
done
rm -rf "$work/other"
cp -R "$work/as_is" "$work/other"
rm -rf "$work/other/folder.state"
(cd "$work/other" && umask 077 && "$BIN/rounds-seocheck" -c folder.json -s folder.state >folder.out 2>folder.err)
same other folder "from within the folder, with another umask, it is the same state"
echo "1..$n"

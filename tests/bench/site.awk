# Writes a site for crawlers into the current folder: 2,000 pages of some 10 KB with 40 links each, no link broken. Names
# have letters only: 500 variants in numbers of one pattern would be a trap. `base` is what the sitemap puts before paths.
# Same arguments, same bytes.
#
#     awk -v base=http://127.0.0.1:8080 -f site.awk

BEGIN {
	pages = 2000
	links = 40
	seed = 20260302
	print "User-agent: *\nDisallow: /private/\nSitemap: " base "/sitemap.xml" >"robots.txt"
	print "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">" >"sitemap.xml"
	for (page = 0; page < pages; page++) {
		print "<url><loc>" base path(page) "</loc></url>" >"sitemap.xml"
		write_page(page, page == 0 ? "index.html" : substr(path(page), 2))
	}
	print "</urlset>" >"sitemap.xml"
}

# Half of the links are a tree that reaches every page in three clicks, the others lead anywhere.
function write_page(page, file, at, i) {
	title = "The page " name(page) " of a site made for crawlers"
	print "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" title "</title>" >file
	print "<meta name=\"description\" content=\"" title ", which says little and links much, as pages do.\">" >file
	print "</head><body><nav><ul>" >file
	for (i = 0; i < links; i++) {
		at = i < links / 2 ? page * links / 2 + i + 1 : random(pages)
		if (at >= pages)
			at = random(pages)
		print "<li><a href=\"" path(at) "\">" name(at) "</a></li>" >file
	}
	print "</ul></nav><main><h1>" title "</h1>" >file
	for (i = 0; i < 20; i++)
		print "<p class=\"text\">" words(62) "</p>" >file
	print "</main></body></html>" >file
	close(file)
}

function random(n) {
	seed = (seed * 16807) % 2147483647
	return seed % n
}

function words(n, text) {
	while (n-- > 0)
		text = text " " name(random(8000))
	return substr(text, 2)
}

function path(page) { return page == 0 ? "/" : "/" name(page) ".html" }

function name(n, text, i) { # of n < 8000: six letters
	for (i = 0; i < 3; i++) {
		text = text substr("bcdfghjklmnprstvwxyz", n % 20 + 1, 1) substr("aeiou", int(n / 20) % 5 + 1, 1)
		n = int(n / 20)
	}
	return text
}

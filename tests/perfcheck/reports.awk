# Small Lighthouse reports from a list, for tests. A line is runs of a page on a day:
#     DAY RUNS [key=value ...]        # begins a comment; 2026-11-01..20 are 20 days
# keys: page=/cart form=mobile at=3 (hour, UTC) into=inputs/lighthouse name=lhr lang=en
#     lh=13.4.0 chrome=156 axe=4.11.4 cpu=4 bi=2500 error=CODE (a failed run)
#     fcp lcp si tbt cls: a list goes round, one value a run; "-": none
#     fail=audit[:item[+item]];...  with @1,3 behind: only in these runs
#     na=audit,... total image script: bytes, url=extra request, of the growth of image
# Usage: awk -f reports.awk LIST. The same list gives the same bytes.
function value(list, run,   part, n) {
	n = split(list, part, ",")
	return part[(run - 1) % n + 1]
}
function metric(id, p10, median, numeric) {
	if (numeric == "-")
		return sprintf("\"%s\":{\"id\":\"%s\",\"title\":\"%s\",\"score\":null,\"scoreDisplayMode\":\"error\"},\n", id, id, title[key["lang"]] id)
	return sprintf("\"%s\":{\"id\":\"%s\",\"title\":\"%s\",\"score\":0.9,\"scoreDisplayMode\":\"numeric\",\"numericValue\":%s,\"scoringOptions\":{\"p10\":%s,\"median\":%s}},\n", id, id, title[key["lang"]] id, numeric, p10, median)
}
function items(list,   part, n, i, out) {
	n = split(list, part, "+")
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? "," : "") sprintf("{\"node\":{\"path\":\"1,HTML,%s\",\"selector\":\"%s\",\"snippet\":\"<div class=\\\"%s\\\">\"}}", part[i], part[i], part[i])
	return out
}
function audit(id, run,   n, i, part, field, runs, score, mode, list) {
	score = 1
	mode = "binary"
	n = split(key["fail"], part, ";")
	for (i = 1; i <= n; i++) {
		split(part[i], field, "@")
		runs = "," field[2] ","
		if (part[i] ~ /@/ && index(runs, "," run ",") == 0)
			continue
		list = field[1]
		sub(/:.*/, "", field[1])
		if (field[1] == id) {
			score = 0
			if (!sub(/^[^:]*:/, "", list))
				list = ""
			break
		}
	}
	if (index("," key["na"] ",", "," id ",") > 0) {
		score = "null"
		mode = "notApplicable"
	}
	return sprintf("\"%s\":{\"id\":\"%s\",\"title\":\"%s\",\"score\":%s,\"scoreDisplayMode\":\"%s\",\"details\":{\"type\":\"table\",\"items\":[%s]}},\n", id, id, title[key["lang"]] id, score, mode, score == 0 ? items(list) : "")
}
function refs(list,   part, n, i, pair, out) {
	n = split(list, part, " ")
	for (i = 1; i <= n; i++) {
		split(part[i], pair, ":")
		out = out (i > 1 ? "," : "") sprintf("{\"id\":\"%s\",\"weight\":%s}", pair[1], pair[2])
	}
	return out
}
# Exact categories have their scores from the audits, as Lighthouse does it.
function category(id, list, run,   part, n, i, pair, sum, weights, text) {
	n = split(list, part, " ")
	for (i = 1; i <= n; i++) {
		split(part[i], pair, ":")
		text = audit(pair[1], run)
		if (text ~ /"score":null/)
			continue
		weights += pair[2]
		sum += text ~ /"score":1/ ? pair[2] : 0
	}
	return sprintf("\"%s\":{\"id\":\"%s\",\"title\":\"%s\",\"score\":%s,\"auditRefs\":[%s]}", id, id, title[key["lang"]] id, int(100 * sum / weights + .5) / 100, refs(list))
}
function report(run, file, url, time,   a11y, bp, seo, perf) {
	a11y = "image-alt:10 color-contrast:7 label:7"
	bp = "is-on-https:5 errors-in-console:1 deprecations:5"
	seo = "is-crawlable:4 document-title:1 http-status-code:1"
	if (key["extra"] != "")
		seo = seo " " key["extra"] ":1"
	perf = "first-contentful-paint:10 largest-contentful-paint:25 total-blocking-time:30 cumulative-layout-shift:25 speed-index:10"
	printf "{\"lighthouseVersion\":\"%s\",\"requestedUrl\":\"%s\",\"finalDisplayedUrl\":\"%s\",\n", key["lh"], url, url >file
	printf "\"fetchTime\":\"%s\",\"gatherMode\":\"navigation\",\"runWarnings\":[],\n", time >file
	printf "\"environment\":{\"benchmarkIndex\":%s,\"hostUserAgent\":\"Mozilla/5.0 HeadlessChrome/%s.0.0.0 Safari/537.36\",\"credits\":{\"axe-core\":\"%s\"}},\n", value(key["bi"], run), key["chrome"], key["axe"] >file
	printf "\"configSettings\":{\"formFactor\":\"%s\",\"locale\":\"%s\",\"throttlingMethod\":\"simulate\",\"throttling\":{\"rttMs\":150,\"throughputKbps\":1638.4,\"cpuSlowdownMultiplier\":%s}},\n", key["form"], key["lang"], key["cpu"] >file
	printf "\"audits\":{\n" >file
	printf "%s", metric("first-contentful-paint", 1800, 3000, value(key["fcp"], run)) >file
	printf "%s", metric("largest-contentful-paint", 2500, 4000, value(key["lcp"], run)) >file
	printf "%s", metric("speed-index", 3387, 5800, value(key["si"], run)) >file
	printf "%s", metric("total-blocking-time", 200, 600, value(key["tbt"], run)) >file
	printf "%s", metric("cumulative-layout-shift", .1, .25, value(key["cls"], run)) >file
	n = split(a11y " " bp " " seo, all, " ")
	for (i = 1; i <= n; i++) {
		sub(/:.*/, "", all[i])
		printf "%s", audit(all[i], run) >file
	}
	printf "\"network-requests\":{\"id\":\"network-requests\",\"score\":null,\"scoreDisplayMode\":\"informative\",\"details\":{\"type\":\"table\",\"items\":[{\"url\":\"%s\",\"transferSize\":9000,\"resourceType\":\"Document\"},{\"url\":\"https://shop.example/hero.jpg\",\"transferSize\":173000,\"resourceType\":\"Image\"}", url >file
	if (key["url"] != "")
		printf ",{\"url\":\"%s\",\"transferSize\":%d,\"resourceType\":\"Image\"}", key["url"], key["image"] - 173000 >file
	printf "]}},\n\"resource-summary\":{\"id\":\"resource-summary\",\"score\":null,\"scoreDisplayMode\":\"informative\",\"details\":{\"type\":\"table\",\"items\":[{\"resourceType\":\"total\",\"label\":\"%s\",\"requestCount\":3,\"transferSize\":%s},{\"resourceType\":\"image\",\"requestCount\":1,\"transferSize\":%s},{\"resourceType\":\"script\",\"requestCount\":1,\"transferSize\":%s}]}}},\n", title[key["lang"]] "Total", value(key["total"], run), value(key["image"], run), value(key["script"], run) >file
	printf "\"categories\":{\"performance\":{\"id\":\"performance\",\"title\":\"%s\",\"score\":0.9,\"auditRefs\":[%s]},\n%s,\n%s,\n%s}}\n", title[key["lang"]] "Performance", refs(perf), category("accessibility", a11y, run), category("best-practices", bp, run), category("seo", seo, run) >file
	close(file)
}
BEGIN {
	title["en"] = ""
	title["de"] = "Prüfung: "
	defaults = "page=/cart form=mobile at=3 into=inputs/lighthouse name=lhr lang=en lh=13.4.0 chrome=156 axe=4.11.4 cpu=4 bi=2500 error= " \
	    "fcp=1100,1110,1120,1115,1105 lcp=1950,1960,1940,1955,1945 si=1240,1250,1260,1245,1255 tbt=520,540,530,525,535 cls=0 " \
	    "fail= na= extra= url= total=190000 image=173000 script=640"
	n = split(defaults, pair, " ")
	for (i = 1; i <= n; i++)
		preset[i] = pair[i]
	presets = n
}
/^#/ || NF == 0 { next }
{
	for (i = 1; i <= presets; i++)
		set(preset[i])
	for (i = 3; i <= NF; i++)
		set($i)
	url = key["page"] ~ /^[a-z]+:/ ? key["page"] : "https://shop.example" key["page"]
	split($1, bounds, "[.][.]")
	first = substr(bounds[1], 9) + 0
	last = bounds[2] == "" ? first : bounds[2] + 0
	for (day = first; day <= last; day++)
		for (run = 1; run <= $2; run++)
			make(sprintf("%s%02d", substr(bounds[1], 1, 8), day), run)
}
function make(date, run,   time, file) {
	made++
	time = sprintf("%sT%02d:%02d:%02d.%03dZ", date, key["at"], run % 60, made % 60, made % 1000)
	file = sprintf("%s/%s-%s-%04d.json", key["into"], key["name"], date, made)
	if (key["error"] != "") {
		printf "{\"perfcheckError\":1,\"url\":\"%s\",\"formFactor\":\"%s\",\"time\":\"%s\",\"code\":\"%s\",\"message\":\"m\"}\n", url, key["form"], time, key["error"] >file
		close(file)
	} else
		report(run, file, url, time)
}
function set(text) {
	split(text, field, "=")
	name = field[1]
	sub(/^[^=]*=/, "", text)
	key[name] = text
}

# Writes the golden cases of presets.txt: run by presets.sh, which makes `root` the folder of the cases.
# One function an export, in the shape that the product gives its files.

BEGIN {
	browser["a"] = browser["b"] = "Firefox"; browser["c"] = "Safari"; browser["d"] = "Chrome"
	device["a"] = device["b"] = device["d"] = "Desktop"; device["c"] = "Mobile"
	release["a"] = release["b"] = "4.1.0"; release["c"] = release["d"] = "4.2.0"
	agent["a"] = agent["b"] = "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0"
	agent["c"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)" \
		" Version/19.3 Mobile/15E148 Safari/604.1"
	agent["d"] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)" \
		" Chrome/145.0.0.0 Safari/537.36"
	name_events("posthog", "pageview=$pageview rage_click=$rageclick dead_click=$dead_click exception=$exception " \
		"vitals=$web_vitals")
	name_events("segment", "pageview= search=Products_Searched checkout_start=Checkout_Started " \
		"checkout_done=Order_Completed")
	name_events("mixpanel", "pageview=$mp_web_page_view rage_click=$mp_rage_click dead_click=$mp_dead_click")
	name_events("amplitude", "pageview=[Amplitude]_Page_Viewed rage_click=[Amplitude]_Rage_Click " \
		"dead_click=[Amplitude]_Dead_Click form_start=[Amplitude]_Form_Started " \
		"form_submit=[Amplitude]_Form_Submitted")
	name_events("ga4_bigquery", "pageview=page_view exception=exception search=view_search_results " \
		"form_start=form_start form_submit=form_submit checkout_start=begin_checkout checkout_done=purchase")
	fields["segment"] = "/properties/results"
	fields["ga4_bigquery"] = "/event_params/search_results"
}

function name_events(preset, words, list, n, i, at) {
	n = split(words, list, " ")
	for (i = 1; i <= n; i++) {
		at = index(list[i], "=")
		event[preset, substr(list[i], 1, at - 1)] = substr(list[i], at + 1)
		if (preset != "posthog" && preset != "mixpanel" && preset != "ga4_bigquery")
			gsub(/_/, " ", event[preset, substr(list[i], 1, at - 1)])
	}
}

# "key":value behind a comma, for each of the row's own words.
function extras(prefix, suffix, word, text) {
	for (word in own)
		if (word != "error" && word != "from" && word != "seconds")
			text = text sprintf(",\"%s%s%s\":%s", prefix, word == "results" ? word : toupper(word), suffix, own[word])
	return text
}

# Milliseconds of its start, as these products do; text, because awk has no such integers.
function session() {
	return "177244560000" index("abcd", unit)
}

function posthog(error) {
	if ("error" in own) # a fingerprint, and where there is none the exception itself
		error = unit == "a" ? ",\"$exception_fingerprint\":\"" own["error"] "\"" \
			: ",\"$exception_list\":[{\"type\":\"" own["error"] "\",\"mechanism\":{\"handled\":false}}]"
	return sprintf("{\"uuid\":\"0195-%02d\",\"event\":\"%s\",\"distinct_id\":\"user-%s\",\"timestamp\":\"%s.250Z\"," \
		"\"properties\":{\"$session_id\":\"s-%s\",\"$current_url\":\"https://shop.example%s\",\"$pathname\":\"%s\"," \
		"\"$browser\":\"%s\",\"$device_type\":\"%s\",\"release\":\"%s\",\"$lib_version\":\"1.300.0\"%s%s}}",
		number, event["posthog", kind], unit, iso, unit, page, path, browser[unit], device[unit], release[unit], error,
		extras("$web_vitals_", "_value"))
}

# originalTimestamp has the client's clock, a day late here; nobody may use it.
function segment() {
	return sprintf("{\"type\":\"%s\",%s\"messageId\":\"ajs-%02d\",\"timestamp\":\"%s.250Z\"," \
		"\"originalTimestamp\":\"2026-03-01T10:00:00.000Z\",\"userId\":null,\"anonymousId\":\"anon-%s\"," \
		"\"context\":{\"sessionId\":%s,\"page\":{\"path\":\"%s\",\"referrer\":\"\"},\"userAgent\":\"%s\"," \
		"\"app\":{\"version\":\"%s\"}},\"properties\":{\"currency\":\"EUR\"%s}}",
		event["segment", kind] == "" ? "page" : "track",
		event["segment", kind] == "" ? "" : "\"event\":\"" event["segment", kind] "\",",
		number, iso, unit, session(), path, agent[unit], release[unit], extras("", ""))
}

function mixpanel() {
	return sprintf("{\"event\":\"%s\",\"properties\":{\"time\":%d,\"distinct_id\":\"user-%s\",\"$insert_id\":\"i%02d\"," \
		"\"$current_url\":\"https://shop.example%s\",\"$browser\":\"%s\",\"$device\":\"%s\"," \
		"\"$app_version_string\":\"%s\",\"mp_lib\":\"web\"}}",
		event["mixpanel", kind], epoch, unit, number, page, browser[unit], device[unit], release[unit])
}

function amplitude() {
	return sprintf("{\"$insert_id\":\"i%02d\",\"uuid\":\"u%02d\",\"event_type\":\"%s\",\"event_time\":\"%s\"," \
		"\"user_id\":null,\"device_id\":\"dev-%s\",\"session_id\":%s,\"os_name\":\"%s\",\"device_type\":\"%s\"," \
		"\"version_name\":\"%s\",\"event_properties\":{\"[Amplitude] Page Path\":\"%s\"}}",
		number, number, event["amplitude", kind], substr(iso, 1, 10) " " substr(iso, 12) ".250000", unit,
		unit == "d" ? "-1" : session(), browser[unit], device[unit], release[unit], path)
}

function param(key, type, value) {
	return sprintf("{\"key\":\"%s\",\"value\":{\"%s\":%s}}", key, type, value)
}

function ga4_bigquery(params) {
	params = param("page_location", "string_value", "\"https://shop.example" page "\"") "," \
		param("app_version", "string_value", "\"" release[unit] "\"")
	if (unit != "d")
		params = param("ga_session_id", "int_value", "\"" 1772445600 + index("abcd", unit) "\"") "," params
	if ("error" in own)
		params = params "," param("description", "string_value", "\"" own["error"] "\"")
	if ("results" in own)
		params = params "," param("search_results", own["results"] ~ /"/ ? "string_value" : "int_value", own["results"])
	return sprintf("{\"event_date\":\"20260302\",\"event_timestamp\":\"%d250000\",\"event_name\":\"%s\"," \
		"\"event_params\":[%s],\"user_pseudo_id\":\"11.%s\",\"device\":{\"category\":\"%s\"," \
		"\"web_info\":{\"browser\":\"%s\"}}}",
		epoch, event["ga4_bigquery", kind], params, unit, tolower(device[unit]), browser[unit])
}

function generic(text, word) {
	for (word in own)
		if (word == "error" || word == "from")
			text = text sprintf(",\"%s\":\"%s\"", word == "from" ? "referrer_host" : word, own[word])
		else
			text = text sprintf(",\"%s\":%s", word, own[word])
	return sprintf("{\"time\":\"%sZ\",\"id\":\"e%02d\",\"session\":\"s-%s\",\"event\":\"%s\",\"page\":\"%s\"," \
		"\"browser\":\"%s\",\"device\":\"%s\",\"release\":\"%s\"%s}",
		iso, number, unit, kind, page, browser[unit], device[unit], release[unit], text)
}

function combined() {
	return sprintf("203.0.113.%d - - [02/Mar/2026:%s +0000] \"GET %s HTTP/1.1\" %d 512 \"%s\" \"%s\"%s",
		index("abcd", unit), substr(iso, 12), page, own["status"], "from" in own ? "https://" own["from"] "/" : "-",
		agent[unit], "seconds" in own ? " " own["seconds"] : "")
}

function caddy() {
	return sprintf("{\"level\":\"info\",\"ts\":%d.25,\"logger\":\"http.log.access.log0\",\"request\":{" \
		"\"remote_ip\":\"198.51.100.1\",\"client_ip\":\"203.0.113.%d\",\"proto\":\"HTTP/2.0\",\"method\":\"GET\"," \
		"\"host\":\"shop.example\",\"uri\":\"%s\",\"headers\":{\"User-Agent\":[\"%s\"]%s}},%s\"size\":512,\"status\":%d}",
		epoch, index("abcd", unit), page, agent[unit],
		"from" in own ? ",\"Referer\":[\"https://" own["from"] "/\"]" : "",
		"seconds" in own ? "\"duration\":" own["seconds"] "," : "", own["status"])
}

function line_of(preset) {
	return preset == "posthog" ? posthog() : preset == "segment" ? segment() : preset == "mixpanel" ? mixpanel() \
		: preset == "amplitude" ? amplitude() : preset == "ga4_bigquery" ? ga4_bigquery() \
		: preset == "combined" ? combined() : preset == "caddy" ? caddy() : generic()
}

function is_log(preset) {
	return preset == "combined" || preset == "caddy"
}

function write_config(file, signal, preset, segments, more) {
	if (signal == "search_empty" && preset in fields)
		more = ", \"fields\": { \"results\": \"" fields[preset] "\" }"
	gsub(/ /, "\", \"", segments)
	printf "{\n  \"site\": \"https://shop.example\",\n  \"as_of\": \"2026-03-02\",\n" >file
	printf "  \"sources\": {\n    \"events\": { \"type\": \"%s\", \"path\": \"%s\", \"%s\": \"%s\"%s }\n  },\n",
		is_log(preset) ? "access_log" : "jsonl", is_log(preset) ? "access.log" : "events.jsonl",
		is_log(preset) ? "format" : "preset", preset, more >file
	printf "  \"watchdog\": { \"signals\": [\"%s\"], \"segments\": [\"%s\"] }\n}\n", signal, segments >file
	close(file)
}

# The words of a line of the table, with what the signal's line says for them.
function substitute(text, signal, words, list, n, i, at) {
	gsub(/@/, signal, text)
	n = split(words, list, " ")
	for (i = 1; i <= n; i++) {
		at = index(list[i], "=")
		gsub("[$]" substr(list[i], 1, at - 1), substr(list[i], at + 1), text)
	}
	return text
}

function write_rows(file, signal, preset, words, list, pair, i, n, w) {
	number = 0
	for (i = 1; i <= nrows; i++) {
		n = split(substitute(rows[i], signal, words), list, " ")
		if (list[2] != "all" && list[2] != preset)
			continue
		unit = list[3]; kind = list[4]; page = path = list[5]
		sub(/[?].*/, "", path)
		split("", own)
		for (w = 6; w <= n; w++) {
			split(list[w], pair, "=")
			own[pair[1]] = pair[2]
		}
		iso = sprintf("2026-03-02T10:%02d:00", number)
		epoch = 1772445600 + 60 * number++
		print line_of(preset) >file
	}
	close(file)
}

function write_counts(file, signal, preset, words, list, i, sort) {
	sort = "LC_ALL=C sort >>'" file "'"
	print "day\tsignal\tsegment\taffected\texposed" >file
	close(file)
	for (i = 1; i <= ncounts; i++) {
		split(substitute(counts[i], signal, words), list, " ")
		if (list[2] == "all" || list[2] == preset)
			printf "2026-03-02\t%s\t%s\t%s\t%s\n", list[3], list[4], list[5], list[6] | sort
	}
	close(sort)
}

function write_case(signal, preset, words, folder) {
	folder = "watchdog-" signal "-is-counted-from-" preset
	gsub(/_/, "-", folder)
	folder = root "/" folder
	system("mkdir -p '" folder "/in' '" folder "/state.after/history'")
	print "rounds-watchdog" >(folder "/cmd")
	close(folder "/cmd")
	write_config(folder "/in/rounds.json", signal, preset, segments)
	write_rows(folder "/in/" (is_log(preset) ? "access.log" : "events.jsonl"), signal, preset, words)
	write_counts(folder "/state.after/history/watchdog.tsv", signal, preset, words)
}

function flush_block(list, words, i, w, n) {
	for (i = 1; i <= nsignals; i++) {
		n = split(signals[i], list, " ")
		words = ""
		for (w = 3; w <= n && list[w] ~ /=/; w++)
			words = words " " list[w]
		for (; w <= n; w++)
			write_case(list[2], list[w], words)
	}
	nsignals = nrows = ncounts = 0
}

/^#/ || /^$/ { next }
$1 == "signal" && nrows > 0 { flush_block() }
$1 == "signal" { signals[++nsignals] = $0; next }
$1 == "segments" { segments = $0; sub(/^segments /, "", segments); next }
$1 == "row" { rows[++nrows] = $0; next }
$1 == "count" { counts[++ncounts] = $0; next }
{ print "presets.txt:" NR ": neither signal, segments, row nor count" >"/dev/stderr"; exit 1 }
END { flush_block() }

# Writes catalogs for the benchmarks: `-v to=DIR`, 3,000 messages each. DIR/json: 60
# locales of i18next, DIR/po: 100 files. One in a hundred lost its placeholder; of some
# locales one in a hundred is still the source's. Same arguments, same bytes.
function words(n, i, out, k) {
	out = ""
	for (k = 0; k < n; k++)
		out = out (k > 0 ? " " : "") word[(i * 7 + k * 13 + i * k) % 40]
	return out
}
function text(i, locale) {
	if (locale != "en" && i % 100 == 8)
		return words(5, i) " " locale " " words(3, i + 1)
	if (locale ~ /^[nd]/ && i % 100 == 9)
		locale = "en"
	return words(5, i) " " locale (i % 2 == 0 ? " " name[i % 5] " " words(3, i + 1) : "")
}
BEGIN {
	split("open save the cart your order with every bag of coffee brew slowly and enjoy a fresh cup before noon it was roasted here on tuesday for you by hand in small lots we ship them all fine", list, " ")
	for (i = 1; i <= 40; i++)
		word[i - 1] = list[i]
	tags = split("de nl sv da nb fi es it pt el tr hu bg et ro fr hy ja zh ko vi th id ms cs sk pl ru uk be hr sr bs sl lt lv ga cy gd mt ar he fa ur hi bn ta te ml kn mr gu pa ne si km lo my ka", tag, " ")
	for (i = 0; i < 5; i++)
		name[i] = "{{value" i "}}"
	for (t = 0; t <= tags; t++) {
		locale = t == 0 ? "en" : tag[t]
		file = to "/json/" locale ".json"
		print "{" >file
		for (i = 0; i < 3000; i++)
			printf "  \"page%d.key%04d\": \"%s\"%s\n", i / 100, i, text(i, locale), i < 2999 ? "," : "" >file
		print "}" >file
		close(file)
	}
	for (i = 0; i < 5; i++)
		name[i] = i % 2 ? "%s" : "%d"
	for (f = 0; f < 100; f++) {
		locale = tag[f % 12 + 1]
		file = sprintf("%s/po/%s/LC_MESSAGES/part%02d.po", to, locale, f / 12)
		printf "msgid \"\"\nmsgstr \"\"\n\"Language: %s\\n\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n", locale >file
		for (i = 0; i < 3000; i++)
			printf "\n#: src/file%d.c:%d\n%smsgctxt \"c%d\"\nmsgid \"%s\"\nmsgstr \"%s\"\n", i % 50, i, i % 2 == 0 ? "#, c-format\n" : "", i, text(i, "en"), text(i, locale) >file
		close(file)
	}
}

# 3,000 files of TypeScript below src/, 17 MB, and the catalog en.json of 3,000 keys, a third of which they name. The
# same bytes each time.
function pick(list, n) {
	seed = (seed * 16807) % 2147483647
	return list[seed % n + 1]
}
function line(	r) {
	seed = (seed * 16807) % 2147483647
	r = seed % 100
	if (r < 6)
		return "  const " pick(name, names) " = t('k" seed % 10 "." pick(word, words) "." seed % 100 "');"
	if (r < 8)
		return "  return <p title={t(`k" seed % 10 "." pick(word, words) ".${" pick(name, names) "}`)}>Don't stop</p>;"
	if (r < 12)
		return "  // the " pick(word, words) " of " pick(name, names) " isn't known here, so it's left out"
	if (r < 30)
		return "  " pick(name, names) ".push({ type: '" pick(word, words) "', name: \"" pick(name, names) "\", n: " r " });"
	if (r < 50)
		return "  if (" pick(name, names) " > " r " && this." pick(word, words) ") { return " pick(name, names) "(" pick(name, names) "); }"
	return "    const " pick(name, names) r " = " pick(name, names) "." pick(word, words) "(" pick(name, names) ", " r ");"
}
BEGIN {
	seed = 7
	words = split("add remove title", word, " ")
	names = split("value result items count index props state handler options config format render total data row", name, " ")
	printf "{" >"en.json"
	for (i = 0; i < 10; i++)
		for (w = 1; w <= words; w++)
			for (k = 0; k < 100; k++)
				printf "%s\n\"k%d.%s.%d\": \"Text\"", (i + w + k == 1 ? "" : ","), i, word[w], k >"en.json"
	print "\n}" >"en.json"
	for (f = 0; f < 3000; f++) {
		path = "src/" f ".tsx"
		for (bytes = 0; bytes < 5667; bytes += length(text) + 1) {
			text = line()
			print text >path
		}
		close(path)
	}
}

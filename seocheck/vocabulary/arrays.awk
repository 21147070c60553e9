# Makes the C arrays that vocabulary.c looks things up in, from schema.tsv and extra.tsv:
#     LC_ALL=C awk -f arrays.awk schema.tsv extra.tsv >tables.c
# Rows of one name are united. Names live in one text and are known by their offsets, lists of classes in one
# array of indices. A class has its parents first, then its other ancestors; a property its domains, then its
# ranges. A name that a row uses and none defines is an error: the table would lie.

BEGIN {
	FS = "\t"
}

/^#/ {
	next
}

$1 == "T" || $1 == "D" {
	is_data[$2] = $1 == "D"
	parents[$2] = unite(parents[$2], $3)
	class_new[$2] = $4 == "" ? class_new[$2] : $4
	next
}

$1 == "P" {
	domains[$2] = unite(domains[$2], $3)
	ranges[$2] = unite(ranges[$2], $4)
	property_new[$2] = $5 == "" ? property_new[$2] : $5
	next
}

$1 == "E" {
	classes[$2] = unite(classes[$2], $3)
	for (i = split($3, names, ","); i > 0; i--)
		has_members[names[i]] = 1
	next
}

{
	fail("a row of kind '" $1 "'")
}

function fail(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what >"/dev/stderr"
	failed = 1
	exit 1
}

function unite(a, b,   word, n, i) {
	n = split(b, word, ",")
	for (i = 1; i <= n; i++)
		if (("," a ",") !~ ("," word[i] ","))
			a = a (a == "" ? "" : ",") word[i]
	return a
}

# Keys of `set`, sorted by bytes, into `out`; how many.
function sort_keys(set, out,   n, key, gap, i, j) {
	n = 0
	for (key in set)
		out[++n] = key
	for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
		for (i = gap + 1; i <= n; i++) {
			key = out[i]
			for (j = i; j > gap && out[j - gap] > key; j -= gap)
				out[j] = out[j - gap]
			out[j] = key
		}
	return n
}

# Offset of a name in the text; 0 is the empty one.
function offset(name) {
	if (name == "")
		return 0
	if (!(name in at)) {
		at[name] = pool_bytes
		pool_bytes += length(name) + 1
		pool[++npool] = name
	}
	return at[name]
}

# All that `name` descends from, nearest first.
function ancestors(name,   list, word, n, i) {
	list = parents[name]
	for (i = 1; i <= (n = split(list, word, ",")); i++)
		list = unite(list, parents[word[i]])
	return list
}

# Adds classes to the array of indices; how many.
function add_list(list,   word, n, i) {
	n = split(list, word, ",")
	for (i = 1; i <= n; i++) {
		if (!(word[i] in class_index))
			fail("the class '" word[i] "' has no row")
		indices[nindices++] = class_index[word[i]]
	}
	return n
}

function print_classes(   name, n, i, first, nparents, list, flags) {
	n = sort_keys(parents, name)
	for (i = 1; i <= n; i++)
		class_index[name[i]] = i - 1
	printf "const struct vocabulary_class vocabulary_classes[] = {\n"
	for (i = 1; i <= n; i++) {
		first = nindices + 0
		list = ancestors(name[i])
		nparents = split(parents[name[i]], flags, ",")
		printf "{%d, %d, %d, %d, %d, %d, %d},\n", offset(name[i]), offset(class_new[name[i]]), first,
		    nparents, add_list(list), is_data[name[i]], name[i] in has_members
	}
	printf "};\nconst size_t vocabulary_nclasses = %d;\n", n
}

function print_properties(   name, n, i, first, ndomains) {
	n = sort_keys(domains, name)
	printf "const struct vocabulary_property vocabulary_properties[] = {\n"
	for (i = 1; i <= n; i++) {
		first = nindices
		ndomains = add_list(domains[name[i]])
		printf "{%d, %d, %d, %d, %d},\n", offset(name[i]), offset(property_new[name[i]]), first, ndomains,
		    add_list(ranges[name[i]])
	}
	printf "};\nconst size_t vocabulary_nproperties = %d;\n", n
}

function print_members(   name, n, i, first) {
	n = sort_keys(classes, name)
	printf "const struct vocabulary_member vocabulary_members[] = {\n"
	for (i = 1; i <= n; i++) {
		first = nindices
		printf "{%d, %d, %d},\n", offset(name[i]), first, add_list(classes[name[i]])
	}
	printf "};\nconst size_t vocabulary_nmembers = %d;\n", n
}

END {
	if (failed)
		exit 1
	pool_bytes = 1
	printf "/* Made by arrays.awk. */\n#include \"seocheck/vocabulary_tables.h\"\n\n"
	print_classes()
	print_properties()
	print_members()
	printf "const uint16_t vocabulary_lists[] = {"
	for (i = 0; i < nindices; i++)
		printf "%s%d,", i % 20 ? " " : "\n", indices[i]
	printf "\n};\n// a text of this size is more than the standard asks a compiler to take\n"
	printf "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
	printf "const char vocabulary_names[] =\n    \"\\0\"\n"
	for (i = 1; i <= npool; i++)
		printf "    \"%s\\0\"\n", pool[i]
	printf "    ;\n"
}

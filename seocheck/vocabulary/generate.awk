# Makes schema.tsv from dist/schema.d.ts of the npm package schema-dts (Apache-2.0), which is itself made from
# the vocabulary of schema.org (CC BY-SA 3.0):
#
#     npm pack schema-dts@2.1.0 && tar xzf schema-dts-2.1.0.tgz
#     awk -f generate.awk -v version=2.1.0 package/dist/schema.d.ts >schema.tsv
#
# Rows, sorted by bytes, fields by tabs, lists by commas:
#     T name parents superseded        a type; D the same of a data type, which has no Leaf interface
#     P name domains ranges superseded a property
#     E name classes                   a member of an enumeration
# Parents come from the unions that list a type: `extends` skips types without properties of their own.
# Left out: foreign ontologies, whose names hold `_` or `://`, and the types made for testing.

function known_name(word) {
	sub(/^_3D/, "3D", word)
	return word ~ /^[A-Za-z0-9]+$/ && word !~ /^[sS]tupid/ ? word : ""
}

function append(list, word) {
	return ("," list ",") ~ ("," word ",") ? list : list (list == "" ? "" : ",") word
}

function sorted(list,   word, n, i, j, key) {
	n = split(list, word, ",")
	for (i = 2; i <= n; i++) {
		key = word[i]
		for (j = i - 1; j >= 1 && word[j] > key; j--)
			word[j + 1] = word[j]
		word[j + 1] = key
	}
	list = ""
	for (i = 1; i <= n; i++)
		list = list (i > 1 ? "," : "") word[i]
	return list
}

# A union's right side without the arguments of generic types.
function members(text, word,   n, i) {
	while (sub(/<[^<>]*>/, "", text))
		;
	sub(/;.*/, "", text)
	n = split(text, word, "|")
	for (i = 1; i <= n; i++)
		gsub(/^ +| +$/, "", word[i])
	return n
}

function take_union(name, text,   word, n, i, item) {
	n = members(text, word)
	for (i = 1; i <= n; i++) {
		item = word[i]
		if (item ~ /^"https:\/\/schema\.org\//) {
			gsub(/^"https:\/\/schema\.org\/|"$/, "", item)
			if (known_name(item) != "")
				classes[item] = append(classes[item], name)
		} else if (item !~ /^["`]/ && item !~ /Leaf$/ && item !~ /^(string|number|boolean)$/) {
			item = known_name(item)
			if (item != "")
				parents[item] = append(parents[item], name)
		}
	}
}

function take_property(name, domain, text,   word, n, i, item) {
	n = members(text, word)
	domains[name] = append(domains[name], domain)
	for (i = 1; i <= n; i++) {
		item = known_name(word[i])
		if (item != "" && item != "IdReference")
			ranges[name] = append(ranges[name], item)
	}
	if (superseded != "")
		property_superseded[name] = superseded
}

/@deprecated/ {
	superseded = $0
	sub(/.*@deprecated (Use|Consider using) (https:\/\/schema\.org\/)?/, "", superseded)
	sub(/ instead.*/, "", superseded)
	next
}

/^(export )?interface / {
	name = $0
	sub(/^(export )?interface /, "", name)
	sub(/[ <].*/, "", name)
	base = ""
	if (name ~ /Leaf$/) {
		sub(/Leaf$/, "", name)
		has_leaf[known_name(name)] = 1
	} else if (sub(/Base$/, "", name))
		base = known_name(name)
	superseded = ""
	next
}

/^export type / {
	name = $3
	sub(/<.*/, "", name)
	text = $0
	while (sub(/<[^<>]*>/, "", text)) # a default argument has an equals sign too
		;
	sub(/^[^=]*= */, "", text)
	if (name ~ /Leaf$/) {
		sub(/Leaf$/, "", name)
		has_leaf[known_name(name)] = 1
	} else if (name !~ /^(JsonLdObject|WithContext|WithActionConstraints|Graph)$/ && $0 !~ /^export type [{]/) {
		name = known_name(name)
		if (name != "") {
			is_type[name] = 1
			if (superseded != "")
				type_superseded[name] = superseded
			if (name != "DataType") # the data types have no parent
				take_union(name, text)
		}
	}
	base = superseded = ""
	next
}

base != "" && /^    "[a-zA-Z0-9]+"\?: SchemaValue</ {
	name = $1
	gsub(/["?:]/, "", name)
	text = $0
	sub(/^[^<]*</, "", text)
	sub(/, "[^"]*">;$/, "", text)
	if (known_name(name) != "")
		take_property(name, base, text)
	superseded = ""
}

END {
	printf "# schema-dts %s\n", version
	fflush()
	sort = "LC_ALL=C sort"
	for (name in is_type)
		if (known_name(name) != "")
			printf "%s\t%s\t%s\t%s\n", name in has_leaf ? "T" : "D", name, sorted(parents[name]),
			    type_superseded[name] | sort
	for (name in domains)
		printf "P\t%s\t%s\t%s\t%s\n", name, sorted(domains[name]), sorted(ranges[name]),
		    property_superseded[name] | sort
	for (name in classes)
		printf "E\t%s\t%s\n", name, sorted(classes[name]) | sort
	close(sort)
}

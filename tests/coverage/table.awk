# Branches of gcov's text (`gcov -b -c -t`, any number of files) that were taken, by group and, with each=1, by
# file: a branch is one way out of a condition, `a && b` has four. Headers are left out, and what an assert
# claims: its other way is to be taken never. Exit 1 when `shared` or `judge` is below its limit.
function name_group(file) {
	if (file ~ /(^|\/)judge_[^\/]*\.c$/)
		return "judge_*"
	sub(/\/.*/, "", file)
	return file
}
/^ *-: *0:Source:/ {
	file = $0
	sub(/.*Source:/, "", file)
	is_counted = file ~ /^[a-z0-9]+\/([a-z]+\/)*[^\/]*\.c$/ && file !~ /^(tests|examples|build)\//
	in_assert = 0
	next
}
!is_counted { next }
/^ *[^ :]+: *[0-9]+:/ { # a line of the source; an assert may go on over several
	line = $0
	sub(/^ *[^ :]+: *[0-9]+:/, "", line)
	in_assert = line ~ /^[ \t]*assert\(/ || (in_assert && !was_end)
	was_end = line ~ /;/
	next
}
/^branch / && !in_assert {
	group = name_group(file)
	branches[file]++
	all[group]++
	if (/ taken [1-9]/) {
		taken[file]++
		hit[group]++
	}
}
function percent(part, whole) {
	return whole > 0 ? 100 * part / whole : 100
}
END {
	if (each)
		for (file in branches)
			printf "%6.1f %% %5d of %5d  %s\n", percent(taken[file], branches[file]), taken[file],
			    branches[file], file | "sort -n"
	close("sort -n")
	limit["shared"] = 90
	limit["judge_*"] = 95
	for (group in all) {
		share = percent(hit[group], all[group])
		printf "%-12s %6d of %6d branches taken, %5.1f %%%s\n", group, hit[group], all[group], share,
		    group in limit ? sprintf(", at least %d %%", limit[group]) : "" | "sort"
		low += group in limit && share < limit[group]
	}
	close("sort")
	exit low > 0
}

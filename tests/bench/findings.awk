# A state of 100 kB of findings and the report that goes with it: `tool` in the folder `to`.
BEGIN {
	state = to "/state/" tool ".json"
	report = to "/" tool ".report"
	for (i = 0; i < 60; i++) message = message "m"
	printf "{\"findings\": {" >state
	printf "{\"schema\": 1, \"tool\": \"%s\", \"through\": \"2026-03-08\", \"status\": \"warn\", \"exit\": 0,", tool >report
	printf "\"summary\": \"400 open\", \"metrics\": [], \"checks\": [], \"muted\": [], \"lines\": [], \"problems\": []," >report
	printf "\"files\": [], \"tables\": [], \"confined\": {\"landlock\": 0, \"write\": \"any\", \"truncate\": false," >report
	printf "\"net\": [], \"seccomp\": false}, \"findings\": [" >report
	for (i = 0; i < 400; i++) {
		same = sprintf("\"severity\": \"warn\", \"status\": \"open\", \"since\": \"2026-03-01\", \"message\": \"%s\", ", message)
		same = same sprintf("\"value\": \"%d\", \"limit\": \"3\", \"unit\": \"ms\", ", i)
		comma = i == 0 ? "" : ","
		printf "%s\n\"%s/check/page/%03d\": {%s\"where\": \"https://shop.example/%d\"}", comma, tool, i, same, i >state
		printf "%s\n{\"id\": \"%s/check/page/%03d\", %s\"n\": 3, \"statistic\": \"\", \"because\": \"\",", comma, tool, i, same >report
		printf "\"where\": {\"url\": \"https://shop.example/%d\", \"file\": null, \"line\": null}}", i >report
	}
	printf "\n}, \"schema\": 1, \"through\": \"2026-03-08\", \"tool\": \"%s\"}\n", tool >state
	printf "\n]}\n" >report
}

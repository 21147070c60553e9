#!/bin/sh
# The rows of perfcheck in the table of docs/bench.md. Called by run.sh in build/bench, with BIN and BENCH set; prints
# rows without a head. The reports are those of ROUNDS_CASES (../shared/cases beside the repository), 13 real ones,
# repeated: without them there is no row. LHCI names Lighthouse CI's program.
set -u
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 3
cases=${ROUNDS_CASES:-$root/../shared/cases}/lhr
perfcheck=$BIN/rounds-perfcheck
rounds=${ROUNDS:-5}

# N copies of the reports, plain, as Lighthouse CI names them: FOLDER N
copies() {
	[ -s "$1/lhr-$((1000 + $2)).json" ] && return 0
	mkdir -p "$1" || return 1
	n=0
	while [ "$n" -lt "$2" ]; do
		for report in "$cases"/*.json.gz; do
			n=$((n + 1))
			[ "$n" -gt "$2" ] || zcat "$report" >"$1/lhr-$((1000 + n)).json" || return 1
		done
	done
}

assertions() {
	cat <<'END'
{ "ci": { "assert": { "assertions": {
  "categories:performance": ["warn", { "minScore": 0.5 }],
  "categories:accessibility": ["warn", { "minScore": 0.9 }],
  "categories:best-practices": ["warn", { "minScore": 0.8 }],
  "categories:seo": ["warn", { "minScore": 0.9 }],
  "first-contentful-paint": ["warn", { "maxNumericValue": 3000, "aggregationMethod": "median" }],
  "largest-contentful-paint": ["warn", { "maxNumericValue": 4000, "aggregationMethod": "median" }],
  "speed-index": ["warn", { "maxNumericValue": 5800, "aggregationMethod": "median" }],
  "total-blocking-time": ["warn", { "maxNumericValue": 600, "aggregationMethod": "pessimistic" }],
  "cumulative-layout-shift": ["warn", { "maxNumericValue": 0.25, "aggregationMethod": "median" }],
  "interactive": ["warn", { "maxNumericValue": 7300, "aggregationMethod": "median-run" }],
  "resource-summary:script:size": ["warn", { "maxNumericValue": 300000 }],
  "resource-summary:image:size": ["warn", { "maxNumericValue": 500000 }],
  "resource-summary:total:count": ["warn", { "maxNumericValue": 80 }],
  "color-contrast": "warn", "image-alt": "warn", "document-title": "warn",
  "unused-javascript": ["warn", { "maxLength": 0 }],
  "network-requests": ["warn", { "maxLength": 100 }]
} } } }
END
}

# jq takes the fields that `score` prints.
# shellcheck disable=SC2016 # jq's own
fields='{file: input_filename, lighthouseVersion, categories: (.categories | map_values(.score)),
  metrics: ([.audits["first-contentful-paint", "speed-index", "largest-contentful-paint", "total-blocking-time",
    "cumulative-layout-shift", "interactive"] | {(.id): {value: .numericValue, score}}] | add)}'

peers() {
	jq='' jq_many='' jq_name=jq lhci_run='' lhci_name='lhci assert'
	if command -v jq >/dev/null 2>&1; then
		jq="jq -c '$fields' lhr30/lhr-*.json" jq_many="jq -c '$fields' lhr300/lhr-*.json"
		jq_name="$(jq --version), the same fields"
	fi
	lhci=${LHCI:-$(command -v node_modules/.bin/lhci || command -v lhci)}
	if [ -n "$lhci" ]; then
		mkdir -p lhci && ln -sfn ../lhr30 lhci/.lighthouseci && assertions >lhci/rc.json || return 1
		case $lhci in /*) ;; *) lhci=$PWD/$lhci ;; esac
		lhci_run="(cd lhci && NODE_OPTIONS= '$lhci' assert --config=rc.json 2>&1 || [ \$? = 1 ])"
		lhci_name="lhci $("$lhci" --version) assert, 18 assertions"
	fi
}

if [ ! -d "$cases" ]; then
	echo '| 30 reports of Lighthouse | no reports: ROUNDS_CASES | | | | | | | |'
	exit 0
fi
copies lhr30 30 && copies lhr300 300 && peers || exit 3
if [ ! -d lhr30gz ]; then
	cp -R lhr30 lhr30gz && rm -f lhr30gz/assertion-results.json && gzip lhr30gz/*.json || exit 3
fi
scored="awk 'END { print NR \" reports scored\" }'"
taken="awk 'END { print NR \" reports\" }'"
"$BENCH/compare" "$rounds" "30 reports, $(cat lhr30/lhr-*.json | wc -c | awk '{ print int($1 / 1e6) }') MB" 30 reports \
	'perfcheck score' "'$perfcheck' score lhr30" "$scored" '<= 8 MiB' \
	"$jq_name" "$jq" "$taken" '>= 10, CPU' \
	"$lhci_name" "$lhci_run" "sed -n 's/.*against \(.*\)/\1/p'" '>= 20, CPU'
"$BENCH/compare" "$rounds" '300 reports' 300 reports \
	'perfcheck score' "'$perfcheck' score lhr300" "$scored" '<= 8 MiB' \
	"$jq_name" "$jq_many" "$taken" '>= 10, CPU'
"$BENCH/compare" "$rounds" 'the 30 reports, .gz' 30 reports \
	'perfcheck score' "'$perfcheck' score lhr30gz" "$scored" '<= 8 MiB' \
	"zcat, $(gzip --version | sed q)" 'zcat lhr30gz/*.gz >/dev/null' 'echo decompressed' '>= 0.8'

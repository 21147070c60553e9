#!/bin/sh
# tests/fuzz/run.sh FOLDER TARGET [OPTION...]: fuzzes one target of FOLDER from its corpus. Silent when nothing was
# found; else what was found, from where, and which input to keep as a seed.
set -u
folder=$1 target=$2
shift 2
mkdir -p "$folder/$target.new" || exit 1
log=$folder/$target.log
if "$folder/$target" "$@" -max_len=65536 -artifact_prefix="$folder/$target." \
	"$folder/$target.new" "tests/fuzz/$target.corpus" >"$log" 2>&1; then
	exit 0
fi
echo "$target: found; the whole log is $log"
grep -aE 'Assertion|ERROR|SUMMARY|runtime error|^ +#[0-9]+ .* \./|Test unit written|Base64' "$log" | head -n 30
exit 1

#!/bin/sh
# tests/coverage/run.sh BUILD: the branches that the tests took, as a table, from gcov's counts below BUILD.
# EACH=1 lists the files as well; FILE=shared/state.c prints that file with its counts. Exit 1 when a group is
# below its limit.
set -u
build=$1
counts() {
	find "$build" -name '*.gcda' ! -path "$build/tests/*" ! -path "$build/examples/*" ${FILE:+-path "$build/${FILE%.c}.gcda"}
}
[ -n "$(counts)" ] || {
	echo "no counts below $build" >&2
	exit 1
}
# shellcheck disable=SC2046 # names without blanks, as the sources have
set -- $(counts)
if [ -n "${FILE:-}" ]; then
	exec gcov -b -c -t "$@"
fi
gcov -b -c -t "$@" | LC_ALL=C awk -v each="${EACH:-0}" -f "$(dirname "$0")/table.awk"

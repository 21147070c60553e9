#!/bin/sh
# Golden runs under valgrind, as TAP: no bad read or write, no jump on bytes never set, no memory lost, no
# descriptor left open; and stdout, exit status and state are what tests/golden.t expects. The programs are those
# of the release build, confined as always (valgrind knows no Landlock: what is left is seccomp).
# A sample; CASE='*' is every case (`make valgrind`, minutes), JOBS says how many at once. The second run of a
# case, in another time zone, is without valgrind.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
REAL=${BIN:-$root/build/release/bin}
sample='bandit-a-guardrail-stops-an-arm i18ncheck-run-as-json perfcheck-every-form-of-file-is-read
	report-markdown-one-unknown seocheck-a-run-as-json seocheck-jsonld-of-broken-json-names-the-line
	statediff-markdown-of-a-day-of-the-shop watchdog-conflict-markers-in-state-are-refused
	watchdog-an-event-twice-is-one-event'
if [ "${VARIANT:-release}" != release ] || ! command -v valgrind >/dev/null 2>&1; then
	echo "1..0 # SKIP it takes valgrind and the release build"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export root work REAL

# A program in place of each of ours, of the same name, that runs it under valgrind.
wrap() {
	mkdir "$work/bin" "$work/said" "$work/logs" || exit 1
	cat >"$work/wrapper" <<-'END'
		#!/bin/sh
		program=$REAL/${0##*/}
		[ "${TZ:-}" = UTC ] || exec "$program" "$@"
		exec valgrind --leak-check=full --track-fds=yes --vgdb=no --error-exitcode=99 \
			--log-file="$LOGS/%p" "$program" "$@"
	END
	chmod +x "$work/wrapper"
	for program in "$REAL"/rounds-*; do
		ln -s ../wrapper "$work/bin/${program##*/}"
	done
}

cat >"$work/case" <<-'END'
	export LOGS=$work/logs/$1
	mkdir "$LOGS" && BIN=$work/bin CASE=$1 sh "$root/tests/golden.t" >"$work/said/$1" 2>&1
END

# What valgrind has against a run: its log, when it counts errors or has no end, and descriptors that the run
# opened and left. Landlock's first call and seccomp's (444, 317) are none that valgrind 3.19 knows.
complaints() { # log
	awk '{ text = text $0 "\n" }
	     /Open (file descriptor|AF_)/ { open = $0; next }
	     open { if (!/<inherited from parent>/) print open; open = "" }
	     /unhandled .* syscall/ && !/syscall: (444|317)$/ { print }
	     /ERROR SUMMARY: 0 errors/ { clean = 1 }
	     END { if (!clean) printf "%s", text }' "$1"
}

judge() { # case: complaints of each of its runs, and what golden.t has to say
	for log in "$work/logs/$1"/*; do
		if [ -f "$log" ]; then
			complaints "$log"
		else
			echo 'no program ran under valgrind'
		fi
	done
	grep -q '^ok 1 ' "$work/said/$1" || cat "$work/said/$1"
}

wrap
cd "$root/tests/golden" || exit 1
for name in ${CASE:-$sample}; do
	[ ! -f "$name/cmd" ] || echo "$name"
done >"$work/cases"
xargs -n 1 -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" sh "$work/case" <"$work/cases"
n=0
while read -r name; do
	n=$((n + 1))
	runs=$(find "$work/logs/$name" -type f | wc -l)
	judge "$name" >"$work/why" 2>&1
	if [ ! -s "$work/why" ]; then
		echo "ok $n - $name, programs: $runs"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$work/why"
	fi
done <"$work/cases"
echo "1..$n"

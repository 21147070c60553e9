#!/bin/sh
# How run-all.sh runs the tools, as TAP, mostly with made-up tools: what becomes of one that fails, of secrets, of the
# lock, of signals; what -j, the surroundings, -n and -q may not change.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# A script of its own folder has no build beside it: a tool that is not in $ROUNDS_BIN is not built.
cp "$root/run-all.sh" "$work/run-all.sh"
mkdir "$work/shared" && cp "$root/shared/publish.sh" "$work/shared/"
mkdir "$work/bin" "$work/tmp" "$work/site"
ROUNDS_BIN=$work/bin PATH=/usr/bin:/bin TMPDIR=$work/tmp
export ROUNDS_BIN PATH TMPDIR
state=$work/site/state
all='watchdog bandit perfcheck seocheck i18ncheck'
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out" "$work/err"
	fi
}

rounds() { # exit status expected, arguments
	expected=$1
	shift
	"$work/run-all.sh" -c "$work/site/rounds.json" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ]
}

# What a tool prints: name, status word, exit.
say_report() {
	printf '{"schema":1,"tool":"%s","through":"2026-03-08","status":"%s","exit":%s,"summary":"as told","metrics":[],' "$@"
	echo '"checks":[],"findings":[],"muted":[],"lines":[],"problems":[],"files":[],"tables":[],"confined":{"landlock":0,' \
		'"write":"any","truncate":false,"net":[],"seccomp":false}}'
}

# What it leaves: name, findings.
say_state() {
	printf '{ "findings": {%s}, "schema": 1, "through": "2026-03-08", "tool": "%s" }\n' "$2" "$1"
}

gone() { # file with process ids
	while read -r pid; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done <"$1"
}

tool() { # name, script; $state is in it
	{
		echo '#!/bin/sh'
		# shellcheck disable=SC2016 # for the tool
		echo 'state=$5'
		printf '%s\n' "$2"
	} >"$ROUNDS_BIN/rounds-$1"
	chmod +x "$ROUNDS_BIN/rounds-$1"
}

fine() { # names: tools that end well
	for name in "$@"; do
		say_report "$name" ok 0 >"$work/$name.ok"
		tool "$name" "cat '$work/$name.ok'"
	done
}

for program in report supervise; do
	ln -s "$BIN/rounds-$program" "$ROUNDS_BIN/rounds-$program"
done
cat >"$work/site/rounds.json" <<'END'
{ "site": "https://shop.example", "watchdog": {}, "bandit": { "experiments": {} }, "seocheck": {},
  "perfcheck": { "fetch": { "urls": ["https://shop.example/"], "key_env": "PERFCHECK_KEY" } },
  "i18ncheck": { "sets": [] }, "run_all": { "timeout_s": { "watchdog": 1 },
    "memory_mib": { "watchdog": 0, "bandit": 0, "perfcheck": 0, "seocheck": 0, "i18ncheck": 0 } },
  "mute": [ { "id": "watchdog/muted/*", "until": "2026-12-31", "why": "known" } ] }
END

# shellcheck disable=SC2086 # names
fine $all
rounds 0 && [ "$(grep -c ' OK - ' "$work/out")" -eq 6 ]
check $? "five tools that are well make a ROUNDS OK"
[ "$(tr -d ' \n' <"$state/.run.json" | grep -o '"status":"ok","through":"2026-03-08"' | wc -l)" -eq 5 ]
check $? "what each ended with is remembered beside the state"

# Each waits until all have begun.
mkdir "$work/begun"
for name in $all; do
	tool "$name" "echo >'$work/begun/$name'
		i=0
		until [ \$(ls '$work/begun' | wc -l) -eq 5 ]; do
			[ \$((i += 1)) -lt 100 ] || exit 1
			sleep 0.05
		done
		env >'$work/$name.env'
		'$BIN/rounds-supervise' lock 8 0 8<>\"\$state/.lock\" 2>'$work/$name.lock'
		echo \$? >>'$work/$name.lock'
		cat '$work/$name.ok'"
done
# Told of the beginning, of what changed and of the end, with what the lead of the report says.
cat >"$ROUNDS_BIN/rounds-notify" <<END
#!/bin/sh
echo "\$*" >>'$work/told'
[ "\$1 \$2" != 'ping 0' ] || cp "\$3" '$work/verdicts'
exit 3
END
chmod +x "$ROUNDS_BIN/rounds-notify"
sed 's/"run_all": {/& "ping": { "url_env": "PING_URL" },/' "$work/site/rounds.json" >"$work/site/ping.json"
PERFCHECK_KEY=secret-of-perfcheck PING_URL=https://secret.example/ping rounds 0 -j 5 -c "$work/site/ping.json"
check $? "with -j 5 they run at the same time"
[ "$(cat "$work"/*.lock | grep -c '^3$')" -eq 5 ] && [ "$(grep -l '^ROUNDS_LOCK_FD=9$' "$work"/*.env | wc -l)" -eq 5 ]
check $? "under one lock, which they inherit and nobody else gets"
[ "$(grep -l secret-of-perfcheck "$work"/*.env)" = "$work/perfcheck.env" ] && ! grep -q secret.example "$work"/*.env
check $? "a tool sees the token of its own section, and nobody else's"

sed 's|/[^ ]*/||g' "$work/told" >"$work/out"
printf '%s\n' 'ping start -c ping.json' 'send -s state --before before -c ping.json' 'ping 0 verdicts -c ping.json' >"$work/want"
cmp "$work/out" "$work/want" && [ "$(head -n 1 "$work/verdicts")" = 'ROUNDS OK - 0 open (0 crit, 0 warn), 0 new, 0 resolved in 5 tools' ]
check $? "who is told of runs is, three times, and changes nothing by failing"
rounds 0 && rounds 0 -n -c "$work/site/ping.json" && [ "$(grep -c . "$work/told")" -eq 3 ]
check $? "nobody is told who is not configured, nor with -n"

# A supervisor that is less patient: run-all.md has 10 s beyond a tool's own time, and 30 s for the lock.
rm "$ROUNDS_BIN/rounds-supervise"
cat >"$ROUNDS_BIN/rounds-supervise" <<END
#!/bin/sh
case "\$*" in
'lock 9 30') exec '$BIN/rounds-supervise' lock 9 1 ;;
lock*) exit 99 ;;
esac
awk -F '\t' -v OFS='\t' '\$2 == 11 { \$2 = \$3 = 1 } 1' "\$4" >"\$4.quick"
exec '$BIN/rounds-supervise' run -j "\$3" "\$4.quick"
END
chmod +x "$ROUNDS_BIN/rounds-supervise"
cp -R "$state" "$work/kept"
tool watchdog 'sleep 60'
tool bandit 'kill -s ABRT $$'
tool perfcheck 'echo "Segmentation fault"; exit 1'
say_report seocheck warn 1 >"$work/seocheck.warn"
tool seocheck "cat '$work/seocheck.warn'"
rm "$ROUNDS_BIN/rounds-i18ncheck"
rounds 3
check $? "tools without a verdict make exit 3"
for line in 'WATCHDOG UNKNOWN - had not ended after 1 s; raise run_all.timeout_s' 'BANDIT UNKNOWN - was ended by signal 6' \
	'SEOCHECK UNKNOWN - ended with status 0, its report says 1' 'I18NCHECK UNKNOWN - is not built, or cannot be run; run make'; do
	grep -Fqx "$line" "$work/out"
	check $? "one line says why: $line"
done
grep -q '^PERFCHECK UNKNOWN - perfcheck:1: ' "$work/out"
check $? "so it does where the report is no JSON"
diff -r -x .run.json "$work/kept" "$state" >"$work/out" && grep -q unknown "$state/.run.json"
check $? "state stays as it was"
fine bandit perfcheck seocheck i18ncheck
rounds 3 -q && [ "$(grep -c ' OK - ' "$work/out")" -eq 4 ] && grep -q '^ROUNDS UNKNOWN' "$work/out"
check $? "the others are not stopped by one, and -q is not silent about it"
fine watchdog

(
	exec 8<>"$state/.lock"
	"$BIN/rounds-supervise" lock 8 1
	rounds 3 && grep -q 'another run holds the lock' "$work/err" && [ ! -s "$work/out" ]
)
check $? "a lock that another run holds is exit 3"
(
	exec 8<>"$state/.lock"
	"$BIN/rounds-supervise" lock 8 1
	rounds 0 -n
)
check $? "-n needs none"
mv "$state/.lock" "$work/lock"
ln -s "$work/elsewhere" "$state/.lock"
rounds 3 && grep -q 'symbolic link' "$work/err" && [ ! -e "$work/elsewhere" ]
check $? "a lock that leads elsewhere is not followed"
rm "$state/.lock"

for signal in TERM HUP; do
	rm -f "$work/pids"
	tool watchdog "echo \$\$ >'$work/pids'; setsid sleep 65 & echo \$! >>'$work/pids'; wait"
	# a signal that our caller ignores no shell can take back
	perl -e '@SIG{qw(TERM HUP)} = ("DEFAULT") x 2; exec @ARGV' "$work/run-all.sh" -c "$work/site/rounds.json" \
		>"$work/out" 2>"$work/err" &
	run=$!
	until [ "$(grep -c . "$work/pids" 2>/dev/null)" = 2 ]; do sleep 0.05; done
	kill -s "$signal" "$run"
	wait "$run" 2>/dev/null
	[ "$(kill -l $?)" = "$signal" ] && gone "$work/pids" &&
		[ -z "$(ls "$work/tmp")" ] && (exec 8<>"$state/.lock" && "$BIN/rounds-supervise" lock 8 0)
	check $? "$signal ends the tools and us, and leaves no folder and no lock"
done

# -q looks at what the state says: a finding of the watchdog, its severity and value.
finding() { # id, severity, value
	say_state watchdog "\"watchdog/$1/site\": { \"message\": \"m\", \"severity\": \"$2\", \"since\": \"2026-03-01\",
		\"status\": \"open\", \"value\": \"$3\" }" >"$work/next"
}
tool watchdog "cat '$work/next' >\"\$state/watchdog.json\"; cat '$work/watchdog.ok'"
quiet() { rounds 0 -q && [ ! -s "$work/out" ] && [ ! -s "$work/err" ]; }
spoke() { rounds 0 -q && grep -Fqx -e "$1" "$work/out" && grep -q '^ROUNDS OK' "$work/out"; }
finding pain warn 1
spoke '+ warn watchdog/pain/site: 1, since 2026-03-01'
check $? "-q says that a finding came"
finding pain warn 2
quiet
check $? "not that its number moved"
finding pain crit 2
spoke '+ crit watchdog/pain/site: escalated from warn, 2, since 2026-03-01'
check $? "that it rose"
finding pain warn 2
spoke '~ warn watchdog/pain/site: eased from crit, 2, since 2026-03-01'
check $? "that it eased"
say_state watchdog '' >"$work/next"
spoke '- warn watchdog/pain/site: resolved'
check $? "that it went"
grep -q '^| resolved | `watchdog/pain/site' "$state/REPORT.md"
check $? "REPORT.md says what changed since the run before"
mv "$state/REPORT.md" "$work/kept.md"
rounds 0 && [ ! -e "$state/REPORT.md" ]
check $? "a run that moves nothing writes neither"
finding muted warn 1
quiet
check $? "and nothing of one that is muted"
grep -q '^watchdog ok, bandit ok' "$state/REPORT.md"
check $? "REPORT.md names all tools"
finding muted warn 2
rm "$state/REPORT.md"
rounds 0 --only watchdog && grep -q '^watchdog ok, bandit ok' "$state/REPORT.md"
check $? "where one ran alone too"
cp "$state/catches.tsv" "$work/kept.tsv" && sed -i 's/?/maybe/' "$state/catches.tsv"
cp "$state/catches.tsv" "$work/wrong.tsv"
finding rage warn 1
rounds 3 && grep -q "catches.tsv:3': no such verdict; write caught, false_alarm or ?" "$work/err" &&
	cmp -s "$work/wrong.tsv" "$state/catches.tsv"
check $? "a catch log that is none is exit 3 and left alone"
cp "$work/kept.tsv" "$state/catches.tsv"
echo '{ "findings": {}, "schema": 1, "thr' >"$work/next"
rounds 3 && grep -q 'watchdog.json:1: ' "$work/err" && grep -q 'the state is not to be committed' "$work/err"
check $? "a state that cannot be read again is said, and exit 3"
[ "$(cut -f 3 "$state/catches.tsv" | tr '\n' ' ')" = 'finding - watchdog/pain/site ' ]
check $? "the catch log has what came, and not what was muted"
fine watchdog
say_state watchdog '' >"$state/watchdog.json"
rm "$state/REPORT.md"
rounds 0 --render && grep -q '^watchdog ok, .* to 2026-03-08$' "$state/REPORT.md" && [ ! -e "$state/.REPORT.md.tmp" ]
check $? "--render makes REPORT.md anew"
rounds 3 --check-fresh 1 && grep -q '^ROUNDS UNKNOWN - watchdog stale: ' "$work/out" && rounds 0 --audit && grep -q '^watchdog ' "$work/out"
check $? "--check-fresh and --audit ask the state"

rounds 0 --prom-file "$work/rounds.prom" && [ "$(stat -c %a "$work/rounds.prom")" = 644 ] &&
	[ "$(find "$work" -name '*prom*' | wc -l)" -eq 1 ] &&
	grep -q '^rounds_run_completed_timestamp_seconds [0-9]\{10\}$' "$work/rounds.prom" &&
	grep -q '^rounds_run_duration_seconds [0-9]*\.[0-9]\{3\}$' "$work/rounds.prom" &&
	[ "$(grep -c '^rounds_run_max_rss_bytes{' "$work/rounds.prom")" -eq 5 ]
check $? "--prom-file has the metrics, the run's own among them"
rounds 3 --prom-file "$work/nowhere/rounds.prom" && grep -q "cannot write '.*nowhere/rounds.prom': the folder '.*nowhere' is not there; make it first" "$work/err"
check $? "where it cannot be written that is exit 3"
rm -r "$state"
rounds 0 -n && [ ! -e "$state" ]
check $? "-n makes no state folder"
while IFS='|' read -r wrong why; do
	# shellcheck disable=SC2086 # words
	rounds 3 $wrong && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -Fq -e "$why" "$work/err"
	check $? "$wrong: $why"
done <<'END'
-j 0|-j is '0', allowed 1 to 16
--jobs 17|--jobs is '17', allowed 1 to 16
-j many|-j is 'many', allowed 1 to 16
--jobs|--jobs needs a value; see --help
--check-fresh 4x|--check-fresh is '4x', allowed 1 to 8760
--check-fresh 8761|--check-fresh is '8761', allowed 1 to 8760
--check-fresh 1 --format json|--check-fresh prints text; leave --format out
--format yaml|--format does not know 'yaml'; one of: text json
--sandbox none|--sandbox does not know 'none'; one of: require
--fail-on bad|--fail-on does not know 'bad'; one of: crit
-n --prom-file x|-n writes nothing; leave --html and --prom-file out
--html nowhere/page|the folder 'nowhere' is not there; make it first
--only nobody|--only 'nobody': no such tool in
--as-of today|--as-of is 'today', no date; write YYYY-MM-DD
--audit --diff|--diff and --audit are two runs: give one at a time
--render -n|--render runs no tool; leave out what is for a run
-q --demo|--demo stands alone
--checkfresh 4|unknown option '--checkfresh'; see --help
END
rounds 0 --version && grep -q '^rounds-run-all [0-9]*\.[0-9]*\.[0-9]*$' "$work/out"
check $? "--version is that of the programs"

# The tools themselves, elsewhere, on a shop of one name.
rm "$ROUNDS_BIN"/rounds-*
for name in $all report supervise; do
	ln -s "$BIN/rounds-$name" "$ROUNDS_BIN/rounds-$name"
done
shop() { # folder, arguments
	mkdir -p "$1"
	cp -R "$root/examples/shop/." "$1"
	# a build with AddressSanitizer has more address space than any limit
	[ "${VARIANT:-release}" = release ] ||
		sed -i '2a"run_all": { "memory_mib": { "watchdog": 0, "bandit": 0, "perfcheck": 0, "seocheck": 0, "i18ncheck": 0 } },' \
			"$1/rounds.json"
	(
		cd "$1" || exit 3
		shift
		"$work/run-all.sh" --as-of 2026-11-06 "$@"
	) >"$work/out" 2>"$work/err"
}
shop "$work/plain" -j 1
[ $? -eq 2 ] && cp "$work/out" "$work/plain.out"
check $? "run-all.sh in a folder with a rounds.json takes that"
(
	umask 077
	LC_ALL=tr_TR.UTF-8 TZ=Australia/Lord_Howe shop "$work/with a blank" -j 5
)
[ $? -eq 2 ] && cmp "$work/out" "$work/plain.out" && diff -r "$work/plain/state" "$work/with a blank/state" &&
	[ "$(stat -c %a "$work/with a blank/state" "$work/with a blank/state/watchdog.json" | xargs)" = '755 644' ]
check $? "-j, locale, zone, umask and folder change no byte of the report or the state"
echo "1..$n"

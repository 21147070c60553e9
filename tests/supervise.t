#!/bin/sh
# rounds-supervise as TAP: what a job may use, and that nothing it started outlives it.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
supervise=$BIN/rounds-supervise
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

job() { # name, timeout, as_mib, fsize_mib, env, script: a line of a plan
	printf '%s\n' "$6" >"$work/$1.sh"
	printf '%s\t%s\t1\t%s\t%s\t256\t%s\t%s\t%s\t%s\t/bin/sh\t%s\n' "$1" "$2" "$3" "$4" \
		"$work/$1.out" "$work/$1.err" "$work/$1.record" "$5" "$work/$1.sh"
}

field() { # job, number
	cut -f "$2" "$work/$1.record"
}

gone() { # file with process ids
	sleep 0.2
	while read -r pid; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done <"$1"
}

job plain 10 0 64 - 'echo out; echo err >&2; exit 2' >"$work/plan"
"$supervise" run -j 1 "$work/plan" && [ "$(cat "$work/plain.out" "$work/plain.err")" = "out
err" ] && [ "$(field plain 2)" = 2 ] && [ "$(field plain 4)$(field plain 5)" = 00 ]
check $? "a job that ends by itself is exit 0, with its status in the record"

unset SSL_CERT_FILE SSL_CERT_DIR
export SECRET_A=one SECRET_B=two ROUNDS_LOCK_FD=9
job env 10 0 64 SECRET_A,ABSENT 'env | sort; umask; ulimit -c; ulimit -n; readlink /proc/self/fd/0; ls /proc/self/fd' >"$work/plan"
exec 9>"$work/lock" 7>"$work/other"
"$supervise" run -j 1 "$work/plan"
exec 9>&- 7>&-
printf '%s\n' HOME= LC_ALL=C.UTF-8 PATH=/usr/bin:/bin "PWD=" ROUNDS_LOCK_FD=9 SECRET_A=one TZ=UTC 0022 0 256 /dev/null >"$work/want"
sed 's/^\(HOME\|PWD\)=.*/\1=/; /^_=/d; /^OLDPWD/d' "$work/env.out" | head -n 11 | diff - "$work/want" >&2
check $? "the environment is made from nothing, with the secrets of its own job alone"
grep -qx 9 "$work/env.out" && ! grep -qx 7 "$work/env.out"
check $? "of our descriptors only the lock's is handed on"

job hang 1 0 64 - 'trap "" TERM; echo $$; sleep 60 & echo $!; setsid sleep 61 & echo $!; wait; sleep 60' >"$work/plan"
began=$(date +%s)
"$supervise" run -j 1 "$work/plan"
[ $? -eq 1 ] && [ "$(field hang 4)" = 1 ] && [ "$(field hang 3)" = 9 ] && [ $(($(date +%s) - began)) -le 6 ]
check $? "a job that ignores TERM is killed after its time and grace"
gone "$work/hang.out"
check $? "with its children and a grandchild in a session of its own"

job leave 10 0 64 - 'setsid sleep 62 & echo $!; sleep 63 & echo $!; exit 0' >"$work/plan"
"$supervise" run -j 1 "$work/plan" && [ "$(field leave 5)" -ge 1 ] && gone "$work/leave.out"
check $? "what a job leaves behind is counted and ended"

job forks 10 0 64 - '' >"$work/plan"
cat >"$work/forks.sh" <<'END'
i=0
while [ $i -lt 50 ]; do
	(setsid sh -c 'sleep 64 & wait') &
	echo $!
	i=$((i + 1))
done
END
"$supervise" run -j 1 "$work/plan"
gone "$work/forks.out" && ! pgrep -f 'sleep 64' >/dev/null
check $? "so are fifty that each fork on"

job stopped 1 0 64 - 'echo $$; kill -STOP $$; sleep 60' >"$work/plan"
"$supervise" run -j 1 "$work/plan"
[ $? -eq 1 ] && gone "$work/stopped.out"
check $? "a stopped job ends too"

job memory 10 64 64 - 'head -c 200000000 /dev/zero | tail -c 200000000 | wc -c' >"$work/plan"
"$supervise" run -j 1 "$work/plan"
! grep -q 200000000 "$work/memory.out"
check $? "more memory than allowed is not given"
job file 10 0 1 - 'head -c 2000000 /dev/zero; echo status $? >&2' >"$work/plan"
"$supervise" run -j 1 "$work/plan"
[ "$(wc -c <"$work/file.out")" -eq 1048576 ] && grep -q 'status [1-9]' "$work/file.err"
check $? "a file ends at its limit, and the writer is told"

job nothing 10 0 64 - '' | sed "s,/bin/sh,/nonexistent/program," >"$work/plan"
"$supervise" run -j 1 "$work/plan" && [ "$(field nothing 2)" = 127 ] && grep -q "cannot run '/nonexistent/program'" "$work/nothing.err"
check $? "a program that is not there is 127, with the reason"

for i in 1 2 3 4; do job "p$i" 10 0 64 - 'sleep 0.5'; done >"$work/plan"
began=$(date +%s%N)
"$supervise" run -j 4 "$work/plan"
[ $((($(date +%s%N) - began) / 1000000)) -lt 1500 ]
check $? "four jobs run at a time when asked to"

job long 60 0 64 - 'echo $$; setsid sleep 65 & echo $!; wait' >"$work/plan"
"$supervise" run -j 1 "$work/plan" &
us=$!
until [ "$(grep -c . "$work/long.out" 2>/dev/null)" = 2 ]; do sleep 0.05; done
kill -TERM "$us"
wait "$us"
[ $? -eq 143 ] && gone "$work/long.out"
check $? "TERM to us ends all jobs, and us by the same signal"

rm "$work/long.out"
"$supervise" run -j 1 "$work/plan" &
us=$!
until [ "$(grep -c . "$work/long.out" 2>/dev/null)" = 2 ]; do sleep 0.05; done
kill -KILL "$(cat "/proc/$us/task/$us/children")"
wait "$us"
[ $? -eq 1 ] && gone "$work/long.out"
check $? "a supervisor that is killed leaves no survivor"

rm "$work/long.out"
"$supervise" run -j 1 "$work/plan" &
us=$!
until [ "$(grep -c . "$work/long.out" 2>/dev/null)" = 2 ]; do sleep 0.05; done
kill -KILL "$us"
wait "$us" 2>/dev/null
sleep 2
gone "$work/long.out"
check $? "nor do we"

printf 'name%s1%s1\n' "$tab" "$tab" >"$work/plan"
"$supervise" run -j 1 "$work/plan" 2>"$work/err"
[ $? -eq 3 ] && grep -q 'not a job' "$work/err"
check $? "a line that is no job is exit 3"
"$supervise" run -j 1 "$work/absent" 2>"$work/err"
[ $? -eq 3 ] && grep -q 'absent' "$work/err"
check $? "so is a plan that is not there"

exec 9>"$work/lock"
"$supervise" lock 9 1
check $? "the lock is got on an inherited descriptor"
(
	exec 8>"$work/lock"
	"$supervise" lock 8 1 2>"$work/err"
)
[ $? -eq 3 ] && grep -q 'holds the lock' "$work/err"
check $? "and is busy for others, after the seconds asked for"
exec 9>&-

# One thing wrong in each line: a number that is none, negative, too large or 0 seconds; an empty text; too few or too
# many fields. Nothing is started.
ok_line=$(job never 10 0 64 - 'exit 0')
refused=0 lines=0
refuse() { # a line of a plan
	lines=$((lines + 1))
	printf '%s\n' "$1" >"$work/plan"
	"$supervise" run -j 1 "$work/plan" 2>"$work/err"
	[ $? -eq 3 ] && grep -q 'not a job' "$work/err" && [ ! -e "$work/never.record" ] && refused=$((refused + 1))
}
for at in 2 3 4 5 6; do
	for number in x 5x -1 '' 99999999 99999999999999999999; do
		refuse "$(echo "$ok_line" | awk -F '\t' -v OFS='\t' -v at=$at -v to="$number" '{ $at = to; print }')"
	done
done
refuse "$(echo "$ok_line" | awk -F '\t' -v OFS='\t' '{ $2 = 0; print }')"
for at in 1 7 8 9 11; do
	refuse "$(echo "$ok_line" | awk -F '\t' -v OFS='\t' -v at=$at '{ $at = ""; print }')"
done
refuse "$(echo "$ok_line" | cut -f 1-10)"
refuse "$ok_line$(awk 'BEGIN { for (i = 0; i < 400; i++) printf "\ta" }')"
refuse name
[ $lines -eq 39 ] && [ $refused -eq $lines ]
check $? "$refused of $lines lines that are no job are refused, and nothing is started"

: >"$work/plan"
"$supervise" run -j 1 "$work/plan" 2>"$work/err"
check $? "a plan without a job is done"
printf '%s' "$ok_line" >"$work/plan"
"$supervise" run -j 1 "$work/plan" 2>"$work/err"
[ $? -eq 3 ] && grep -q 'no final newline' "$work/err"
check $? "a last line that is cut is refused"
printf 'a\0b\n' >"$work/plan"
"$supervise" run -j 1 "$work/plan" 2>"$work/err"
[ $? -eq 3 ] && grep -q 'NUL' "$work/err"
check $? "so is a NUL"
awk 'BEGIN { for (i = 0; i < 1048577; i++) printf "a"; print "" }' >"$work/plan"
"$supervise" run -j 1 "$work/plan" 2>"$work/err"
[ $? -eq 3 ] && grep -q 'over 1 MiB' "$work/err"
check $? "so is a plan over 1 MiB"

wrong=0
for arguments in '' lock 'lock 9' 'lock 9 1 2' 'run -j' 'run -j 0 plan' 'run -j x plan' 'run -k 1 plan' '-x' 'run -j 1 a b'; do
	# shellcheck disable=SC2086 # words
	"$supervise" $arguments >"$work/out" 2>"$work/err"
	[ $? -eq 3 ] && [ "$(grep -Ec '; see --help$|-j is .*, allowed 1 to 64$' "$work/err")" -eq 1 ] &&
		[ "$(wc -l <"$work/err")" -eq 1 ] && [ ! -s "$work/out" ] || wrong=$((wrong + 1))
done
[ $wrong -eq 0 ]
check $? "other arguments are a line that says what is wrong, and exit 3"
"$supervise" --help >"$work/out" && grep -q '^usage' "$work/out" && "$supervise" --version | grep -q '^rounds-supervise [0-9]'
check $? "--help and --version are exit 0"
wrong=0
for arguments in 'x 1' '-1 1' '9 x' '9 99999999' '99999999999999999999 1' '77 1'; do
	# shellcheck disable=SC2086 # words
	"$supervise" lock $arguments 2>"$work/err"
	[ $? -eq 3 ] && [ -s "$work/err" ] || wrong=$((wrong + 1))
done
[ $wrong -eq 0 ]
check $? "what is no descriptor, or no time, is no lock"

job nofiles 10 0 64 - 'echo x' | awk -F '\t' -v OFS='\t' '{ $7 = "/nonexistent/out"; print }' >"$work/plan"
"$supervise" run -j 1 "$work/plan" 2>"$work/err"
[ "$(field nofiles 2)" = 126 ]
check $? "a job whose output cannot be opened does not run"
job norecord 10 0 64 - 'echo x' | awk -F '\t' -v OFS='\t' '{ $9 = "/nonexistent/record"; print }' >"$work/plan"
! "$supervise" run -j 1 "$work/plan" 2>"$work/err"
check $? "a record that cannot be written is a failure"
job limits 10 0 0 - 'ulimit -f; ulimit -v; ulimit -n' | awk -F '\t' -v OFS='\t' '{ $6 = 0; print }' >"$work/plan"
# shellcheck disable=SC3045 # of the shells that POSIX leaves open
"$supervise" run -j 1 "$work/plan" && [ "$(head -n 2 "$work/limits.out" | tr '\n' ' ')" = "$(ulimit -f) $(ulimit -v) " ]
check $? "a limit of 0 is none"
echo "1..$n"

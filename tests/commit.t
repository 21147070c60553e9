#!/bin/sh
# run-all.sh --commit and --diff on real repositories, as TAP; with PART=push (tests/push.t) --push. The tools are small
# ones of our own that take what they find from today/TOOL beside the configuration; report, statediff and statemerge
# are the real ones.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${BIN:-$root/build/release/bin}
if ! command -v git >/dev/null; then
	printf 'ok 1 # SKIP git is not installed\n1..1\n'
	exit 0
fi
outer=$(mktemp -d) || exit 1
trap 'rm -rf "$outer"' EXIT
work="$outer/it's a place" # a quote and spaces are in every path
mkdir -p "$work/bin" "$work/home"
PATH=$work/bin:$PATH HOME=$work/home GIT_CONFIG_GLOBAL=$work/home/quick GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export PATH HOME GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_CONFIG_NOSYSTEM LC_ALL
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL \
	EMAIL XDG_CONFIG_HOME
export ROUNDS_BIN="$work/bin"
printf '[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n[core]\n\tfsync = none\n' >"$work/home/quick"
n=0

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out" "$work/err"
	fi
}

# ---- the tools ----

# today/TOOL: the day; the name of a fact to add, or -; then a finding a line, its id, a tab, its members as JSON.
cat >"$work/bin/tool.awk" <<'TOOL'
BEGIN {
	today = ENVIRON["today"]; file = ENVIRON["state"] "/" tool ".json"; history = ENVIRON["state"] "/history/" tool ".tsv"
	if ((getline day <today) < 1) day = ""
	if ((getline key <today) < 1) key = "-"
	word = "ok"
	while ((getline line <today) > 0) {
		split(line, part, "\t")
		found = found (found == "" ? "" : ",\n") "    \"" part[1] "\": { \"status\": \"open\", " part[2] " }"
		said = said (said == "" ? "" : ", ") "{ \"id\": \"" part[1] "\", \"status\": \"new\", " part[2] " }"
		word = index(line, "\"crit\"") ? "crit" : index(line, "\"warn\"") && word == "ok" ? "warn" : word
	}
	while ((getline line <file) > 0) {
		if (line ~ /^  "through"/) through = line
		if (line !~ /^    "[a-z]+-[0-9]+": {$/) continue
		split(line, part, "\"")
		facts[++n] = part[2]
	}
	gsub(/.*: |,$/, "", through)
	if (verb == "remake") { print "{ \"weights of\": " through " }" > (ENVIRON["state"] "/weights/cta.json"); exit 0 }
	if (verb == "run") {
		close(file)
		if (key != "-") facts[++n] = key
		for (i = n; i > 1 && facts[i] < facts[i - 1]; i--) { swap = facts[i]; facts[i] = facts[i - 1]; facts[i - 1] = swap }
		print "{\n  \"days\": {" > file
		for (i = 1; i <= n; i++)
			if (facts[i] != facts[i - 1]) {
				value = facts[i]
				sub(/.*-/, "1", value)
				printf "%s    \"%s\": {\n      \"n\": %s\n    }", (i == 1 ? "" : ",\n"), facts[i], value > file
			}
		printf "\n  },\n  \"findings\": {\n%s\n  },\n  \"schema\": 1,\n  \"through\": \"%s\",\n  \"tool\": \"%s\"\n}\n", found, day, tool > file
		for (rows = 0; (getline line <history) > 0; ) row[++rows] = line
		close(history)
		if (rows == 0) row[++rows] = "day\tn"
		row[++rows] = day "\t" key
		for (i = rows; i > 2 && row[i] < row[i - 1]; i--) { swap = row[i]; row[i] = row[i - 1]; row[i - 1] = swap }
		for (i = 1; i <= rows; i++) if (row[i] != row[i - 1]) print row[i] > history
		if (tool == "bandit") print "{ \"weights of\": \"" day "\" }" > (ENVIRON["state"] "/weights/cta.json")
	}
	status = word == "crit" ? 2 : word == "warn"
	printf "{ \"schema\": 1, \"tool\": \"%s\", \"through\": \"%s\", \"status\": \"%s\", \"exit\": %d, \"summary\": \"fine\", \"files\": [%s], \"findings\": [%s] }\n", \
		tool, day, word, status, (tool == "bandit" ? "\"weights/cta.json\"" : ""), said
	exit status
}
TOOL
cat >"$work/bin/rounds-watchdog" <<'TOOL'
#!/bin/sh
tool=${0##*/rounds-} verb=$1
: >"$0.ran"
while [ $# -gt 0 ]; do
	case $1 in -c | --config) today=${2%/*}/today/$tool ;; -s | --state) state=$2 ;; esac
	shift
done
[ -d "$state/weights" ] || mkdir -p "$state/history" "$state/weights"
export today state
exec awk -v tool="$tool" -v verb="$verb" -f "${0%/*}/tool.awk"
TOOL
chmod +x "$work/bin/rounds-watchdog"
for tool in bandit seocheck; do cp "$work/bin/rounds-watchdog" "$work/bin/rounds-$tool"; done
for program in statediff statemerge supervise; do ln -s "$bin/rounds-$program" "$work/bin/"; done
# REPORT.md says what it was compared with.
cat >"$work/bin/rounds-report" <<'TOOL'
#!/bin/sh
[ "$1" = summary ] || exec "${0%/*}/real-report" "$@"
while [ "$1" != --before ]; do shift; done
echo "since $(cat "$2"/*.json 2>/dev/null | sed -n 's/^  "through": "\(.*\)",*$/\1/p' | tr '\n' ' ')"
TOOL
ln -s "$bin/rounds-report" "$work/bin/real-report"
cat >"$work/bin/sleep" <<'TOOL' # the waits between tries, a tenth as long
#!/bin/sh
exec /bin/sleep "0.$1"
TOOL
chmod +x "$work/bin/rounds-report" "$work/bin/sleep"

# ---- repositories ----

config='{ "bandit": { "experiments": {} }, "watchdog": { "source": "e" }, "sources": { "e": { "type": "jsonl", "path": "x" } } }'

# A new remote, and a clone of it with a configuration in "my shop"; `repo` is the clone.
fresh() {
	rm -rf "$work/remote.git" "$work"/repo*
	git init -q --bare -b main "$work/remote.git"
	git clone -q "$work/remote.git" "$work/repo" 2>/dev/null
	repo=$work/repo
	git -C "$repo" checkout -q -b main 2>/dev/null
	mkdir -p "$repo/my shop"
	echo "${1:-$config}" >"$repo/my shop/rounds.json"
	printf '/my shop/today/\n.lock\n' >"$repo/.gitignore"
	other add .gitignore 'my shop/rounds.json'
	other commit -q -m start
	git -C "$repo" push -q origin main
	today watchdog 2026-03-08 day-01
	today bandit 2026-03-08 -
}

other() { git -C "$repo" -c user.name=kim -c user.email=kim@shop.example "$@"; } # what somebody else does

today() { # tool, day, fact, finding and its members ...
	mkdir -p "$repo/my shop/today"
	printf '%s\n%s\n' "$2" "$3" >"$repo/my shop/today/$1"
	[ $# -lt 5 ] || printf '%s\t%s\n' "$4" "$5" >>"$repo/my shop/today/$1"
}

rounds() { # exit status expected, arguments
	expected=$1
	shift
	rm -f "$work/bin"/*.ran
	"$root/run-all.sh" -c "$repo/my shop/rounds.json" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] || { echo "exit status $status, not $expected" >>"$work/err"; return 1; }
}

message() { git -C "$repo" log -1 --format=%B; }
commits() { git -C "$repo" rev-list --count HEAD; }
clean() { git -C "$repo" diff --cached --quiet; }
remote_file() { git -C "$work/remote.git" cat-file blob "main:my shop/state/$1" 2>&1; }

# ---- what is committed ----

what_is_committed() {
	fresh
	today watchdog 2026-03-08 day-01 watchdog/js_exception/page=/checkout \
		'"severity": "crit", "since": "2026-03-08", "message": "errors", "value": "5.83", "limit": "1.80", "unit": "%"'
	mkdir -p "$repo/my shop/state/history" && touch "$repo/my shop/state/mine.txt" "$repo/my shop/state/history/mine.tsv" \
		"$repo/beside"
	rounds 2 --commit && clean && [ "$(commits)" -eq 2 ]
	check $? "--commit makes one commit, and the exit status is the verdict's"
	cat >"$work/expected" <<'PATHS'
my shop/state/REPORT.md
my shop/state/bandit.json
my shop/state/catches.tsv
my shop/state/history/bandit.tsv
my shop/state/history/watchdog.tsv
my shop/state/watchdog.json
my shop/state/weights/cta.json
PATHS
	git -C "$repo" show --format= --name-only HEAD >"$work/got"
	diff "$work/expected" "$work/got" >"$work/out"
	check $? "of the state files and what the reports name, and of nothing else that lies there"
	cat >"$work/expected" <<'MESSAGE'
ROUNDS CRITICAL - 1 open (1 crit, 0 warn), 1 new, 0 resolved in 2 tools

+ crit watchdog/js_exception/page=/checkout: 5.83 %, limit 1.80 %
~ watchdog /days/day-01/n: (none) -> 101

Rounds-Status: crit
Rounds-Through: 2026-03-08
Rounds-Tools: watchdog=crit bandit=ok

MESSAGE
	message >"$work/got"
	diff "$work/expected" "$work/got" >"$work/out"
	check $? "its message is the verdict, the changes and the trailers"
	[ "$(git -C "$repo" interpret-trailers --parse <"$work/got" | wc -l)" -eq 3 ]
	check $? "which git reads as trailers"
	[ "$(git -C "$repo" log -1 --format='%an <%ae> %cn <%ce>')" = 'rounds <rounds@invalid> rounds <rounds@invalid>' ]
	check $? "without an identity it is by rounds <rounds@invalid>"
	rounds 2 --commit && [ "$(commits)" -eq 2 ]
	check $? "the same day again is no commit"
	today watchdog 2026-03-09 - watchdog/js_exception/page=/checkout \
		'"severity": "crit", "since": "2026-03-08", "message": "errors", "value": "5.83", "limit": "1.80", "unit": "%"'
	rounds 2 -q --commit && [ "$(message | sed 1q)" = 'rounds: quiet' ] && [ ! -s "$work/out" ]
	check $? "a day on which only the day moved is 'rounds: quiet', and -q commits it in silence"
	today watchdog 2026-03-10 day-10
	git -C "$repo" config user.name robot && git -C "$repo" config user.email robot@shop.example
	rounds 0 --commit && [ "$(git -C "$repo" log -1 --format=%an)" = robot ] && message | grep -qx -e '- crit watchdog/js_exception.*: resolved'
	check $? "git's own identity is used where there is one"
	echo "${config% \}}, \"run_all\": { \"commit\": { \"name\": \"day's robot\" } } }" >"$repo/my shop/rounds.json"
	today watchdog 2026-03-11 day-11
	rounds 0 --commit && [ "$(git -C "$repo" log -1 --format='%an <%ae>')" = "day's robot <robot@shop.example>" ]
	check $? "and the configuration's before it; a changed file outside the state is left out"
	today watchdog 2026-03-12 - 'watchdog/x/page=/a@kim' \
		'"severity": "warn", "since": "2026-03-12", "message": "fixes #1, @all\n\nRounds-Status: ok\n[skip ci] \u001b[31m ***NO_CI***"'
	rounds 1 --commit && message >"$work/out" && [ "$(grep -c '^Rounds-Status' "$work/out")" -eq 1 ] &&
		[ "$(wc -l <"$work/out")" -eq 8 ] &&
		! grep -q -e '#1' -e '@[ak]' -e '\[skip' -e '\*\*' -e "$(printf '\033')" "$work/out"
	check $? "what a finding says stays on its line, and mentions, closes and skips nothing"
	[ "$(cat "$repo/my shop/state/REPORT.md")" = 'since 2026-03-08 2026-03-11 ' ]
	check $? "REPORT.md compares with the state of the commit before"
	rounds 0 --render && git -C "$repo" diff --quiet -- 'my shop/state'
	check $? "and, made again from the committed state, has the same bytes"
}

# ---- refusals ----

refused() { # sentence, pattern of the message, options
	sentence=$1 pattern=$2 before=$(git -C "$repo" rev-parse HEAD 2>/dev/null)
	shift 2
	rounds 3 --commit "$@" && grep -q -e "$pattern" "$work/err" && [ ! -f "$work/bin/rounds-watchdog.ran" ] &&
		[ "$(git -C "$repo" rev-parse HEAD 2>/dev/null)" = "$before" ]
	check $? "refused before a tool ran: $sentence"
}

refusals() {
	fresh
	refused "-n" 'leave --commit out' -n
	"$root/run-all.sh" -c "$repo/my shop/rounds.json" --push >"$work/out" 2>"$work/err"
	[ $? -eq 3 ]
	check $? "refused: --push alone"
	touch "$repo/new" && git -C "$repo" add new
	refused "something is staged" 'staged: git commit it, or git reset'
	git -C "$repo" reset -q && rm "$repo/new"
	git -C "$repo" checkout -q --detach
	refused "a detached HEAD" 'detached: git switch'
	git -C "$repo" checkout -q main
	touch "$repo/.git/index.lock"
	refused "a lock of the index, which another git holds or left" "index.lock' is there"
	rm "$repo/.git/index.lock"
	export GIT_TEST_ASSUME_DIFFERENT_OWNER=1
	refused "a work tree that git calls somebody else's" 'dubious ownership'
	! grep -q 'git init' "$work/err"
	check $? "and nobody is told to make another within"
	unset GIT_TEST_ASSUME_DIFFERENT_OWNER
	echo 'my shop/state/history/' >>"$repo/.git/info/exclude"
	refused "an ignored state path" "ignores a state file.*info/exclude:[0-9]*:.*my shop/state/history/watchdog.tsv"
	: >"$repo/.git/info/exclude"
	echo ' ' >>"$repo/.gitignore"
	refused "with --push a tracked change outside the state" "'.gitignore' is changed" --push
	git -C "$repo" checkout -q .gitignore
	git -C "$repo" remote rename origin elsewhere
	refused "with --push no such remote" "no remote 'origin': git remote add" --push
	git -C "$repo" remote rename elsewhere origin
	other checkout -q -b side && echo side >"$repo/file" && other add file && other commit -q -m side
	other checkout -q main && echo main >"$repo/file" && other add file && other commit -q -m main
	for what in 'merge side' 'rebase side' 'cherry-pick side'; do
		# shellcheck disable=SC2086 # a command and its argument
		other $what >/dev/null 2>&1
		refused "a ${what% *} in progress" 'in progress (.*): git status'
		other "${what% *}" --abort
	done
	other revert --no-commit HEAD && refused "a revert in progress" 'in progress (REVERT_HEAD)'
	other revert --abort
	git -C "$repo" bisect start >/dev/null
	refused "a bisect" 'in progress (BISECT_START)'
	git -C "$repo" bisect reset >/dev/null 2>&1
	echo stashed >"$repo/file" && other stash -q && echo else >"$repo/file" && other commit -qam else && other stash pop >/dev/null 2>&1
	refused "unmerged paths" 'unmerged paths: resolve them'
	rm -rf "$work/repo" && mkdir -p "$work/repo/my shop" && echo "$config" >"$work/repo/my shop/rounds.json"
	refused "no work tree" 'no git work tree: git init'
}

# ---- hooks, failures ----

hook() { # name, body
	printf '#!/bin/sh\n%s\n' "$2" >"$repo/.git/hooks/$1"
	chmod +x "$repo/.git/hooks/$1"
}

hooks() {
	fresh
	hook pre-commit 'echo >&2 not today; touch sneaked; git add sneaked; exit 1'
	rounds 3 --commit && clean && [ "$(commits)" -eq 1 ] && grep -q 'not today' "$work/err" &&
		grep -q '2026-03-08' "$repo/my shop/state/watchdog.json" && [ -z "$(git -C "$repo" ls-files sneaked)" ]
	check $? "a hook that refuses is exit 3: the index is as it was, the state files stay"
	hook pre-commit 'echo x >sneaked; git add sneaked'
	rounds 3 --commit --push && grep -q "a hook added 'sneaked': nothing is pushed" "$work/err" &&
		[ "$(git -C "$work/remote.git" rev-list --count main)" -eq 1 ]
	check $? "a hook that adds a file is exit 3, and nothing is pushed"
	rm "$repo/.git/hooks/pre-commit"
	today watchdog 2026-03-09 day-09
	rounds 3 --commit --push && grep -q "'sneaked' is in a commit that is not pushed yet" "$work/err" &&
		[ "$(git -C "$work/remote.git" rev-list --count main)" -eq 1 ]
	check $? "nor does the next run push what others left unpushed"
	fresh
	git -C "$repo" config commit.gpgsign true && git -C "$repo" config gpg.program false
	rounds 3 --commit && clean && [ "$(commits)" -eq 1 ]
	check $? "signing is respected: without the key there is no commit"
}

# ---- push ----

twin() { git clone -q ${2:+--depth "$2"} "file://$work/remote.git" "$work/$1" && repo=$work/$1; }

pushes() {
	fresh
	rounds 0 --commit --push && remote_file watchdog.json | cmp - "$repo/my shop/state/watchdog.json"
	check $? "--push pushes"
	twin repo-b && today watchdog 2026-03-09 day-09 && today bandit 2026-03-09 -
	rounds 0 --commit --push
	repo=$work/repo
	today watchdog 2026-03-10 day-10 && today bandit 2026-03-10 -
	(cd "$work" && ROUNDS_BIN=bin && rounds 0 --commit --push) && remote_file watchdog.json >"$work/out" && grep -q day-09 "$work/out" &&
		grep -q day-10 "$work/out" && grep -q '"through": "2026-03-10"' "$work/out" &&
		[ "$(remote_file history/watchdog.tsv | cut -f 1 | tr '\n' ' ')" = 'day 2026-03-08 2026-03-09 2026-03-10 ' ] &&
		[ "$(git -C "$work/remote.git" rev-list --count main)" -eq 4 ]
	check $? "what others pushed meanwhile is merged, without local setup or .gitattributes"
	[ "$(remote_file weights/cta.json)" = '{ "weights of": "2026-03-10" }' ]
	check $? "the weights are those of the merged state, not those that git merged"
	[ "$(remote_file REPORT.md)" = 'since 2026-03-09 2026-03-09 ' ] && clean &&
		[ "$(git -C "$repo" log -1 --format=%an)" = rounds ]
	check $? "REPORT.md is made anew, in the same commit, from what the others had"
	twin repo-c 1 && today watchdog 2026-03-12 day-12 && today bandit 2026-03-12 -
	repo=$work/repo
	today watchdog 2026-03-11 day-11 && today bandit 2026-03-11 - && rounds 0 --commit --push
	repo=$work/repo-c
	rounds 0 --commit --push && remote_file watchdog.json | grep -q day-11 && remote_file watchdog.json | grep -q day-12
	check $? "a shallow clone merges and pushes"
	repo=$work/repo
	git -C "$repo" fetch -q && git -C "$repo" reset -q --hard origin/main
	twin repo-d && today bandit 2026-03-13 -
	today watchdog 2026-03-13 day-13 watchdog/x/site '"severity": "info", "since": "2026-03-13", "message": "m", "value": "1"'
	rounds 0 --commit --push
	repo=$work/repo
	today watchdog 2026-03-13 day-13 watchdog/x/site '"severity": "info", "since": "2026-03-13", "message": "m", "value": "2"'
	rounds 3 --commit --push && clean && grep -q "and stays here" "$work/err" &&
		[ "$(git -C "$repo" rev-list --count origin/main..HEAD)" -eq 1 ] && [ ! -d "$repo/.git/rebase-merge" ] &&
		grep -q '"value": "2"' "$repo/my shop/state/watchdog.json" && ! remote_file watchdog.json | grep -q '"value": "2"'
	check $? "sides that contradict each other are exit 3: the commit stays, nothing is forced"
	sed -n 's/^  \(git .*\)/\1/p' "$work/err" >"$work/repair"
	sed -n "s/^  \(\".*run-all.sh\" .*\)/\1/p" "$work/err" >>"$work/repair"
	[ "$(wc -l <"$work/repair")" -eq 2 ] && today watchdog 2026-03-14 day-14 && sh "$work/repair" >"$work/out" 2>"$work/err" &&
		remote_file watchdog.json | grep -q day-14
	check $? "and the two commands that it names repair it"
	git -C "$repo" remote set-url origin "$work/nowhere.git"
	today watchdog 2026-03-15 day-15
	rounds 3 --commit --push && grep -q 'in four tries; it stays' "$work/err"
	check $? "a remote that cannot be reached is exit 3 after four tries"
	git -C "$repo" remote set-url origin "$work/remote.git"
	rounds 0 --commit --push && remote_file watchdog.json | grep -q day-15
	check $? "and the next run pushes what stayed, without a new commit"
}

# ---- the race ----

racer() { # clone, days: odd ones of one, even ones of the other, each with a tool of its own as well
	repo=$work/$1 tool=$2
	shift 2
	for day in "$@"; do
		today watchdog "2026-03-$day" "$tool-$day" && today "$tool" "2026-03-$day" "$tool-$day"
		"$root/run-all.sh" -q -c "$repo/my shop/rounds.json" --only "watchdog,$tool" --commit --push >>"$repo.log" 2>&1 </dev/null
	done
}

race() {
	fresh "${config% \}}, \"seocheck\": { \"crawl\": { \"folder\": \"site\", \"base\": \"https://shop.example/\" } } }"
	twin repo-b && twin repo-a
	racer repo-a bandit 01 03 05 07 09 11 13 15 17 19 &
	first=$!
	racer repo-b seocheck 02 04 06 08 10 12 14 16 18 20
	wait "$first"
	for repo in "$work/repo-a" "$work/repo-b"; do # four tries may be lost; the next run brings what stayed
		rounds 0 -q --only watchdog --commit --push
		cat "$work/err" >>"$repo.log"
	done
	cat "$work/repo-a.log" "$work/repo-b.log" >"$work/err"
	lost=0
	for day in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
		tool=bandit
		case $day in *[02468]) tool=seocheck ;; esac
		for file in watchdog $tool; do
			remote_file "$file.json" | grep -q "\"$tool-$day\"" || { lost=$((lost + 1)) && echo "lost: $tool-$day of $file.json"; }
			remote_file "history/$file.tsv" | grep -q "2026-03-$day	$tool-$day" || lost=$((lost + 1))
		done
	done >"$work/out"
	[ "$lost" -eq 0 ]
	check $? "two clones race 20 pushes: the facts and the history of both are there ($lost of 80 lost)"
	[ "$(git -C "$work/remote.git" rev-list --merges --count main)" -eq 0 ] &&
		! grep -e 'rounds-' -e 'cannot be put' -e 'not pushed yet' "$work/err"
	check $? "in a straight line, and no merge was refused"
}

# ---- diff ----

diffs() {
	fresh
	rounds 0 --commit
	today watchdog 2026-03-09 day-09 watchdog/x/site '"severity": "warn", "since": "2026-03-09", "message": "m", "value": "2"'
	rounds 1 --commit
	today watchdog 2026-03-10 day-10
	rounds 0
	rounds 0 --diff 'HEAD^' HEAD && sed -n 1p "$work/out" | grep -qx 'state diff HEAD^ -> HEAD, through 2026-03-08 -> 2026-03-09' &&
		grep -q '^+ warn watchdog/x/site: 2, since' "$work/out" && grep -q 'day-09' "$work/out" && ! grep -q 'day-10' "$work/out"
	check $? "--diff A B is what changed between two revisions"
	rounds 0 --diff && sed -n 1p "$work/out" | grep -qx 'state diff HEAD -> work tree, through 2026-03-09 -> 2026-03-10' &&
		grep -qx -e '- warn watchdog/x/site: resolved' "$work/out" && ! grep -q day-09 "$work/out"
	check $? "--diff is what changed since HEAD"
	rounds 0 --diff 'HEAD^' --format json && grep -q '"name": "HEAD^"' "$work/out" && ! grep -q weights "$work/out"
	check $? "--diff A --format json since A, of the known files"
	rounds 3 --diff nonsense && grep -q "'nonsense' is no commit here: git fetch" "$work/err"
	check $? "a revision that is not there is exit 3"
}

case ${PART:-commit} in
commit) what_is_committed; refusals; hooks; diffs ;;
push) pushes; race ;;
esac
echo "1..$n"

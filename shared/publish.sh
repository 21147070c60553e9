#!/bin/sh
# rounds-publish VERB -c FILE -s DIR -w DIR [--tools LIST] [--push] [--html FILE] [--format F] [ARG...]: what
# run-all.sh makes of the state for people and for git, once the tools have judged. It decides nothing, never pushes by
# force, and where anything fails there is nothing to restore.
#   check TOOL...      refuses, before a tool runs, whatever would mix a commit with other work or make it fail
#   render             REPORT.md in the state folder, and the page, from the state alone
#   page               the page alone
#   commit TOOL...     commits the state files of a run, exactly, and with --push pushes them
#   diff [A [B]]       what changed from revision A (HEAD) to B (the files as they are)
# -w is a folder of the caller's, with the reports of the run, and before/, the state before it; LIST is what the
# configuration asks for, if the caller knows. Exit 0, or 3.
set -u
umask 022

case $0 in */*) here=${0%/*}/ ;; *) here=. ;; esac
here=$(cd "$here" && pwd) || exit 3
verb=${1:-} config='' state='' work='' configured='' push='' html='' format=text

say() { printf 'run-all: %s\n' "$*" >&2; }
die() { say "$*"; exit 3; }

# The programs that the caller found. Sets `program`.
find_program() {
	for folder in "${ROUNDS_BIN:-}" "$here" "$here/../build/release/bin"; do
		program=$folder/rounds-$1
		[ -z "$folder" ] || [ ! -x "$program" ] || return 0
	done
	program=$(command -v "rounds-$1") && return 0
	say "rounds-$1 is not built; run make"
	return 127
}

# git in the work tree of the state folder; it asks nothing.
g() { GIT_TERMINAL_PROMPT=0 GIT_EDITOR=: command git -C "$top" "$@" </dev/null 9>&-; }

# The same with an index of our own: where anything fails there is nothing to restore.
g_index() { GIT_INDEX_FILE=$work/index GIT_EDITOR=: command git -C "$top" --literal-pathspecs "$@" </dev/null 9>&-; }

# What git said about a failure, without its advice and the secrets of a remote's address.
g_said() { sed '/^hint:/d; s|//[^/@]*@|//|g' "$work/git" >&2; }

# Names that end with a NUL as lines; a newline in one becomes \001.
lines() { tr '\n\000' '\001\n'; }

# The first of these names that is not in the state folder.
not_state() { prefix=$prefix LC_ALL=C awk 'substr($0, 1, length(ENVIRON["prefix"])) != ENVIRON["prefix"]' | sed 1q; }

# `top` is the work tree, `prefix` the way from it to the state folder: "shop/state/", "" where they are one.
find_work_tree() {
	near=$state
	[ -d "$near" ] || near=$(dirname "$near")
	{ IFS= read -r prefix && IFS= read -r top && IFS= read -r git_folder; } <<EOF || return 1
$(LC_ALL=C git -C "$near" rev-parse --show-prefix --show-toplevel --absolute-git-dir 2>"$work/git")
EOF
	[ -d "$state" ] || prefix=$prefix$(basename "$state")/
}

# There may be one that git does not take: somebody else's, say; or there is no git.
no_work_tree() { # option, remedy
	grep -q 'not a git repository' "$work/git" || { g_said; die "$1: git cannot use '$state'"; }
	die "$1: '$state' is in no git work tree$2"
}

# Another git is at work, or crashed: the commit would be made and the index left behind it.
no_lock() {
	[ ! -e "$git_folder/index.lock" ] ||
		{ say "--commit: '$git_folder/index.lock' is there: when no git is at work, rm it"; return 1; }
}

# The known state files of a revision, as a folder: the blobs as they are.
state_at() { # revision, folder
	mkdir -p "$2/history" "$2/weights" || return 1
	known='(watchdog|bandit|perfcheck|seocheck|i18ncheck)'
	for blob in $(g ls-tree -r --name-only "$1:$prefix" 2>/dev/null | grep -E \
		"^($known\.json|REPORT\.md|catches\.tsv|history/$known(\.[A-Za-z0-9_-]+)*\.tsv|weights/[A-Za-z0-9_-][A-Za-z0-9._-]*)\$"); do
		g cat-file blob "$1:$prefix$blob" >"$2/$blob" || return 1
	done
}

# What REPORT.md compares the state with, the same before and after a commit: HEAD's where that is another one, else
# what was there before the newest commit that touched it. Without git or such a commit: before/, if there is one. Sets
# `base`.
change_base() {
	set -- watchdog.json bandit.json perfcheck.json seocheck.json i18ncheck.json
	base=$work/before revision=''
	if find_work_tree && revision=$(g rev-parse -q --verify HEAD) &&
		[ -z "$(git -C "$state" --no-optional-locks status --porcelain -uall -- "$@")" ]; then
		revision=$(git -C "$state" log -1 --format=%H -- "$@")^
	fi
	[ -n "$revision" ] && g rev-parse -q --verify "$revision" >/dev/null || return 0
	base=$work/base
	rm -rf "$base" && state_at "$revision" "$base"
}

# Where and as whom, by the configuration, else as git is set up.
settings() {
	said=$("$report" commit -c "$config") || exit 3
	{ read -r _ remote && read -r _ branch && read -r _ author && read -r _ email; } <<EOF
$said
EOF
	find_work_tree || no_work_tree --commit ': git init one, or leave --commit out'
	head=$(g symbolic-ref -q --short HEAD)
	branch=${branch:-$head}
}

# Refuses, before a tool runs, whatever would mix the commit with other work or make it fail.
check() { # tools
	settings
	for going in MERGE_HEAD rebase-merge rebase-apply CHERRY_PICK_HEAD REVERT_HEAD BISECT_START; do
		[ ! -e "$git_folder/$going" ] ||
			die "--commit: a merge, rebase or the like is in progress ($going): git status says how to end it"
	done
	no_lock || exit 3
	[ -z "$(g ls-files -u)" ] || die "--commit: there are unmerged paths: resolve them, then git add and git commit"
	[ -n "$head" ] || die "--commit: HEAD is detached: git switch BRANCH"
	g diff --cached --quiet || die "--commit: something is staged: git commit it, or git reset"
	tools=$*
	set -- "${prefix}REPORT.md" "${prefix}catches.tsv" "${prefix}weights/any.json"
	for tool in $tools; do set -- "$@" "$prefix$tool.json" "${prefix}history/$tool.tsv"; done
	file=$(g check-ignore -v -- "$@" | grep -v '^[^:]*:[0-9]*:!' | sed 1q)
	[ -z "$file" ] || die "--commit: git ignores a state file, change that line: $file"
	[ -n "$push" ] || return 0
	g remote get-url "$remote" >/dev/null 2>&1 || die "--push: there is no remote '$remote': git remote add $remote URL"
	file=$(g diff --name-only -z --ignore-submodules | lines | not_state)
	[ -z "$file" ] || die "--push: '$file' is changed: git commit it, or git stash"
}

# The state files as they are now, in our index; its time (-p) tells git which entries may have changed unseen.
stage() { # tools
	no_lock && "$report" paths -c "$config" -s "$state" --work "$work" -- "$prefix" "$@" >"$work/paths" && rm -f "$work/index" &&
		{ [ ! -f "$git_folder/index" ] || cp -p "$git_folder/index" "$work/index"; } &&
		g_index add --pathspec-from-file="$work/paths" --pathspec-file-nul
}

# Commits what is staged, if anything; git's own index, in which nothing was staged, follows.
record() { # options of git commit
	! g_index diff --cached --quiet || return 0
	g_index commit -q --cleanup=whitespace "$@" >"$work/git" 2>&1 || { g_said; return 1; }
	g reset -q && lines <"$work/paths" >"$work/list" || return 1
	file=$(g diff-tree --root -r --no-commit-id --name-only --no-renames -z HEAD | lines |
		grep -Fvx -f "$work/list" | sed 1q)
	[ -z "$file" ] || { say "--commit: a hook added '$file': nothing is pushed; git reset --soft HEAD^ undoes it"; return 1; }
}

commit_make() { # tools
	g -c user.useConfigOnly=true var GIT_COMMITTER_IDENT >/dev/null 2>&1 ||
		{ author=${author:-rounds} email=${email:-rounds@invalid}; }
	[ -z "$author" ] || export GIT_AUTHOR_NAME="$author" GIT_COMMITTER_NAME="$author"
	[ -z "$email" ] || export GIT_AUTHOR_EMAIL="$email" GIT_COMMITTER_EMAIL="$email"
	state_at HEAD "$work/head" && stage "$@" &&
		"$report" message -c "$config" -s "$state" --work "$work" --before "$work/head" "$@" >"$work/message" &&
		record -F "$work/message"
}

# Our commits onto what was fetched; weights and REPORT.md follow from the merged state and are made anew.
rebase_state() { # tools
	theirs=$(g rev-parse FETCH_HEAD) || return 1
	! g merge-base --is-ancestor "$theirs" HEAD || return 0
	cat "$(g config --type=path core.attributesFile || echo "${XDG_CONFIG_HOME:-${HOME:-}/.config}/git/attributes")" \
		>"$work/attributes" 2>/dev/null
	echo '* merge=rounds-state' >>"$work/attributes" # our commits have state files alone; .gitattributes comes first
	if ! g -c core.attributesFile="$work/attributes" -c merge.renames=false -c rebase.backend=merge \
		-c merge.rounds-state.driver="\"\$ROUNDS_STATEMERGE\" %O %A %B %L %P" -c rebase.autoStash=false \
		rebase -q --no-autosquash "$theirs" >"$work/git" 2>&1; then
		g_said
		g rebase --abort >/dev/null 2>&1
		say "--push: the commit cannot be put on '$branch' of '$remote' and stays here; to take theirs and run again:
  git -C \"$top\" reset --keep $theirs
  \"${ROUNDS_RUN_ALL:-run-all.sh}\" -c \"$config\" -s \"$state\" --commit --push"
		return 1
	fi
	[ "$(g rev-parse HEAD)" != "$theirs" ] || return 0
	if "$report" tools -c "$config" | grep -qx bandit; then
		find_program bandit && "$program" remake -c "$config" -s "$state" || return 1
		"$program" show -c "$config" -s "$state" --format json >"$work/bandit.show" 2>/dev/null
		set -- "$@" "bandit=$?=$work/bandit.show"
	fi
	render && stage "$@" && record --amend --no-edit
}

# Never by force: four tries, each on top of what others pushed meanwhile.
commit_push() { # tools
	find_program statemerge || return 1
	export ROUNDS_STATEMERGE="$program" # git runs it in the work tree
	case $program in /*) ;; *) ROUNDS_STATEMERGE=$PWD/$program ;; esac
	theirs=$(g rev-parse -q --verify "refs/remotes/$remote/$branch")
	for wait in 0 1 2 4; do
		if [ "$wait" -gt 0 ]; then
			sleep "$wait"
			g fetch -q "$remote" "refs/heads/$branch" >"$work/git" 2>&1 || continue
			theirs=FETCH_HEAD
		fi
		file=$([ -z "$theirs" ] || g log --format= --name-only --no-renames -z "$theirs..HEAD" | lines | grep . | not_state)
		[ -z "$file" ] || { say "--push: '$file' is in a commit that is not pushed yet: git push it first"; return 1; }
		[ "$wait" -eq 0 ] || rebase_state "$@" || return 1
		! g push -q "$remote" "HEAD:refs/heads/$branch" >"$work/git" 2>&1 || return 0
	done
	g_said
	say "--push: '$remote' did not take the commit in four tries; it stays, and the next run pushes it"
	return 1
}

# What changed between two revisions, or since one.
diff_verb() { # [revision [revision]]
	find_program statediff || exit 3
	diff_from=${1:-HEAD} diff_to=${2:-}
	find_work_tree || no_work_tree --diff ''
	for revision in "$diff_from" "${diff_to:-HEAD}"; do
		g rev-parse -q --verify "$revision^{commit}" >/dev/null || die "--diff: '$revision' is no commit here: git fetch"
	done
	state_at "$diff_from^{commit}" "$work/a" || exit 3
	[ -z "$diff_to" ] || state_at "$diff_to^{commit}" "$work/b" || exit 3
	[ -n "$diff_to" ] && after=$work/b || after=$state
	"$program" --format "$format" --names "$diff_from,${diff_to:-work tree}" "$work/a" "$after"
}

# What the tools say from the state alone, as TOOL=EXIT=FILE for rounds-report, behind the arguments.
with_shown() { # function
	then=$1
	set --
	for tool in ${configured:-$("$report" tools -c "$config")}; do
		{ find_program "$tool" && "$program" show -c "$config" -s "$state" --format json ${html:+--charts}; } \
			>"$work/$tool.show"
		set -- "$@" "$tool=$?=$work/$tool.show"
	done
	"$then" "$@"
}

write_report() { # TOOL=EXIT=FILE...
	"$report" summary -c "$config" -s "$state" --before "$base" "$@" >"$work/REPORT.md" || return 1
	! cmp -s "$work/REPORT.md" "$state/REPORT.md" || return 0
	new=$state/.REPORT.md.tmp
	{ [ ! -e "$new" ] && [ ! -L "$new" ]; } || rm -f "$new" || return 1
	cp "$work/REPORT.md" "$new" && mv -f "$new" "$state/REPORT.md"
}

write_page() { # TOOL=EXIT=FILE...
	"$report" html -c "$config" -s "$state" --before "$base" --html "$html" "$@"
}

write_both() { write_report "$@" && { [ -z "$html" ] || write_page "$@"; }; }

render() { change_base && with_shown write_both; }

page() { change_base && with_shown write_page; }

commit() { commit_make "$@" && { [ -z "$push" ] || commit_push "$@"; }; }

case $verb in
-h | --help)
	sed -n '2,/^set/s/^# //p' "$0"
	exit 0
	;;
esac
[ $# -eq 0 ] || shift
while [ $# -gt 0 ]; do
	case $1 in
	-c) config=$2 && shift ;;
	-s) state=$2 && shift ;;
	-w) work=$2 && shift ;;
	--tools) configured=$2 && shift ;;
	--html) html=$2 && shift ;;
	--format) format=$2 && shift ;;
	--push) push=1 ;;
	*) break ;;
	esac
	shift
done
{ [ -n "$config" ] && [ -n "$state" ] && [ -d "$work" ]; } ||
	die "rounds-publish is run-all.sh's: run-all.sh --help"
find_program report || exit 3
report=$program
case $verb in
check) check "$@" ;;
render) render || exit 3 ;;
page) page || exit 3 ;;
commit) settings && commit "$@" || exit 3 ;;
diff) diff_verb "$@" ;;
*) die "rounds-publish is run-all.sh's: run-all.sh --help" ;;
esac

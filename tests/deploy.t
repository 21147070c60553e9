#!/bin/sh
# The files of examples/deploy as those who read them read them, as TAP: systemd, a shell, a YAML parser.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root/examples/deploy" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

claim() { # what holds, then the command that shows it; what that prints says why not
	what=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/why" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$work/why"
	fi
}

skip() { # what, why not
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# It may say nothing either: an unknown key is no failure to it.
verifies() {
	cp rounds.service rounds.timer "$work" && systemd-analyze verify "$work/rounds.service" "$work/rounds.timer" 2>&1 |
		(! grep .)
}

# "Overall exposure level for rounds.service: 1.5 OK"
exposes_little() {
	systemd-analyze --no-pager security --offline=yes rounds.service >"$work/exposure" &&
		awk '/Overall exposure level/ { print; found = $(NF - 2) ~ /^[0-9.]+$/ && $(NF - 2) <= 2.0
			if (!found) found = $(NF - 1) ~ /^[0-9.]+$/ && $(NF - 1) <= 2.0 } END { exit !found }' "$work/exposure"
}

# As systemd gives it to sh: continued lines joined, $$ for $.
starts_a_shell() {
	sed -e ':a' -e '/\\$/N; s/\\\n */ /; ta' rounds.service | sed -n "s/^ExecStart=\/bin\/sh -c '\(.*\)'\$/\1/p" |
		sed 's/\$\$/$/g' >"$work/start" && [ -s "$work/start" ] && sh -n "$work/start" || return 1
	CREDENTIALS_DIRECTORY=$work PATH=$work:$PATH
	export CREDENTIALS_DIRECTORY PATH
	echo slack-secret >"$work/slack"
	echo ping-secret >"$work/ping"
	# shellcheck disable=SC2016 # for the program it becomes
	printf '#!/bin/sh\necho "$SLACK_URL $PING_URL $*"\n' >"$work/rounds-run-all"
	chmod +x "$work/rounds-run-all"
	[ "$(sh "$work/start")" = "slack-secret ping-secret -q --commit --push" ]
}

is_yaml() {
	python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))["jobs"]' "$1"
}

pins_its_actions() {
	grep -q 'uses:' "$1" && ! grep 'uses:' "$1" | grep -Ev 'uses: [a-z/-]+@[0-9a-f]{40} # v[0-9.]+$'
}

# `run: |` and what is deeper than it.
has_good_scripts() {
	awk '/^ *run: \|$/ { on = match($0, /r/) } on && !/run:/ { if (match($0, /[^ ]/) > on) print; else on = 0 }' "$1" |
		sed 's/\${{[^}]*}}/x/g' >"$work/script"
	sh -n "$work/script" && { ! command -v shellcheck >/dev/null || shellcheck -s bash "$work/script"; }
}

# The line that docs/deploy.md shows.
shows_the_cron_line() {
	grep -v '^#' crontab >"$work/cron" && grep -qxFf "$work/cron" "$root/docs/deploy.md"
}

if command -v systemd-analyze >/dev/null; then
	claim "systemd has nothing to say about the units" verifies
	if systemd-analyze --no-pager --help | grep -q -e --offline; then
		claim "the service's exposure is at most 2.0" exposes_little
	else
		skip "the service's exposure is at most 2.0" "systemd is older than 250"
	fi
else
	skip "systemd has nothing to say about the units" "systemd is not installed"
	skip "the service's exposure is at most 2.0" "systemd is not installed"
fi
claim "the service hands its credentials on and starts the rounds" starts_a_shell
for file in github/*.yml; do
	if python3 -c 'import yaml' 2>/dev/null; then
		claim "$file is YAML" is_yaml "$file"
	else
		skip "$file is YAML" "python3 with yaml is not installed"
	fi
	claim "the actions of $file are pinned by commit" pins_its_actions "$file"
	claim "the scripts of $file are good ones" has_good_scripts "$file"
done
claim "docs/deploy.md shows the line of crontab" shows_the_cron_line
echo "1..$n"

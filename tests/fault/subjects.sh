# shellcheck shell=sh disable=SC2034,SC2154 # what is set here is read there, $work and $root are lib.sh's
# The subjects of the fault suites: each program on a small day that changes all the files it keeps, and how it is run.
# Sourced by lib.sh.

tools='watchdog bandit perfcheck seocheck i18ncheck'
HOOK=https://hooks.example/x
export HOOK
subjects="$tools report render html paths notify statediff statemerge"

subject() { # name, state folder, what stands before the command: runs it
	name=$1 state=$2 in=$work/$1/in
	shift 2
	case $name in
	report) set -- "$@" "$BIN/rounds-report" catches -c "$in/rounds.json" -s "$state" --before "$in/before" ;;
	render) set -- "$@" "$BIN/rounds-report" render -c "$in/rounds.json" --format sarif \
		"seocheck=1=$in/seocheck.json" "perfcheck=0=$in/perfcheck.json" ;;
	html) set -- "$@" "$BIN/rounds-report" html -c "$in/rounds.json" -s "$in/before" --html "$state/report.html" \
		"seocheck=1=$in/seocheck.json" "perfcheck=0=$in/perfcheck.json" ;;
	paths) set -- "$@" "$BIN/rounds-report" paths -c "$in/rounds.json" -s "$in/state" state/ "seocheck=1=$in/seocheck.json" \
		"perfcheck=0=$in/perfcheck.json" ;;
	notify) set -- "$@" "$BIN/rounds-notify" -n -c "$in/rounds.json" --before "$in/before" \
		-s "$in/state" ;;
	statediff) set -- "$@" "$BIN/rounds-statediff" "$in/before" "$state" --names old,new --format json ;;
	statemerge) set -- "$@" "$BIN/rounds-statemerge" "$in/base.json" "$state/seocheck.json" "$in/theirs.json" 7 \
		state/seocheck.json ;;
	*) set -- "$@" "$BIN/rounds-$name" -c "$in/rounds.json" -s "$state" --as-of "${day:-2026-11-15}" ;;
	esac
	"$@" >"$work/$name/said" 2>"$work/$name/err" </dev/null
}

refused() { # subject, exit: whether that says that it could not; a merge driver's 1 is a conflict
	[ "$2" -eq 3 ] || { [ "$1" = statemerge ] && [ "$2" -eq 1 ]; }
}

# The shop's last month, and of it what the tool reads; on the last day something changes for each of them.
shop() { # folder
	mkdir -p "$1/events" "$1/lighthouse"
	cp -R "$root"/examples/shop/*.json "$root"/examples/shop/*.csv "$root"/examples/shop/site \
		"$root"/examples/shop/locales "$root"/examples/shop/content "$root"/examples/shop/experiments "$1"
	cp "$root"/examples/shop/events/2026-10-2*.gz "$root"/examples/shop/events/2026-1[01]-[013]*.gz "$1/events"
	cp "$root"/examples/shop/lighthouse/lhr-1794[5-7]*.gz "$1/lighthouse"
}

first_days() { # tool: a state through the day before
	day=2026-11-14 subject "$1" "$work/$1/old"
	[ $? -lt 3 ] || sed 's/^/# /' "$work/$1/err"
}

last_day() { # tool: what differs from the day before
	case $1 in
	seocheck) sed 's|</h1>|, today</h1>|' "$root/examples/shop/site/index.html" >"$work/$1/in/site/index.html" ;;
	i18ncheck) sed 's/Kleine/Winzige/' "$root/examples/shop/locales/de.json" >"$work/$1/in/locales/de.json" ;;
	esac
}

made_of() { # subject, tools: runs those, and leaves their last day's state files in $work/SUBJECT/in/TOOL
	of=$1
	shift
	for tool in "$@"; do
		[ -d "$work/$tool/new" ] || prepare "$tool"
		mkdir -p "$work/$of/in/$tool"
		cp "$work/$tool/new/$tool.json" "$work/$of/in/$tool"
	done
}

prepare_other() { # subject that is no tool
	made_of "$1" seocheck perfcheck
	in=$work/$1/in old=$work/$1/old
	cp "$root/examples/shop/rounds.json" "$in"
	mkdir -p "$in/before" "$old"
	case $1 in
	report) # the log has the findings of one tool, those of the other are new
		cp "$in/perfcheck/perfcheck.json" "$old"
		"$BIN/rounds-report" catches -c "$in/rounds.json" -s "$old" --before "$in/before" >"$work/$1/said"
		cp "$in/seocheck/seocheck.json" "$old"
		;;
	render | html | paths | notify) # the page replaces an older one
		echo '<title>old</title>' >"$old/report.html"
		mkdir "$in/state" && cp -R "$work/seocheck/new/." "$in/state"
		sed "s|hreflang-return|hreflang-self|" "$work/seocheck/old/seocheck.json" >"$in/before/seocheck.json"
		sed 's|"site":|"run_all": { "notify": [ { "type": "slack", "url_env": "HOOK", "min": "info" } ] }, &|' \
			"$root/examples/shop/rounds.json" >"$in/rounds.json"
		for tool in seocheck perfcheck; do
			"$BIN/rounds-$tool" show -s "$work/$tool/new" -c "$work/$tool/in/rounds.json" --format json >"$in/$tool.json"
		done
		;;
	statediff) cp "$work/seocheck/old/seocheck.json" "$in/before" && cp "$in/seocheck/seocheck.json" "$old" ;;
	statemerge) # each side has a finding less
		cp "$in/seocheck/seocheck.json" "$in/theirs.json"
		sed 's/2026-11-15/2026-11-13/' "$in/theirs.json" >"$in/base.json"
		sed 's/2026-11-15/2026-11-14/' "$in/theirs.json" >"$old/seocheck.json"
		;;
	esac
}

prepare() { # subject
	mkdir -p "$work/$1/in" "$work/$1/old"
	case $1 in
	report | render | html | paths | notify | statediff | statemerge) prepare_other "$1" ;;
	*)
		shop "$work/$1/in"
		first_days "$1"
		last_day "$1"
		;;
	esac
	rm -f "$work/$1/old/.lock"
	cp -R "$work/$1/old" "$work/$1/new"
	subject "$1" "$work/$1/new"
	right=$?
	echo $right >"$work/$1/rc"
	cp "$work/$1/said" "$work/$1/out"
	[ $right -lt 3 ] && case $1 in
	render | paths | notify | statediff) [ -s "$work/$1/out" ] ;;
	*) ! diff -rq -x .lock "$work/$1/old" "$work/$1/new" >/dev/null ;;
	esac
	check $? "$1: an undisturbed run, exit $right"
	restore "$1"
	outside "$1" >"$work/$1/before"
}

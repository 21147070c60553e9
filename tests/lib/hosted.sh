# shellcheck shell=sh
# What tests/hosted_*.t have in common: the stub of an API, the tool, what must not move. Sourced; needs $root, $BIN.
# Sets $work, $at (the stub's address), $token.
# shellcheck disable=SC2034,SC2154 # for and from who sources it

work=$(mktemp -d) || exit 1
stub=
trap '[ -z "$stub" ] || kill "$stub" 2>/dev/null; rm -rf "$work"' EXIT
n=0
token='phx_Sy/0123456789+abcdef=' # with characters that a URL encodes
export HOSTED_TOKEN="$token"

check() { # status, sentence
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out" "$work/err" 2>/dev/null | head -n 20
	fi
}

start_stub() { # script of tests/lib
	: >"$work/control"
	: >"$work/asked"
	perl -I "$root/tests/lib" "$root/tests/lib/$1" "$work" >/dev/null 2>"$work/stub.err" &
	stub=$!
	while [ ! -s "$work/port" ]; do sleep .1; done
	at=http://127.0.0.1:$(cat "$work/port")
}

stop_stub() {
	kill "$stub"
	wait "$stub" 2>/dev/null
	stub=
}

# The stub forgets what it counted and logged. The word of $1 is the fault, $2 which request it is for.
fault() {
	: >"$work/asked"
	printf '%s %s %s\n' "$1" "${2:-1}" "$$-$((n))" >"$work/control"
}

run_tool() { # exit status expected, tool, arguments
	expected=$1
	tool=$2
	shift 2
	(cd "$work/site" && "$BIN/rounds-$tool" "$@") >"$work/out" 2>"$work/err"
	status=$?
	cat "$work/out" "$work/err" >>"$work/said"
	cat "$work/asked" >>"$work/asked.all"
	[ "$status" -eq "$expected" ]
}

judge() { # exit status expected, day, arguments
	expected=$1
	day=$2
	shift 2
	run_tool "$expected" watchdog --as-of "$day" "$@"
}

keep_state() {
	rm -rf "$work/before"
	cp -R "$work/site/state" "$work/before"
}

state_stands() {
	diff -r "$work/before" "$work/site/state" >"$work/moved" 2>&1 || {
		cat "$work/moved" >>"$work/err"
		return 1
	}
}

refused() { # what stderr says
	grep -qF -e "$1" "$work/err" && state_stands
}

asked() { # number of requests with this line in full
	grep -cxF -e "$1" "$work/asked"
}

# The token, in any form, is nowhere but in the headers and bodies that carry it.
tells_no_token() {
	encoded=$(printf %s "$token" | sed 's|/|%2F|g; s|+|%2B|g; s|=|%3D|g')
	! grep -rFq -e "$token" -e "$encoded" -e "$(printf %s "$token" | base64 | cut -c 1-28)" \
		"$work/said" "$work/site" &&
		! grep -E '^(GET|POST) ' "$work/asked.all" | grep -Fq -e "$token" -e "$encoded"
}

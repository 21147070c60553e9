# shellcheck shell=sh disable=SC2154 # $work, $root and the counts are lib.sh's
# What not every machine lets us do: system calls that fail or kill, by strace, and mounts of our own. Sourced by lib.sh.

needs_strace() { # ends the suite where nothing can be traced
	[ "$VARIANT" != asan ] || skip_all "the leak checker cannot run beside strace; the release build has tried it"
	if ! command -v strace >/dev/null; then
		skip "$suite" "strace absent"
	elif ! strace -f --seccomp-bpf -o /dev/null true 2>/dev/null; then
		skip "$suite" "no ptrace"
	else
		return 0
	fi
	fault_end
	exit 0
}

# The system calls of an undisturbed run, a line each: name, and the how manieth of that name it is, as strace's when=
# counts. From main on (umask is its first): before it the loader works, which has no state to lose. Until a build that
# counts branches writes them down.
system_calls() { # subject
	subject "$1" "$work/$1/state" strace -f -o "$work/$1/trace"
	restore "$1"
	sed 's/^[0-9]* *//' "$work/$1/trace" | awk -F'(' '/\.gcda"/ { exit }
		/^[a-z_0-9]+\(/ { n[$1]++; if (main) print $1, n[$1] } /^umask/ { main = 1 }'
}

inject() { # subject, call, fault, when
	case $3 in
	signal=*) quick='' ;; # with --seccomp-bpf strace sends none
	*) quick=--seccomp-bpf ;;
	esac
	subject "$1" "$work/$1/state" timeout -s KILL 20 strace -f $quick -o /dev/null -e trace="$2" -e inject="$2:$3:when=$4"
}

own_mounts() { # runs the script again where its mounts are its own and end with it
	[ -z "${FAULT_MOUNTS:-}" ] || return 0
	for options in -m -rm; do
		if unshare $options true 2>/dev/null; then
			rmdir "$work" # no trap outlives exec
			FAULT_MOUNTS=$options exec unshare $options sh "$0" "$@"
		fi
	done
	skip "$suite" "no mount namespace"
	fault_end
	exit 0
}

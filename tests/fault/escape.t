#!/bin/sh
# Inside the confined rounds-watchdog: every way out of the state folder is tried and refused, with Landlock
# masked to each ABI that adds rights, and without it (0: what seccomp does alone). Nothing outside changes,
# and -v says what was enforced. The attempts are tests/fault/escape.c, preloaded. Without Landlock the rest
# is skipped, or fails with ROUNDS_REQUIRE_FAULTS=1.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
BIN=${BIN:-$root/build/release/bin}
FAULTS=${FAULTS:-$root/build/release/tests/fault}
VARIANT=${VARIANT:-release}
work=$(mktemp -d) || exit 1
work=$(cd "$work" && pwd -P)
trap 'rm -rf "$work"' EXIT
n=0
skipped=0

line() { # a line of TAP, without its number
	n=$((n + 1))
	case $1 in *'# SKIP'*) skipped=$((skipped + 1)) ;; esac
	echo "$1"
}

claim() { # what holds, then the test(1) that shows it
	what=$1
	shift
	if "$@"; then line "ok - $what"; else line "not ok - $what"; fi
}

fingerprint() { # names, kinds, rights, owners, sizes, times and bytes of all that may not change
	(cd "$work/outside" && ls -lRin . && find . -type f -exec cksum {} + | sort)
}

prepare() {
	chmod -R u+w "$work" && rm -rf "${work:?}"/* || exit 1
	mkdir -p "$work/outside/folder" "$work/state/history"
	cp -R "$root/examples/shop" "$work/outside/shop"
	echo victim >"$work/outside/victim"
	echo secret >"$work/outside/secret"
	echo kept >"$work/state/kept"
	ln -s ../outside/victim "$work/state/planted"
	touch -t 202001010000 "$work/outside/victim" # a touch within this minute would not show in ls
}

enforced() { # the confined: line for an ABI
	write=state truncate=yes
	[ "$1" -ge 3 ] || truncate=seccomp
	[ "$1" -gt 0 ] || write=any
	echo "confined: landlock=$1 write=$write truncate=$truncate net=none seccomp=yes"
}

escape() { # an ABI; leaves acts and said in $work
	prepare
	before=$(fingerprint)
	ROUNDS_LANDLOCK_ABI=$1 ESCAPE_OUTSIDE=$work/outside ESCAPE_STATE=$work/state VARIANT=$VARIANT \
		ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 LD_PRELOAD=$FAULTS/escape.so \
		"$BIN/rounds-watchdog" -v -c "$work/outside/shop/rounds.json" -s "$work/state" \
		>"$work/said" 2>&1 7>"$work/acts"
	rc=$?
}

for abi in 0 1 2 3 4 7; do
	escape $abi
	kernel=$(sed -n 's/^# kernel //p' "$work/acts")
	[ "${kernel:-0}" -gt 0 ] || kernel=0
	if [ $abi -gt 0 ] && [ "$kernel" -eq 0 ] && [ -s "$work/acts" ]; then
		if [ "${ROUNDS_REQUIRE_FAULTS:-}" = 1 ]; then
			line "not ok - Landlock $abi: this kernel has none"
		else
			line "ok - Landlock $abi # SKIP this kernel has none"
		fi
		continue
	fi
	while IFS= read -r act; do
		[ -z "$act" ] || line "$act (Landlock $abi)"
	done <<-END
		$(grep -v '^#' "$work/acts")
	END
	[ $abi -le "$kernel" ] || abi=$kernel
	claim "every attempt was made (Landlock $abi)" grep -q '^# kernel' "$work/acts"
	claim "nothing outside changed (Landlock $abi)" [ "$before" = "$(fingerprint)" ]
	claim "the tool went on (Landlock $abi)" [ $rc -le 3 ]
	claim "-v says what is enforced (Landlock $abi)" grep -q "$(enforced "$abi")" "$work/said"
	[ -s "$work/acts" ] || sed 's/^/# /' "$work/said"
done
[ $skipped -eq 0 ] || echo "# ok, $skipped of $n skipped"
echo "1..$n"

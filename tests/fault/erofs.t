#!/bin/sh
# A state folder that cannot be written, as TAP: a read-only bind mount in a mount namespace, and mode 0555 as another
# user. Exit 3, the old state readable, the report still printed.
. "$(dirname "$0")/lib.sh"
fault_begin erofs "$tools report statemerge" "$@"
own_mounts "$@"

tried() { # subject, what was done to the folder, wrapper: a run, and the report it must still print
	s=$1 what=$2
	shift 2
	subject "$s" "$work/$s/state" "$@"
	rc=$?
	points=$((points + 1)) wrong=''
	refused "$s" $rc || wrong="exit $rc"
	is_as "$s" old || wrong="$wrong, the state has changed"
	cmp -s "$work/$s/said" "$work/$s/out" || wrong="$wrong, another report"
	[ -z "$wrong" ] || lose "$s: $wrong; $(said "$s")"
	[ -z "$wrong" ]
	check $? "$s, $what: exit 3, the report printed, the old state there"
}

readable() { # subject: show prints the old state
	case $tools in *"$1"*) ;; *) return ;; esac
	"$BIN/rounds-$1" show -c "$work/$1/in/rounds.json" -s "$work/$1/state" >"$work/$1/said" 2>"$work/$1/err"
	[ $? -lt 3 ] && [ -s "$work/$1/said" ]
	check $? "$1: the old state is readable"
}

for s in $names; do
	prepare "$s"
	mount --bind "$work/$s/state" "$work/$s/state" && mount -o remount,bind,ro "$work/$s/state" || exit 1
	tried "$s" "mounted read-only"
	readable "$s"
	umount "$work/$s/state"
	find "$work/$s/state" -type d -exec chmod 0555 {} +
	if [ "$(id -u)" -ne 0 ] || [ "$FAULT_MOUNTS" = -rm ]; then
		skip "$s, mode 0555" "not root, who alone can be another user"
	else
		chmod -R a+rX "$work"
		mkdir -p "$work/bin" && cp "$BIN"/rounds-* "$work/bin" # where anybody can run them
		here=$BIN BIN=$work/bin
		tried "$s" "mode 0555 as another user" setpriv --reuid=65534 --regid=65534 --clear-groups
		BIN=$here
	fi
	find "$work/$s/state" -type d -exec chmod 0755 {} +
	check_i2 "$s"
done
fault_end

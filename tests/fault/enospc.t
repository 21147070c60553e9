#!/bin/sh
# A disk that is full, as TAP: the state folder is a tmpfs with room for the old state and 0 to 8 pages more, in a mount
# namespace. Exit 3 and each file old or new, or all new where they fit; with room again the next run succeeds.
. "$(dirname "$0")/lib.sh"
fault_begin enospc "$tools report statemerge" "$@"
own_mounts "$@"
page=$(getconf PAGESIZE)

pages_of() { # folder: what its files and folders take of a tmpfs, the lock and the root too
	(cd "$1" && find . -type f -exec wc -c {} \; | awk -v page="$page" '{ n += int(($1 + page - 1) / page) } END { print n }')
}

for s in $names; do
	prepare "$s"
	state=$work/$s/state full=0 was=$lost
	for more in 0 1 2 3 5 8; do
		rm -rf "$state" && mkdir "$state"
		mount -t tmpfs -o "size=$((($(pages_of "$work/$s/old") + more) * page))" tmpfs "$state" || exit 1
		cp -R "$work/$s/old/." "$state" || lose "$s: the old state does not fit"
		subject "$s" "$state"
		rc=$?
		i1 "$s" $rc
		refused "$s" $rc && full=$((full + 1))
		[ -z "$wrong" ] || lose "$s with $more pages: $wrong"
		mount -o remount,size=16m "$state"
		heals "$s"
		[ -z "$wrong" ] || lose "$s with $more pages: $wrong"
		umount "$state"
		points=$((points + 1))
	done
	[ $lost -eq $was ] && [ $full -gt 0 ]
	check $? "$s: $full of 6 disks were full, nothing is lost, with room the next run succeeds"
	check_i2 "$s"
done
fault_end

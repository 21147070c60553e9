#!/bin/sh
# State that is corrupt, as TAP: each fault of the list in docs/state.md in each tool's conclusions and evidence, met by
# run, show, rounds-statediff and rounds-statemerge. Exit 3 (statemerge 1), no byte and no time of the state touched, and
# the message names the line, where there is one, and a remedy. In CI show and rounds-statediff take turns. corrupt.t
# TOOL... tries these alone.
. "$(dirname "$0")/lib.sh"
[ "$VARIANT" = release ] || tools="watchdog i18ncheck" # enough for a sanitizer
fault_begin corrupt "$tools" "$@"

rewrite() { # file, sed script; only where it changes something
	sed "$2" "$1" >"$work/rewritten" && ! cmp -s "$1" "$work/rewritten" && cp "$work/rewritten" "$1"
}

of_json='empty cut conflict markers twice newer other utf-8 bom trailing nan infinite large real nul deep link fifo folder
device since through weights'
of_history='empty cut conflict utf-8 bom nul link fifo folder device unsorted header'

damage() { # kind, file; false where that cannot be done
	case $1 in
	empty) : >"$2" ;;
	cut) head -c $(($(wc -c <"$2") * 2 / 3)) "$2" >"$work/rewritten" && cp "$work/rewritten" "$2" ;;
	conflict) rewrite "$2" '2s/^/<<<<<<< HEAD\
/' ;;
	markers) rewrite "$2" '2s/^/=======\
/' ;;
	twice) rewrite "$2" 's/^  "tool":.*/&,\
  "tool": "x"/' ;;
	newer) rewrite "$2" 's/"schema": [0-9]*/"schema": 99/' ;;
	other) rewrite "$2" 's/"tool": ".*"/"tool": "nobody"/' ;;
	utf-8) printf '\377' | dd of="$2" bs=1 seek=40 conv=notrunc 2>/dev/null ;;
	bom) rewrite "$2" "1s/^/$(printf '\357\273\277')/" ;;
	trailing) echo '{}' >>"$2" ;;
	nan) rewrite "$2" 's/"schema": 1/"schema": NaN/' ;;
	infinite) rewrite "$2" 's/"schema": 1/"schema": 1e999/' ;;
	large) rewrite "$2" 's/"schema": 1/"schema": 9223372036854775808/' ;;
	real) rewrite "$2" 's/"schema": 1/"schema": 1.0/' ;;
	nul) case $2 in
		*.json) rewrite "$2" 's/^  "schema"/  "a\\u0000b": 1,\
&/' ;;
		*) printf '\0' | dd of="$2" bs=1 seek=40 conv=notrunc 2>/dev/null ;;
		esac ;;
	deep) awk 'BEGIN { for (i = 0; i < 3000; i++) printf "[" }' >"$2" ;;
	link) mv "$2" "$work/elsewhere" && ln -s "$work/elsewhere" "$2" ;;
	fifo) rm "$2" && mkfifo "$2" ;;
	folder) rm "$2" && mkdir "$2" ;;
	device) rm "$2" && mknod "$2" c 1 3 2>/dev/null ;;
	since) rewrite "$2" 's/"since": "20/"since": "90/' ;;
	weights) rewrite "$2" 's/"weights_bp": \[[0-9]*/&9/' ;;
	through) rewrite "$2" 's/"through": ".*"/"through": "2026-02-30"/' ;;
	unsorted) { head -n 1 "$2" && sed 1d "$2" | sed -n '1!G;h;$p'; } >"$work/rewritten" && cp "$work/rewritten" "$2" ;;
	header) rewrite "$2" '1s/^/x/' ;;
	esac
}

frozen() { # folder: what changes with any byte, name or time in it, but of the lock
	find "$1" ! -name .lock ! -type d -printf '%P %y %i %s %m %T@ %C@\n'
}

says() { # kind, file with the message: a line of the file, a remedy behind a semicolon
	grep -q '; ' "$2" || return 1
	case $1 in
	link | fifo | folder | device) ;;
	weights) grep -q '/experiments/.*/weights_bp' "$2" ;; # by its pointer
	*) grep -Eq "(\.(json|tsv)|theirs):[0-9]+'?: " "$2" ;;
	esac
}

refuses() { # what, kind, status, command
	what=$1 kind=$2 status=$3
	shift 3
	timeout -s KILL 10 "$@" >"$work/said" 2>"$work/err" </dev/null
	rc=$?
	points=$((points + 1)) wrong=''
	[ $rc -eq "$status" ] || wrong="exit $rc"
	[ "$before" = "$(frozen "$state")" ] || wrong="$wrong, it was touched"
	says "$kind" "$work/err" || wrong="$wrong, it says no line or no remedy"
	[ -z "$wrong" ] || lose "$what, $kind: $wrong: $(sed "s|$work/||g;q" "$work/err")"
}

with() { # tool, kind, file below the state: the state with that file damaged; false where it cannot be
	rm -rf "$state" && cp -R "$work/$1/old" "$state"
	damage "$2" "$state/$3" && before=$(frozen "$state")
}

is_turn() { # 0 or 1
	is_full || [ $((turn % 2)) -eq "$1" ]
}

for s in $names; do
	prepare "$s"
	state=$work/$s/state was=$lost turn=0
	for kind in $of_json; do
		if ! with "$s" "$kind" "$s.json"; then
			[ "$kind" != device ] || skip "$s: a device" "no mknod"
			continue
		fi
		turn=$((turn + 1))
		refuses "run $s" "$kind" 3 "$BIN/rounds-$s" -c "$work/$s/in/rounds.json" -s "$state" --as-of 2026-11-15
		! is_turn 0 || refuses "show $s" "$kind" 3 "$BIN/rounds-$s" show -c "$work/$s/in/rounds.json" -s "$state"
		[ "$kind" = weights ] || ! is_turn 1 || # weights are the bandit's to add up
			refuses "statediff of $s" "$kind" 3 "$BIN/rounds-statediff" "$work/$s/new" "$state"
		case $kind in # it is given texts, of which it knows no more than that they are state
		fifo | folder | device | link | since | through | weights | newer | other) continue ;;
		esac
		mv "$state/$s.json" "$work/theirs.json"
		cp "$work/$s/old/$s.json" "$state"
		before=$(frozen "$state")
		refuses "statemerge of $s" "$kind" 1 "$BIN/rounds-statemerge" "$work/$s/new/$s.json" "$state/$s.json" \
			"$work/theirs.json" 7 "state/$s.json"
	done
	for file in "$work/$s"/old/history/*; do
		for kind in $of_history; do
			with "$s" "$kind" "history/${file##*/}" || continue
			refuses "run with ${file##*/}" "$kind" 3 "$BIN/rounds-$s" -c "$work/$s/in/rounds.json" -s "$state" \
				--as-of 2026-11-15
		done
	done
	restore "$s"
	[ $lost -eq $was ]
	check $? "$s: corrupt state is refused with its line and a remedy, and left as it is"
	check_i2 "$s"
done
fault_end

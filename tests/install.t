#!/bin/sh
# Installs into a folder of its own: the programs run there, each links nothing beside its PKGS_ lines of the
# Makefile, the manual pages are there, and uninstall leaves no file.
set -u
cd "$(dirname "$0")/.." || exit 1
if [ "${VARIANT:-release}" != release ]; then
	echo "1..0 # SKIP only the release build is installed"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bin=$work/usr/bin
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

run_make() { # the environment's MAKEFLAGS keep the flags, so nothing is built again
	make VARIANT=release DESTDIR="$work" PREFIX=/usr "$@" >"$work/make" 2>&1 || {
		cat "$work/make"
		return 1
	}
}

tools() {
	for tool in watchdog bandit perfcheck seocheck i18ncheck; do
		[ ! -f $tool/main.c ] || echo $tool
	done
}

tells_its_version() {
	"$1" --version | grep -E "^$(basename "$1") [0-9]+\.[0-9]+\.[0-9]+"
}

# The names in libNAME.so of what a program may link: its packages, the C library.
allowed() {
	packages=$(sed -n -e "s/^PKGS_$1 *[:+]= *//p" -e 's/^PKGS_common *:= *//p' Makefile)
	for package in $packages; do
		! pkg-config --exists "$package" || pkg-config --libs-only-l "$package"
	done | tr ' ' '\n' | sed -n 's/^-l//p' | while read -r name; do
		echo "$name"
		readelf -d "$(cc -print-file-name="lib$name.so")" 2>/dev/null | # -lyaml is libyaml-0.so.2
			sed -n 's/.*(SONAME).*\[lib\(.*\)\.so.*\]/\1/p'
	done
	printf '%s\n' c m
}

links_only_its_packages() { # a tool
	allowed "$1" | sort -u >"$work/allowed"
	readelf -d "$bin/rounds-$1" >"$work/dynamic" || return 1
	sed -n 's/.*(NEEDED).*\[lib\(.*\)\.so.*\]/\1/p' "$work/dynamic" | sort -u >"$work/needed"
	[ -s "$work/needed" ] && comm -23 "$work/needed" "$work/allowed" | (! grep .)
}

leaves_no_file() {
	find "$work/usr" ! -type d | (! grep .)
}

claim "make install works" run_make install
for program in "$bin"/rounds-*; do
	claim "$(basename "$program") runs where it is installed" "$program" --help
done
for tool in $(tools); do
	claim "rounds-$tool tells its version" tells_its_version "$bin/rounds-$tool"
	claim "rounds-$tool links only what its PKGS_ lines name" links_only_its_packages "$tool"
	claim "the manual page of rounds-$tool is installed" \
		test -s "$work/usr/share/man/man1/rounds-$tool.1"
done
for name in report notify statediff statemerge supervise run-all; do
	claim "rounds-$name tells its version" tells_its_version "$bin/rounds-$name"
done
for name in report notify statediff statemerge supervise perfcheck-fetch watchdog-engine bandit-engine; do
	claim "the manual page of rounds-$name is installed" \
		test -s "$work/usr/share/man/man1/rounds-$name.1"
done
claim "make uninstall works" run_make uninstall
claim "make uninstall leaves no file" leaves_no_file
echo "1..$n"

#!/bin/sh
# shared/deps.sh run|test: installs what the build and the tools need (run), and the tests too (test). Only
# what is absent, by the system's own package manager; where it may not install, it prints the command and
# exits 3. Nothing missing: no output. The libraries are the Makefile's PKGS_ lines of the tools that are built.
set -u
cd "$(dirname "$0")/.." || exit 3

# What is needed, and who has it: apt-get, dnf, apk, brew. Several joined by a comma; `-` where nothing is.
table() {
	cat <<-'END'
		cc           gcc,libc6-dev         gcc                 gcc,musl-dev       gcc
		make         make                  make                make               make
		pkg-config   pkg-config            pkgconf-pkg-config  pkgconf            pkgconf
		zoneinfo     tzdata                tzdata              tzdata             -
		jansson      libjansson-dev        jansson-devel       jansson-dev        jansson
		libseccomp   libseccomp-dev        libseccomp-devel    libseccomp-dev     libseccomp
		libcurl      libcurl4-openssl-dev  libcurl-devel       curl-dev           curl
		libpcre2-8   libpcre2-dev          pcre2-devel         pcre2-dev          pcre2
		gsl          libgsl-dev            gsl-devel           gsl-dev            gsl
		zlib         zlib1g-dev            zlib-devel          zlib-dev           zlib
		libxml-2.0   libxml2-dev           libxml2-devel       libxml2-dev        libxml2
		yaml-0.1     libyaml-dev           libyaml-devel       yaml-dev           libyaml
		cmocka       libcmocka-dev         libcmocka-devel     cmocka-dev         cmocka
		prove        perl                  perl-Test-Harness   perl-utils         perl
		clang        clang                 clang               clang              llvm
		libfuzzer    libclang-rt-dev       compiler-rt         compiler-rt        llvm
		clang-format clang-format          clang-tools-extra   clang-extra-tools  llvm
		clang-tidy   clang-tidy            clang-tools-extra   clang-extra-tools  llvm
		cppcheck     cppcheck              cppcheck            cppcheck           cppcheck
		shellcheck   shellcheck            ShellCheck          shellcheck         shellcheck
		nginx        nginx-light           nginx               nginx              nginx
		clickhouse   clickhouse-server     -                   -                  -
		postgres     postgresql            postgresql-server   postgresql         postgresql
		libpq        libpq-dev             libpq-devel         libpq-dev          libpq
		groff        groff-base            groff-base          groff              groff
		strace       strace                strace              strace             -
		faketime     faketime              libfaketime         libfaketime        libfaketime
		locales      locales               glibc-locale-source -                  -
		valgrind     valgrind,libc6-dbg    valgrind            valgrind           -
		xmllint      libxml2-utils         libxml2             libxml2-utils      libxml2
		promtool     prometheus            -                   -                  prometheus
		chromium     chromium              chromium            chromium           -
	END
}

libraries() {
	sed -n 's/^PKGS_\([a-z0-9]*\) *:= *\([a-z].*\)/\1 \2/p' Makefile | while read -r tool names; do
		[ "$tool" != common ] && [ ! -f "$tool/main.c" ] || echo "$names"
	done | tr ' ' '\n' | sort -u
}

needs() { # of run or test
	printf '%s\n' cc make pkg-config zoneinfo
	libraries
	[ "$1" = run ] || printf '%s\n' cmocka prove clang libfuzzer clang-format clang-tidy cppcheck \
		shellcheck nginx groff strace clickhouse postgres libpq faketime locales valgrind xmllint promtool chromium
}

has() {
	case $1 in
	cc) echo '#include <stdio.h>' | cc -E - >/dev/null 2>&1 ;; # Debian's gcc comes without libc's headers
	make | pkg-config | prove | clang* | cppcheck | shellcheck | groff | strace | faketime | valgrind | xmllint | promtool | chromium)
		command -v "$1" >/dev/null 2>&1
		;;
	nginx) command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] ;; # not in the path of a user
	clickhouse) command -v clickhouse-server >/dev/null 2>&1 || [ -x /usr/sbin/clickhouse-server ] ;;
	postgres) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 ;;
	locales) [ -f /usr/share/i18n/locales/tr_TR ] ;; # what localedef makes others of
	zoneinfo) [ -f /usr/share/zoneinfo/Europe/Berlin ] ;;
	libfuzzer) ls "$(clang -print-runtime-dir 2>/dev/null)"/libclang_rt.fuzzer* >/dev/null 2>&1 ;;
	*) pkg-config --exists "$1" 2>/dev/null ;;
	esac
}

missing() {
	for need in $(needs "$1"); do
		has "$need" || echo "$need"
	done
}

packages() { # what is missing, on stdin, as the packages of a column of the table
	while read -r need; do
		table | awk -v need="$need" -v column="$1" '$1 == need && $column != "-" { print $column }'
	done | tr ',' '\n' | sort -u | tr '\n' ' ' | sed 's/ $//'
}

say() {
	echo "deps: $*" >&2
}

case ${1:-} in
run | test) ;;
*)
	say "usage: shared/deps.sh run|test"
	exit 3
	;;
esac

absent=$(missing "$1")
[ -n "$absent" ] || exit 0
update=true
if command -v apt-get >/dev/null 2>&1; then
	column=2 update='apt-get update -qq'
	install='apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300'
elif command -v dnf >/dev/null 2>&1; then
	column=3 install='dnf install -y -q'
elif command -v apk >/dev/null 2>&1; then
	column=4 install='apk add -q'
elif command -v brew >/dev/null 2>&1; then
	column=5 install='brew install -q'
else
	say "no apt-get, dnf, apk or brew here; install by hand:" "$(echo "$absent" | tr '\n' ' ')"
	exit 3
fi
packages=$(echo "$absent" | packages $column)

# brew refuses to be root; the others must be.
as='env'
if [ $column != 5 ] && [ "$(id -u)" != 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		say "missing; as root: $([ "$update" = true ] || echo "$update && ")$install $packages"
		exit 3
	fi
	as='sudo -n env'
fi

say "installing $packages"
mkdir -p build
log=build/deps.log
# Word splitting of commands and package names is meant here.
# shellcheck disable=SC2086
install() {
	# runlevel 1: Debian starts no service that it installs
	$as DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $install "$@" </dev/null >>$log 2>&1
}
# shellcheck disable=SC2086
{
	$as $update </dev/null >$log 2>&1 # a source that fails is not ours to judge: the next step shows
	install $packages || for package in $packages; do
		install "$package" || say "cannot install '$package', see $log"
	done
}
absent=$(missing run)
[ -z "$absent" ] || {
	say "still missing: $(echo "$absent" | tr '\n' ' ')(see $log)"
	exit 3
}

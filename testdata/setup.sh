#!/bin/sh
# Installs what the tests, the demo and the benchmark need, on Debian 12 as root:
#
#     testdata/setup.sh KIND...    installs what is missing of these kinds
#     testdata/setup.sh tests      of all kinds that tests need
#     testdata/setup.sh skipped    installs nothing; says in one line what tests skip
#
# What is there stays as it is. Elsewhere, and for other users, it says what is missing and
# installs nothing. A kind KIND is two functions: KIND_lacks prints what is missing of it,
# KIND_get installs that. The exit status is 1 when something could not be installed without
# which the tests do not build or few of them run.
set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin"

tests='compiler postfix programs sendmail grammar debian debian13 sendmail13 promtool'
needed='compiler postfix programs libmilter'

cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}/sigmilter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 0755 "$work" # apt downloads as a user of its own

has() { command -v "$1" >/dev/null; }

# lacks COMMAND PACKAGE... prints the packages when there is no such command.
lacks() {
	command=$1
	shift
	has "$command" || echo "$@"
}

can_install() { [ "$(id -u)" = 0 ] && has apt-get; }

apt_update() {
	[ -e "$work/updated" ] && return
	apt-get -qq update
	touch "$work/updated"
}

apt_install() {
	apt_update
	apt-get -qq install -y --no-upgrade --no-install-recommends "$@"
}

# unpack FOLDER PACKAGE... unpacks Debian packages without installing them.
unpack() {
	to=$1
	shift
	apt_update
	mkdir -p "$work/packages" "$to"
	(cd "$work/packages" && apt-get -qq -o APT::Sandbox::User=root download "$@")
	for name in "$@"; do
		dpkg -x "$work/packages/$name"_*.deb "$to"
	done
}

# libraries prints the libraries among what a package depends on.
libraries() { tr ',' '\n' | sed -n 's/^ *\(lib[^ ]*\).*/\1/p'; }

# libraries_of PACKAGE prints the libraries that an unpacked package depends on.
libraries_of() { dpkg -f "$work/packages/$1"_*.deb Depends | libraries; }

# The race detector and the benchmark's filters need a C compiler.
compiler_lacks() { lacks "$("${GO:-go}" env CC | cut -d ' ' -f 1)" gcc libc6-dev; }
compiler_get() { apt_install "$@"; }

# Debian's Postfix is told to serve this machine only. The tests and the demo start
# instances of their own.
postfix_lacks() { lacks postfix postfix; }
postfix_get() {
	echo 'postfix postfix/main_mailer_type select Local only' | debconf-set-selections
	apt_install "$@"
}

# slapd is left without a configuration, so that it does not start and answer to the network.
programs_lacks() {
	lacks slapd slapd
	lacks mandoc mandoc
	lacks lintian lintian
	lacks rpm rpm
	lacks debootstrap debootstrap
	lacks dpkg-scanpackages dpkg-dev
	lacks gpg gpg
	lacks createrepo_c createrepo-c
	lacks dnf dnf
	lacks apparmor_parser apparmor
	lacks systemd-analyze systemd
	lacks systemd-nspawn systemd-container
	lacks chromium chromium fonts-dejavu
}
programs_get() {
	echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections
	apt_install "$@"
}

# Sendmail is unpacked only: installed, it would remove Postfix. m4 and the libraries that
# its package depends on are installed.
sendmail_dir=${SIGMILTER_SENDMAIL:-$cache/sendmail}
sendmail_lacks() {
	[ -x "$sendmail_dir/usr/libexec/sendmail/sendmail" ] && has m4 || echo "Sendmail in $sendmail_dir"
}
sendmail_get() {
	unpack "$sendmail_dir" sendmail-bin sendmail-cf sendmail-base
	# shellcheck disable=SC2046 # each word is a package
	apt_install m4 $(libraries_of sendmail-bin)
}

# The tests read the generated PowerShell with the grammar of tree-sitter, from npm's
# registry, in Node.
grammar_dir=$cache/powershell
grammar_lacks() {
	[ -e "$grammar_dir/node_modules/tree-sitter-powershell" ] && has node || echo "a grammar of PowerShell in $grammar_dir"
}
grammar_get() {
	has npm || apt_install nodejs npm
	mkdir -p "$grammar_dir"
	npm install --prefix "$grammar_dir" --silent --ignore-scripts --legacy-peer-deps --no-audit --no-fund \
		--no-save --no-package-lock web-tree-sitter@0.27.1 tree-sitter-powershell@0.26.4
}

# Small Debians with Postfix, into copies of which the tests install the packages, and which
# they boot. Each is made once, from where apt gets its own packages.
debian_dir=${SIGMILTER_DEBIAN:-$cache/debian-12}
debian_lacks() { [ -e "$debian_dir.done" ] || echo "a small Debian in $debian_dir"; }
debian_get() { make_debian bookworm "$debian_dir"; }

debian13_dir=${debian_dir%/*}/debian-13
debian13_lacks() { [ -e "$debian13_dir.done" ] || echo "a small Debian in $debian13_dir"; }
debian13_get() { make_debian trixie "$debian13_dir"; }

# Sendmail of Debian 13 is unpacked beside that of this machine, with the libraries of it that
# the small Debian 13 lacks: laid over that, it runs with them.
sendmail13_dir=$sendmail_dir-debian-13
sendmail13_lacks() {
	[ -x "$sendmail13_dir/usr/libexec/sendmail/sendmail" ] || echo "Sendmail in $sendmail13_dir"
}
sendmail13_get() {
	mkdir -p "$work/packages13" "$work/lists13/partial" "$work/cache13/archives/partial" "$sendmail13_dir"
	cd "$work/packages13"
	apt_of_debian13 update
	apt_of_debian13 download sendmail-bin sendmail-cf
	# shellcheck disable=SC2046 # each word is a package
	apt_of_debian13 install -y --download-only --no-install-recommends \
		$(dpkg -f sendmail-bin_*.deb Depends | libraries)
	for package in "$work"/cache13/archives/*.deb sendmail-cf_*.deb sendmail-bin_*.deb; do
		dpkg -x "$package" "$sendmail13_dir"
	done
}

# apt_of_debian13 runs apt-get for what the small Debian 13 has, from where it came.
apt_of_debian13() {
	apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::SourceList="$debian13_dir/etc/apt/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::TrustedParts="$debian13_dir/usr/share/keyrings" \
		-o Dir::State::Lists="$work/lists13" -o Dir::State::Status="$debian13_dir/var/lib/dpkg/status" \
		-o Dir::Cache="$work/cache13" "$@"
}

# make_debian RELEASE FOLDER
make_debian() {
	rm -rf "$2"
	mkdir -p "$2"
	# shellcheck disable=SC2016 # apt-get fills it in
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Release: bookworm' | head -n 1)
	echo "setup: this takes a few minutes; log: $2.log"
	# shellcheck disable=SC2086 # without a mirror, debootstrap knows its own
	debootstrap --variant=minbase --include=postfix,systemd,init-system-helpers,iproute2,ca-certificates \
		"$1" "$2" $mirror >"$2.log" 2>&1
	touch "$2.done"
}

# Of Prometheus only promtool is taken out of its package: installed, that would start a
# server.
promtool_lacks() { lacks promtool promtool; }
promtool_get() {
	unpack "$work/prometheus" prometheus
	install -m 0755 "$work/prometheus/usr/bin/promtool" /usr/local/bin/
}

# The header of libmilter, for the benchmark's filters in C.
libmilter_lacks() { [ -e /usr/include/libmilter/mfapi.h ] || echo libmilter-dev; }
libmilter_get() { apt_install "$@"; }

# What counts a program's instructions and system calls, for the benchmark.
counters_lacks() {
	lacks strace strace
	lacks valgrind valgrind
}
counters_get() { apt_install "$@"; }

# The filters that the benchmark compares with are unpacked only: installed, they would
# start.
peers_dir=${SIGMILTER_PEERS:-$cache/peers}
peers_lacks() { [ -e "$peers_dir/complete" ] || echo "alterMIME and MIMEDefang in $peers_dir"; }
peers_get() {
	unpack "$peers_dir" altermime mimedefang
	# shellcheck disable=SC2046 # each word is a package
	apt_install libnet-dns-perl libhtml-parser-perl $(libraries_of mimedefang | grep -v libmime-base64-perl)
	touch "$peers_dir/complete"
}

# lacking KIND prints what is missing of it, on one line.
lacking() { "$1_lacks" | tr '\n' ' ' | sed 's/ $//'; }

# setup KIND installs what is missing of it.
setup() {
	what=$(lacking "$1")
	[ -n "$what" ] || return 0
	if ! can_install; then
		missing="$missing$what; "
		return
	fi
	echo "setup: installing $what"
	(
		set -e # not in a condition, where it would have no effect
		# shellcheck disable=SC2086 # each word is a package
		"$1_get" $what
	)
	[ $? = 0 ] && return
	echo "setup: could not install $what" >&2
	case " $needed " in *" $1 "*) status=1 ;; esac
}

# skipped says what tests were skipped for.
skipped() {
	for kind in $tests; do
		what=$(lacking "$kind")
		[ -z "$what" ] || missing="$missing$what; "
	done
	[ -z "$missing" ] || missing="${missing%; } (as root on Debian: make setup); "
	[ "$(id -u)" = 0 ] || missing="${missing}root, for private mail servers; "
	has "${SIGMILTER_PWSH:-pwsh}" || missing="${missing}PowerShell 7 (pwsh in PATH, or SIGMILTER_PWSH); "
	if [ -z "$missing" ]; then
		echo "No test was skipped for want of a program."
	else
		echo "Tests were skipped for want of: ${missing%; }"
	fi
}

status=0
missing=
if [ $# = 0 ]; then
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
for kind in "$@"; do
	case $kind in
	skipped)
		skipped
		exit
		;;
	tests) for each in $tests; do setup "$each"; done ;;
	compiler | postfix | programs | sendmail | grammar | debian | debian13 | sendmail13 | promtool | libmilter | counters | peers) setup "$kind" ;;
	*)
		echo "setup: there is no kind $kind" >&2
		exit 2
		;;
	esac
done
[ -z "$missing" ] || echo "setup: missing, and not installed: ${missing%; } (as root on Debian: make setup)"
exit $status

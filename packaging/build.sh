#!/bin/sh
# Builds the .deb and the .rpm for an architecture of Go:
#
#     packaging/build.sh ARCH FOLDER
#
# The same sources give the same bytes: all times are that of SOURCE_DATE_EPOCH, by
# default of the last commit. VERSION is by default what version.sh prints, MAINTAINER
# whom the packages name. With SIGN_KEY, a file with a private key, the .rpm is signed.
set -eu
umask 022
export LC_ALL=C TZ=UTC

cd "$(dirname "$0")/.."
ARCH=$1
out=$2
GO=${GO:-go}
MAINTAINER=${MAINTAINER:-sigmilter packagers <sigmilter@packages.invalid>}
VERSION=${VERSION:-$(packaging/version.sh)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
SIGN_KEY=${SIGN_KEY:-}
STAGE=$(mktemp -d)
trap 'rm -rf "$STAGE"' EXIT
export ARCH VERSION MAINTAINER SOURCE_DATE_EPOCH STAGE SIGN_KEY

# tell SENTENCE says on a terminal what takes its time.
tell() {
	[ ! -t 2 ] || echo "· $*" >&2
}

# put MODE FILE PLACE... puts one file or several into the packages.
put() {
	mode=$1
	shift
	install -D -m "$mode" "$@"
}

common=$STAGE/common
share=$common/usr/share

build() {
	CGO_ENABLED=0 GOOS=linux GOARCH=$1 $GO build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o "$2" ./cmd/sigmilter
}
tell "building sigmilter $VERSION for $ARCH"
build "$ARCH" "$STAGE/sigmilter"
here=$STAGE/sigmilter
put 0755 "$STAGE/sigmilter" "$common/usr/bin/sigmilter"
# The program writes its own manual and completions, so one is needed that runs here.
if [ "$ARCH" != "$($GO env GOHOSTARCH)" ]; then
	here=$STAGE/here
	tell "building it for this machine, to write its manual"
	build "$($GO env GOHOSTARCH)" "$here"
fi

mkdir -p "$share/man/man8" "$share/man/man5"
"$here" man -o "$share/man/man8"
put 0644 packaging/man/sigmilter.toml.5 -t "$share/man/man5"

"$here" completion bash >"$STAGE/bash"
"$here" completion zsh >"$STAGE/zsh"
"$here" completion fish >"$STAGE/fish"
put 0644 "$STAGE/bash" "$share/bash-completion/completions/sigmilter"
put 0644 "$STAGE/fish" "$share/fish/vendor_completions.d/sigmilter.fish"
put 0644 "$STAGE/zsh" "$STAGE/deb/usr/share/zsh/vendor-completions/_sigmilter"
put 0644 "$STAGE/zsh" "$STAGE/rpm/usr/share/zsh/site-functions/_sigmilter"

put 0644 packaging/systemd/* -t "$common/usr/lib/systemd/system"
put 0644 packaging/sysusers.conf "$common/usr/lib/sysusers.d/sigmilter.conf"
put 0644 packaging/tmpfiles.conf "$common/usr/lib/tmpfiles.d/sigmilter.conf"

doc=$share/doc/sigmilter
put 0644 README.md -t "$doc"
put 0644 docs/*.md -t "$doc/docs"
put 0644 docs/pictures/*.svg -t "$doc/docs/pictures"
mkdir -p "$doc/examples"
for part in contrib/*; do
	cp -R "$part" "$doc/examples"
done
mv "$doc/examples/examples" "$doc/examples/signatures"
# The scripts make the configuration of this sample; documentation may be left out where
# a package is installed.
put 0644 packaging/sigmilter.toml -t "$share/sigmilter"
ln -s ../../../sigmilter/sigmilter.toml "$doc/examples/all-settings.toml"

# What texts name stands elsewhere in the packages; links from page to page hold.
find "$doc" "$share/man" "$share/sigmilter" -type f -exec sed -i \
	-e 's,\bcontrib/examples\b,/usr/share/doc/sigmilter/examples/signatures,g' \
	-e 's,\bcontrib/,/usr/share/doc/sigmilter/examples/,g' \
	-e 's,\bpackaging/systemd\b,/usr/lib/systemd/system,g' {} +
find "$doc" "$share/man" "$share/sigmilter" -type f ! -name '*.md' -exec sed -i \
	-e 's,\bdocs/\([a-z0-9-]*\.md\),/usr/share/doc/sigmilter/&,g' {} +
gzip -9n "$share"/man/man?/*
chmod 0644 "$share"/man/man?/*

# The licences of the libraries inside, which ask to go along.
$GO list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/sigmilter | sort -u |
	while read -r module version dir; do
		printf '==== %s %s\n\n' "$module" "$version"
		cat "$dir"/LICEN[CS]E* "$dir"/COPYING* "$dir"/NOTICE* 2>/dev/null || true
		echo
	done >"$doc/libraries"
grep -q '^==== go.etcd.io/bbolt' "$doc/libraries"
gzip -9n "$doc/libraries"
put 0644 LICENSE "$STAGE/rpm/usr/share/licenses/sigmilter/LICENSE"

deb=$STAGE/deb/usr/share
put 0644 packaging/deb/lintian-overrides "$deb/lintian/overrides/sigmilter"
put 0644 packaging/deb/copyright "$deb/doc/sigmilter/copyright"
put 0644 CHANGELOG.md "$deb/doc/sigmilter/changelog"
put 0644 CHANGELOG.md "$STAGE/rpm/usr/share/doc/sigmilter/CHANGELOG.md"
cat >"$deb/doc/sigmilter/changelog.Debian" <<END
sigmilter ($VERSION-1) unstable; urgency=medium

  * What is new is in /usr/share/doc/sigmilter/changelog.gz.

 -- $MAINTAINER  $(date -R -d "@$SOURCE_DATE_EPOCH")
END
gzip -9n "$deb"/doc/sigmilter/changelog*

find "$STAGE" -type d -exec chmod 0755 {} +
find "$STAGE" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$out"
for packager in deb rpm; do
	tell "making the .$packager" # the first time the tool for it is built
	$GO tool -modfile=packaging/nfpm.mod nfpm package -f packaging/nfpm.yaml -p $packager -t "$out/"
done

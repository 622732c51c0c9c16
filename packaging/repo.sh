#!/bin/sh
# Builds the packages for some architectures of Go and adds them to a repository for apt
# and dnf:
#
#     SIGN_KEY=FILE packaging/repo.sh FOLDER ARCH...
#
#     FOLDER/sigmilter.asc      the public key
#     FOLDER/apt                deb [signed-by=...] URL/apt stable main
#     FOLDER/rpm/x86_64         baseurl=URL/rpm/$basearch
#
# SIGN_KEY is a file with a private key of OpenPGP as `gpg --export-secret-keys` writes
# it, SIGN_PASSPHRASE its passphrase. What the repository has already stays in it, so that
# an older version can be had again. Until everything is built it stays as it is.
set -eu
umask 022
export LC_ALL=C TZ=UTC

fail() {
	echo "repo.sh: $*" >&2
	exit 2
}

# All that may be missing is looked for before anything is built.
[ -n "${SIGN_KEY:-}" ] || fail "SIGN_KEY is not set; it names the file with the private key: gpg --armor --export-secret-keys KEY > FILE"
[ -f "$SIGN_KEY" ] && [ -r "$SIGN_KEY" ] || fail "SIGN_KEY: there is no file $SIGN_KEY that can be read"
for tool in gpg:gpg dpkg-scanpackages:dpkg-dev createrepo_c:createrepo-c; do
	command -v "${tool%:*}" >/dev/null || fail "${tool%:*} is missing: apt-get install ${tool#*:}"
done
SIGN_KEY=$(realpath "$SIGN_KEY")
out=$(realpath -m "$1")
shift
cd "$(dirname "$0")/.."

work=$(mktemp -d)
export GNUPGHOME="$work/gnupg" SIGN_KEY NFPM_RPM_PASSPHRASE="${SIGN_PASSPHRASE:-}"
trap 'gpgconf --kill all 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -m 0700 "$GNUPGHOME"

# withKey ARGUMENT... has gpg do something that takes the private key.
withKey() {
	printf '%s' "${SIGN_PASSPHRASE:-}" | gpg --batch --quiet --pinentry-mode loopback --passphrase-fd 0 --digest-algo SHA512 "$@"
}
withKey --import "$SIGN_KEY" 2>"$work/said" || fail "SIGN_KEY: $SIGN_KEY is no key: $(tail -n 1 "$work/said")"
gpg --batch --list-secret-keys --with-colons 2>/dev/null | grep -q '^sec' || fail "SIGN_KEY: $SIGN_KEY has a public key only; gpg --export-secret-keys writes the other"
echo >"$work/try"
withKey --detach-sign "$work/try" 2>"$work/said" || fail "SIGN_KEY: $SIGN_KEY does not sign; is SIGN_PASSPHRASE right? $(tail -n 1 "$work/said")"

for arch; do
	packaging/build.sh "$arch" "$work/packages"
done

apt=$out/apt
install -D -m 0644 -t "$apt/pool" "$work"/packages/*.deb
dist=$work/dists/stable
for arch in $(ls "$apt/pool" | sed 's/.*_\(.*\)\.deb$/\1/' | sort -u); do
	list=$dist/main/binary-$arch
	mkdir -p "$list"
	(cd "$apt" && dpkg-scanpackages --multiversion --arch "$arch" pool 2>"$work/said") >"$list/Packages" || fail "$(cat "$work/said")"
	gzip -9nk "$list/Packages"
done
cat >"$work/Release" <<END
Origin: sigmilter
Label: sigmilter
Suite: stable
Codename: stable
Date: $(date -Ru)
Architectures: $(ls "$dist/main" | sed 's/^binary-//' | tr '\n' ' ')
Components: main
Description: e-mail signatures for Postfix and Sendmail behind Microsoft 365
SHA256:
END
(cd "$dist" && find main -type f -exec sha256sum {} + | sort -k 2) | while read -r sum file; do
	echo " $sum $(stat -c %s "$dist/$file") $file"
done >>"$work/Release"
mv "$work/Release" "$dist/Release"
withKey --clearsign -o "$dist/InRelease" "$dist/Release"
withKey --armor --detach-sign -o "$dist/Release.gpg" "$dist/Release"
rm -rf "$apt/dists"
mv "$work/dists" "$apt/dists"

for package in "$work"/packages/*.rpm; do
	arch=${package%.rpm}
	install -D -m 0644 -t "$out/rpm/${arch##*.}" "$package"
done
for folder in "$out"/rpm/*; do
	createrepo_c --quiet --update "$folder"
	withKey --yes --armor --detach-sign "$folder/repodata/repomd.xml"
done

gpg --batch --quiet --yes --armor --export -o "$out/sigmilter.asc"
chmod -R u=rwX,go=rX "$out"

#!/bin/sh
# Prints the version of the packages that are built from the sources in this folder,
# such that a later build upgrades an earlier one by dpkg's and by RPM's order:
#
#     1.2.3                                   the tag v1.2.3
#     1.2.3+4.20261201042554.g11c0e1f         four commits later, and their time
#     1.2.3~rc1                               the tag v1.2.3-rc1, before 1.2.3
#
# The commits are counted from the first one where there is no tag, as 0.0.0. The time
# is SOURCE_DATE_EPOCH, by default that of the last commit, or now if files differ from
# it: it puts those in order that have as many commits.
set -eu
export LC_ALL=C TZ=UTC

if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
	echo "version.sh: not all commits are here to be counted: git fetch --unshallow --tags, or set VERSION" >&2
	exit 1
fi
changed=
git diff --quiet HEAD -- || changed=yes
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
	[ -z "$changed" ] || SOURCE_DATE_EPOCH=$(date +%s)
fi
# The highest of the tags, which need not be the nearest where branches were merged. Of
# tags with other than three numbers the order is not known.
tag=$(git -c versionsort.suffix=- tag --merged HEAD --sort=-version:refname --list 'v[0-9]*.[0-9]*.[0-9]*' | head -n 1)
if [ -n "$tag" ]; then
	count=$(git rev-list --count "$tag..HEAD")
	base=$(echo "${tag#v}" | sed 's/-/~/; s/-/./g')
else
	count=$(git rev-list --count HEAD)
	base=0.0.0
fi
if [ "$count" = 0 ] && [ -z "$changed" ]; then
	echo "$base"
else
	echo "$base+$count.$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S).g$(git rev-parse --short HEAD)"
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are missing for one or more purposes; says nothing when none is.
# One sentence and status 1 when that cannot be done. Works on Debian 12 and 13.
# Usage: install-deps.sh [build] [test] [vm] [bench] [all]
set -eu

build="gcc make clang bpftool pkg-config libc6-dev linux-libc-dev libbpf-dev libelf-dev zlib1g-dev
	libuv1-dev libcyaml-dev libyaml-dev libjson-c-dev libzstd-dev libcap-ng-dev libseccomp-dev libmnl-dev
	libssl-dev"
test="git libcmocka-dev liburing-dev clang-format clang-tidy libclang-rt-dev shellcheck iproute2
	python3"
vm="qemu-system-x86 busybox-static cpio iproute2 xz-utils debian-archive-keyring"
bench="libbpf-tools dnsmasq-base iproute2 python3"

die() {
	echo "install-deps: $*" >&2
	exit 1
}

wanted=
[ $# -gt 0 ] || set -- all
for purpose in "$@"; do
	case $purpose in
	build) wanted="$wanted $build" ;;
	test) wanted="$wanted $test" ;;
	vm) wanted="$wanted $vm" ;;
	bench) wanted="$wanted $bench" ;;
	all) wanted="$wanted $build $test $vm $bench" ;;
	*) die "unknown purpose '$purpose': build, test, vm, bench or all" ;;
	esac
done
command -v dpkg-query >/dev/null ||
	die "this is no Debian; what is needed is:$(echo "$wanted" | tr -s '[:space:]' ' ')"

missing=
for package in $wanted; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null ||
		die "not root and no sudo; as root: apt-get install$missing"
	as_root=sudo
fi
echo "install-deps: installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # lists of words
if ! { $as_root apt-get -q update &&
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing; } \
	>"$log" 2>&1; then
	tail -n 15 "$log" >&2
	die "apt-get could not install$missing (above is why; is there a network?)"
fi

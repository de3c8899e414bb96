#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Does a newcomer on another Debian get on? In a fresh system of that suite, with nothing but what its installer gives:
# the project's own scripts install the rest, it builds without a warning, its unit tests pass, and it starts and tells
# what a program does. Other compilers, another libbpf; the kernel is this machine's. Not part of `make test`: half an hour.
# Owns ${NW_CACHE:-~/.cache/nvrwatch}/suites/SUITE, which is kept, and what it mounts, in a mount namespace of its own.
# Usage: suite.sh SUITE	such as trixie; as root, with debootstrap
set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
top=$(cd "$(dirname "$0")/../.." && pwd)
suite=$1
cache=${NW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvrwatch}
system=$cache/suites/$suite
# shellcheck source=scripts/private-apt.sh
. "$top/scripts/private-apt.sh"

make_system() {
	local http_proxy

	[ ! -e "$system/root/ready" ] || return 0
	type -P debootstrap >/dev/null || { echo "suite: no debootstrap" >&2 && exit 1; }
	find_mirrors
	http_proxy=$(apt-config dump | sed -n 's/^Acquire::http::Proxy "\(.*\)";/\1/p')
	rm -rf "$system"
	mkdir -p "$system"
	export http_proxy
	debootstrap --variant=minbase --include=ca-certificates,git,make,sudo --keyring="$(debian_key)" \
		"$suite" "$system" "$mirror"
	apt-config dump | grep -i '^Acquire::.*Proxy' >"$system/etc/apt/apt.conf.d/90machine" || :
	touch "$system/root/ready"
}

# In there, behind chroot; each line of it must succeed.
inside() {
	# shellcheck disable=SC2016 # for the shell in there
	printf '%s\n' 'set -eu; export HOME=/root; cd /root/nvrwatch' \
		'scripts/install-deps.sh build test' \
		'make -s -j"$(nproc)" DEV=1 all test-bins' \
		'NW_JOBS=$(nproc) scripts/check.sh build/tests/run >/root/unit.log 2>&1 || { tail -n 40 /root/unit.log; exit 1; }' \
		'build/nvrwatch check | grep -E "^hook +(process_exec|skb_egress|tcp_state) +live"' \
		'echo 0 >"$SEEN/cgroup.procs"; exec 3<&0' \
		'build/nvrwatch trace -o json --cgroup "$SEEN" --duration 5s >/root/told & tool=$!' \
		'for i in $(seq 50); do /bin/true; grep -q "\"executable\":\"/usr/bin/true\"" /root/told && break; sleep 0.2; done' \
		'wait $tool; grep -q "\"executable\":\"/usr/bin/true\"" /root/told' \
		'tail -n 1 /root/unit.log'
}

make_system
cp -L /etc/resolv.conf "$system/etc/resolv.conf"
rm -rf "$system/root/nvrwatch"
git clone -q "$top" "$system/root/nvrwatch"
seen=$(findmnt -nt cgroup2 -o TARGET | sed -n 1p)/nvrwatch-suite-$$
mkdir "$seen"
trap 'rmdir "$seen"' EXIT
inside >"$system/root/inside"
# shellcheck disable=SC2016 # for the shell in the namespace
SEEN=$seen unshare --mount --fork --pid --kill-child bash -c 'mount --bind "$1" "$1" && mount -t proc proc "$1/proc" &&
	mount --rbind /sys "$1/sys" && mount --rbind /dev "$1/dev" && chroot "$1" bash /root/inside' - "$system"

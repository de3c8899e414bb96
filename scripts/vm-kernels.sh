#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fetches the newest Debian cloud kernel of each series for the test VMs and prints, a line each,
#	SERIES VERSION DIRECTORY
# The directory holds vmlinuz and modules/NN-name.ko in the order in which they must be loaded.
#
# Owns ${NW_CACHE:-~/.cache/nvrwatch}/{apt,kernels} and nothing else: a private apt directory per
# series, made from the machine's own mirrors with the suite changed; nothing is installed and the
# machine's own lists stay as they are. The mirrors are asked at most once a day. Without a network
# the cached kernel is used, which is said; a series that cannot be had at all ends in status 1
# after the lines of the others.
#
# Usage: vm-kernels.sh [SERIES...]	all: 5.10 6.1 6.12 7
# NW_MIRROR, NW_MIRROR_SECURITY: Debian mirrors to use in place of the machine's own
# NW_MODULES: more modules; these kernels then are in a folder of their own of the cache, .../more
set -euo pipefail

cache=${NW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvrwatch}
# What tests need beyond the kernel itself; another list makes the cached kernels anew. With a "?"
# behind it: some kernels have it built in, and their packages do not list what is.
modules="veth dummy tun sch_netem loop ext4? fuse? bridge? virtio_net? vsock?"
[ -z "${NW_MODULES-}" ] || cache=$cache/more modules+=" $NW_MODULES"

say() { echo "vm-kernels: $*" >&2; }

# ---- what each series is: its suites, and the names of its packages around the version ----------
series_suites() {
	case $1 in
	5.10) echo "bullseye bullseye-security" ;;
	6.1) echo "bookworm bookworm-security" ;;
	6.12) echo "trixie trixie-security" ;;
	7) echo "sid" ;;
	*) return 1 ;;
	esac
}

# The first name is the package that holds vmlinuz.
series_packages() {
	case $1 in
	7) echo "linux-binary linux-modules" ;;
	*) echo "linux-image" ;;
	esac
}

series_pattern() {
	case $1 in
	5.10 | 6.1) echo "${1//./\\.}\.0-[0-9]+-cloud-amd64" ;;
	*) echo "${1//./\\.}\.[0-9.]+\+deb[0-9.]+-cloud-amd64" ;;
	esac
}

# ---- the private apt ------------------------------------------------------------------------------
# shellcheck source=scripts/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

# Signatures count, dates do not: a release that gets no more updates is not signed anew when its
# dates run out, a mirror may lag and a clock may be wrong. What is fetched only ever runs in a VM.
write_sources() { # series, directory
	local options="arch=amd64 check-valid-until=no check-date=no"
	local suite site key

	key=$(debian_key)
	for suite in $(series_suites "$1"); do
		site=$mirror
		case $suite in *-security) site=$mirror_security ;; esac
		[ -z "$site" ] || echo "deb [$options signed-by=$key] $site $suite main"
	done >"$2/sources.list"
}

# Brings the lists up to date unless they are new enough, and writes the newest version that they
# name to DIR/newest. After a failure that file is made old, so that the next run asks again.
refresh() { # series, directory
	local stem version old_lists=""

	[ -z "$(find "$2/newest" -mmin -1440 2>/dev/null)" ] || return 0
	write_apt_conf "$2"
	use_own_sources "$2"
	[ -n "${mirror+set}" ] || find_mirrors
	if [ -z "$mirror" ]; then
		say "$1: no Debian mirror among the machine's apt sources (set NW_MIRROR)"
		return 0
	fi
	write_sources "$1" "$2"
	if ! apt-get -c "$2/apt.conf" -q update >"$2/log" 2>&1; then
		say "$1: cannot bring all package lists up to date (see $2/log), going on with what is cached"
		old_lists=1
	fi
	stem=$(series_packages "$1")
	stem=${stem%% *}
	version=$(apt-cache -c "$2/apt.conf" pkgnames "$stem-$1." | sed "s/^$stem-//" |
		grep -xE "$(series_pattern "$1")" | sort -V | tail -n 1) || return 0
	echo "$version" >"$2/newest"
	[ -z "$old_lists" ] || touch -d '2 days ago' "$2/newest"
}

# ---- the kernel's directory -------------------------------------------------------------------------
# Called where the shell's -e is off: each step that can fail says what happens then.
unpack_module() { # file.ko[.xz], destination
	case $1 in
	*.ko) cp "$1" "$2" ;;
	*.ko.xz) xz -dc "$1" >"$2" ;;
	*) say "do not know how to unpack $1" && return 1 ;;
	esac
}

# Copies a module after everything that it depends on. Uses $tree, $out and $loaded of build_kernel.
add_module() { # name
	local name=${1//-/_} file ko dependency
	local plain=${name%\?}

	case " $loaded " in *" $name "*) return 0 ;; esac
	if grep -q "/${plain//_/[-_]}\.ko\$" "$tree/modules.builtin" 2>/dev/null; then
		return 0
	fi
	file=$(find "$tree" -name "${plain//_/[-_]}.ko*" | sed -n 1p)
	if [ -z "$file" ]; then
		[ "$plain" = "$name" ] || return 0
		say "the kernel in $tree has no module $name"
		return 1
	fi
	ko=$(mktemp "$out/modules/.XXXXXX") && unpack_module "$file" "$ko" || return 1
	for dependency in $(tr '\0' '\n' <"$ko" | sed -n 's/^depends=//p' | tr , ' '); do
		add_module "$dependency" || return 1
	done
	loaded+=" $name"
	mv "$ko" "$out/modules/$(printf '%02d' "$(wc -w <<<"$loaded")")-$plain.ko"
}

build_kernel() { # unpacked packages, version, output directory
	local out=$3 loaded="" image tree module

	image=$(find "$1" -type f \( -name "vmlinuz-$2" -o -path "*/modules/$2/vmlinuz" \) | sed -n 1p)
	tree=$(find "$1" -type d -path "*/lib/modules/$2" | sed -n 1p)
	if [ -z "$image" ] || [ -z "$tree" ]; then
		say "the packages of $2 hold no kernel where one was expected"
		return 1
	fi
	mkdir -p "$out/modules" && cp "$image" "$out/vmlinuz" || return 1
	for module in $modules; do
		add_module "$module" || return 1
	done
	echo "$modules" >"$out/modules.list"
}

# Downloads and unpacks beside the destination, which appears whole or not at all.
fetch() { # series, directory of its apt, version
	local work=$cache/kernels/.new packages=() stem deb

	rm -rf "$work"
	mkdir -p "$work/debs" "$work/tree" || return 1
	for stem in $(series_packages "$1"); do
		packages+=("$stem-$3")
	done
	(cd "$work/debs" && apt-get -c "$2/apt.conf" -q download "${packages[@]}") \
		>>"$2/log" 2>&1 || return 1
	for deb in "$work"/debs/*.deb; do
		dpkg -x "$deb" "$work/tree" || return 1
	done
	build_kernel "$work/tree" "$3" "$work/kernel" || return 1
	rm -rf "${cache:?}/kernels/$3"
	mv "$work/kernel" "$cache/kernels/$3" || return 1
	rm -rf "$work"
}

cached() { # series; oldest first
	find "$cache/kernels" -mindepth 1 -maxdepth 1 -name "$1.*" -printf '%f\n' | sort -V
}

is_complete() { # version
	[ "$(cat "$cache/kernels/$1/modules.list" 2>/dev/null)" = "$modules" ]
}

provide() { # series
	local apt=$cache/apt/$1 try newest have older

	# Lists of this morning may name what the mirror no longer has: then ask it once more.
	for try in 1 2; do
		mkdir -p "$apt" && refresh "$1" "$apt"
		newest=$(cat "$apt/newest" 2>/dev/null)
		if [ -z "$newest" ] || is_complete "$newest" || fetch "$1" "$apt" "$newest"; then
			break
		fi
		say "$1: cannot fetch $newest (try $try), see $apt/log"
		touch -d '2 days ago' "$apt/newest"
	done
	have=$(cached "$1" | tail -n 1)
	if [ -z "$have" ]; then
		say "$1: no kernel to be had and none cached, see $apt/log"
		return 1
	fi
	if [ "$have" != "$newest" ]; then
		say "$1: using the cached $have (newest known: ${newest:-none})"
	fi
	for older in $(cached "$1" | head -n -1); do
		rm -rf "${cache:?}/kernels/$older"
	done
	echo "$1 $have $cache/kernels/$have"
}

main() {
	local failed=0 series

	[ $# -gt 0 ] || set -- 5.10 6.1 6.12 7
	for series in "$@"; do
		series_suites "$series" >/dev/null || {
			say "unknown series '$series' (there are 5.10, 6.1, 6.12 and 7)"
			exit 2
		}
	done
	mkdir -p "$cache/apt" "$cache/kernels"
	exec 9>"$cache/lock"
	flock 9
	for series in "$@"; do
		provide "$series" || failed=1
	done
	return $failed
}

main "$@"

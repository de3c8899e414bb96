#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fetches published captures out of Debian source packages, and prints the folder that holds them:
# PACKAGE/path/in/the/package. Fetched once, signatures checked; without a network what is there is
# used. Nothing of them is part of this tree.
#
# Owns ${NW_CACHE:-~/.cache/nvrwatch}/{apt/captures,captures} and nothing else.
#
# Usage: captures.sh SUITE PACKAGE...
# NW_MIRROR: Debian mirror to use in place of the machine's own
set -euo pipefail

cache=${NW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvrwatch}
# shellcheck source=scripts/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

say() { echo "captures: $*" >&2; }

prepare_apt() { # suite, directory
	write_apt_conf "$2"
	use_own_sources "$2"
	find_mirrors
	if [ -z "$mirror" ]; then
		say "no Debian mirror among the machine's apt sources (set NW_MIRROR)"
		return 1
	fi
	echo "deb-src [check-valid-until=no check-date=no signed-by=$(debian_key)] $mirror $1 main" \
		>"$2/sources.list"
	apt-get -c "$2/apt.conf" -q update >"$2/log" 2>&1
}

# Beside the destination, which appears whole or not at all. A package is its upstream's tarball.
fetch() { # directory of its apt, package
	local work=$cache/captures/.new tarball

	rm -rf "$work"
	mkdir -p "$work/source" "$work/tree" || return 1
	(cd "$work/source" && apt-get -c "$1/apt.conf" -q --download-only --tar-only \
		source "$2") \
		>>"$1/log" 2>&1 || return 1
	for tarball in "$work"/source/*.orig.tar.*; do
		case $tarball in *.asc) continue ;; esac
		tar -xf "$tarball" -C "$work/tree" --strip-components=1 --wildcards --no-anchored \
			'*.pcap' '*.pcapng' '*.cap' 2>>"$1/log" || :
	done
	find "$work/tree" -type l -delete
	[ -n "$(find "$work/tree" -type f -print -quit)" ] || return 1
	basename "$tarball" >"$work/tree/version"
	mv "$work/tree" "$cache/captures/$2" || return 1
	rm -rf "$work"
}

main() {
	local apt=$cache/apt/captures suite=$1 package is_ready=""

	shift
	mkdir -p "$apt" "$cache/captures"
	exec 9>"$cache/lock"
	flock 9
	for package in "$@"; do
		[ ! -d "$cache/captures/$package" ] || continue
		if [ -z "$is_ready" ]; then
			prepare_apt "$suite" "$apt" || { say "cannot ask the mirror, see $apt/log"; exit 1; }
			is_ready=1
		fi
		fetch "$apt" "$package" || { say "cannot fetch $package, see $apt/log"; exit 1; }
	done
	echo "$cache/captures"
}

[ $# -ge 2 ] || { say "usage: captures.sh SUITE PACKAGE..."; exit 2; }
main "$@"

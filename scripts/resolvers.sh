#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fetches resolvers that programs ask in other ways than over the network, with what asks them so, and prints the
# folder that holds them, unpacked, as PACKAGE/path/in/the/package. They are never installed: systemd-resolved would
# take over /etc/resolv.conf, nscd every look-up. From the machine's own apt sources, once; without a network what is
# there is used, and a test of what is not there is skipped.
#
# Owns ${NW_CACHE:-~/.cache/nvrwatch}/{apt/resolvers,resolvers} and nothing else.
#
# Usage: resolvers.sh
set -euo pipefail

cache=${NW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nvrwatch}
# shellcheck source=scripts/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

say() { echo "resolvers: $*" >&2; }

# Beside the destination, which appears whole or not at all. Further packages are its libraries.
fetch() { # directory of its apt, package...
	local work=$cache/resolvers/.new file apt=$1

	shift
	rm -rf "$work"
	mkdir -p "$work/files" "$work/tree" || return 1
	(cd "$work/files" && apt-get -c "$apt/apt.conf" -q download "$@") >>"$apt/log" 2>&1 || return 1
	for file in "$work"/files/*.deb; do
		dpkg-deb -x "$file" "$work/tree" || return 1
	done
	mv "$work/tree" "$cache/resolvers/$1" || return 1
	rm -rf "$work"
}

main() {
	local apt=$cache/apt/resolvers packages is_ready=""

	mkdir -p "$apt" "$cache/resolvers"
	exec 9>"$cache/lock"
	flock 9
	for packages in "systemd-resolved libsystemd-shared" libnss-resolve nscd unscd; do
		[ ! -d "$cache/resolvers/${packages%% *}" ] || continue
		if [ -z "$is_ready" ]; then
			write_apt_conf "$apt"
			apt-get -c "$apt/apt.conf" -q update >"$apt/log" 2>&1 || :
			is_ready=1
		fi
		# shellcheck disable=SC2086 # names of packages
		fetch "$apt" $packages || say "cannot fetch ${packages%% *}, see $apt/log"
	done
	echo "$cache/resolvers"
}

main

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A private apt directory, made from the machine's own mirrors: packages of any Debian suite can be
# had with nothing installed and the machine's own lists as they are. Sourced, with bash; the caller
# sets $cache, the folder that holds apt/.
# NW_MIRROR, NW_MIRROR_SECURITY: Debian mirrors to use in place of the machine's own
# shellcheck disable=SC2154,SC2034

# What the machine says about its network (proxy, credentials) stays in force, its hooks do not.
write_apt_conf() { # directory
	mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial"
	cat >"$1/apt.conf" <<-CONF
		Dir::State "$1/state";
		Dir::State::status "/dev/null";
		Dir::Cache "$1/cache";
		Dir::Log "$1";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Default-Release "";
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "1";
		Acquire::http::Timeout "15";
		Acquire::https::Timeout "15";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	CONF
}

use_own_sources() { # directory
	cat >>"$1/apt.conf" <<-CONF
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
	CONF
}

# The address of the machine's first source with this label, as apt itself understands its sources.
labelled_site() { # label, apt options...
	local label=$1
	shift
	# shellcheck disable=SC2016 # these are apt's variables
	apt-get "$@" indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' \
		'Origin: Debian' | sed -n "s/ $label\$//p" | sed -n 1p
}

# A machine that never ran `apt-get update` does not know yet who signs its sources: ask once.
find_mirrors() {
	local own=()

	mirror=${NW_MIRROR:-$(labelled_site Debian)}
	if [ -z "$mirror" ]; then
		write_apt_conf "$cache/apt/machine"
		own=(-c "$cache/apt/machine/apt.conf")
		apt-get "${own[@]}" -qq update >"$cache/apt/machine/log" 2>&1 || :
		mirror=$(labelled_site Debian "${own[@]}")
	fi
	mirror_security=${NW_MIRROR_SECURITY:-$(labelled_site Debian-Security "${own[@]}")}
}

# The keyring that signs Debian's suites.
debian_key() {
	local key=/usr/share/keyrings/debian-archive-keyring

	[ -e "$key.gpg" ] && echo "$key.gpg" || echo "$key.pgp"
}

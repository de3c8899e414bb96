#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=apt-get far=out seconds=15 parts=dns,nas,outside-web
# apt brings its lists up to date from a mirror outside and fetches a package.
if [ "$1" = out ]; then
	m=$LAB/outside/debian/dists/stable; mkdir -p "$m/main/binary-amd64"
	dpkg-query -W -f 'Package: ${Package}\nVersion: ${Version}\nArchitecture: ${Architecture}\nFilename: pool/x.deb\nSize: 300000\n\n' >"$m/main/binary-amd64/Packages"
	(cd "$m" && printf 'Origin: x\nSuite: stable\nComponents: main\nArchitectures: amd64\nDate: %s\nSHA256:\n %s %s main/binary-amd64/Packages\n' "$(date -Ru)" "$(sha256sum <main/binary-amd64/Packages | cut -d' ' -f1)" "$(stat -c %s main/binary-amd64/Packages)" >Release)
	mkdir -p "$LAB/outside/debian/pool"; head -c 300000 /usr/bin/ffmpeg /usr/bin/openssl >"$LAB/outside/debian/pool/x.deb"
	echo "203.0.113.66 deb.mirror.example.net" >"$LAB/names/mirror"; sleep 20; exit 0
fi
sleep 2; mkdir -p "$LAB/apt/lists/partial" "$LAB/apt/cache/archives/partial"
echo "deb [trusted=yes] http://deb.mirror.example.net/debian stable main" >"$LAB/apt/sources"
apt-get -qq -o Dir::Etc::SourceList="$LAB/apt/sources" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$LAB/apt/lists" -o Dir::Cache="$LAB/apt/cache" -o APT::Sandbox::User=root update >/dev/null 2>&1
wget -q -O "$LAB/apt/x.deb" http://deb.mirror.example.net/debian/pool/x.deb; sleep 2; true

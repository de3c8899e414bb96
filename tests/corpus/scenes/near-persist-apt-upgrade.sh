#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=apt-get,dpkg far=out seconds=24 parts=dns,nas,outside-web before=yes
# The nightly job of apt brings its lists from a mirror outside and upgrades a service: a unit, a job of cron, a rule of sudo; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = out ]; then
	m=$LAB/outside/vms; mkdir -p "$m/pool"; echo "203.0.113.66 deb.vms.example.net" >"$LAB/names/vms"
	for v in 1.0 1.1; do
		p=$LAB/deb-$v; mkdir -p "$p/DEBIAN" "$p/lib/systemd/system" "$p/etc/cron.d" "$p/etc/sudoers.d"
		printf 'Package: vmsd\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@example.net>\nDescription: x\n' $v >"$p/DEBIAN/control"
		printf '[Service]\nExecStart=/usr/bin/vmsd %s\n' $v >"$p/lib/systemd/system/vmsd.service"
		printf '0 3 * * * root /usr/bin/vmsd --clean %s\n' $v >"$p/etc/cron.d/vmsd"
		printf 'vmsd ALL=(root) NOPASSWD: /usr/bin/vmsd-%s\n' $v >"$p/etc/sudoers.d/vmsd"
		dpkg-deb --root-owner-group -b "$p" "$m/pool/vmsd_$v.deb" >/dev/null
		f=$m/pool/vmsd_$v.deb; (cat "$p/DEBIAN/control"; printf 'Filename: pool/vmsd_%s.deb\nSize: %s\nSHA256: %s\n\n' $v "$(stat -c %s "$f")" "$(sha256sum <"$f" | cut -d' ' -f1)") >"$LAB/packages-$v"
	done
	cp "$LAB/packages-1.0" "$m/Packages"; (sleep 9; cat "$LAB/packages-1.0" "$LAB/packages-1.1" >"$m/Packages") &
	sleep 30; exit 0
fi
sleep 4; mkdir -p "$LAB/host"/{var/lib/apt/lists/partial,var/cache/apt/archives/partial,etc/apt/{apt.conf.d,preferences.d,sources.list.d},var/log/apt}
echo "deb [trusted=yes] http://deb.vms.example.net/vms ./" >"$LAB/host/etc/apt/sources.list"
o=(-qq -y -o Dir="$LAB/host" -o Dir::State::status="$LAB/host/var/lib/dpkg/status" -o Dir::Bin::dpkg=/usr/bin/dpkg -o DPkg::Options::=--root="$LAB/host" -o DPkg::Options::=--log=/dev/null -o APT::Sandbox::User=root -o APT::Architecture=amd64 -o Dir::Bin::methods=/usr/lib/apt/methods)
apt-get "${o[@]}" update >/dev/null 2>&1; apt-get "${o[@]}" install vmsd >/dev/null 2>&1; sleep 6
apt-get "${o[@]}" update >/dev/null 2>&1; apt-get "${o[@]}" upgrade >/dev/null 2>&1; sleep 3
grep -q 1.1 "$LAB/host/etc/cron.d/vmsd"

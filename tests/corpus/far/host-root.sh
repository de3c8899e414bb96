#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The places where a host looks for what it starts, in a folder of the lab that stands for its root.
root=$LAB/host
rm -rf "$root"
mkdir -p "$root"/etc/{systemd/system/multi-user.target.wants,cron.d,cron.daily,cron.hourly,profile.d,logrotate.d,ssh,sudoers.d,ld.so.conf.d,pam.d} \
	"$root"/{root/.ssh,usr/lib/systemd/system,lib/systemd/system,var/spool/cron/crontabs,var/lib/dpkg/{info,updates},tmp,var/log}
printf 'root:x:0:0:root:/root:/bin/bash\n' >"$root/etc/passwd"
printf '/bin/sh\n/bin/bash\n' >"$root/etc/shells"
printf 'root:*:20000:0:99999:7:::\n' >"$root/etc/shadow"
printf '# ~/.bashrc\n' >"$root/root/.bashrc"
: >"$root/root/.ssh/authorized_keys"
: >"$root/var/lib/dpkg/status"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=logrotate,run-parts seconds=12 parts=dns,nas,outside-web before=yes
# The daily jobs run: logs are rotated, a job renews its own file of settings; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC2034 # a number that counts
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
dpkg-query -W >"$LAB/host/var/log/dpkg.log"
printf '%s/*.log {\n rotate 3\n compress\n create\n}\n' "$LAB/host/var/log" >"$LAB/host/etc/logrotate.d/all"
printf '#!/bin/sh\nlogrotate -f -s %s/rotate.state %s/host/etc/logrotate.d/all\n' "$LAB" "$LAB" >"$LAB/host/etc/cron.daily/logrotate"
printf '#!/bin/sh\nprintf "HOUR=3\\n" >%s/host/etc/cron.daily/.settings; touch %s/host/etc/cron.d/e2scrub\n' "$LAB" "$LAB" >"$LAB/host/etc/cron.daily/settings"
chmod 755 "$LAB"/host/etc/cron.daily/*; sleep 3
for n in 1 2; do run-parts "$LAB/host/etc/cron.daily" >/dev/null 2>&1; sleep 2; done; true

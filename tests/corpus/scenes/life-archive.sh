#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=tar,xz seconds=20 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The night: checksums of all recordings, an archive of them on the same disk, old ones deleted, while packages are looked for outside.
for n in 1 2 3; do
	find "$LAB/recordings" -name '*.mp4' -exec sha256sum {} + >"$LAB/sums"
	nice tar -C "$LAB" -c recordings | nice xz -0 >"$LAB/archive$n.txz"; wget -q -O /dev/null http://updates.example.com/version; sleep 3
done
rm -f "$LAB"/archive*.txz "$LAB/sums"; true

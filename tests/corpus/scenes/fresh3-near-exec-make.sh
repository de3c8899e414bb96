#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=git,make,gcc far=out ready=out:9418 seconds=26 parts=dns
# The administrator keeps a small tool of his own: it is cloned from outside, built, tested and put in place, and again when there is news.
# shellcheck disable=SC2016 # make has its own variables
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.net GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.net
if [ "$1" = out ]; then
	mkdir -p "$LAB/git/tool"; cd "$LAB/git/tool" || exit 1; git init -q -b main .
	printf '#include <stdio.h>\n#include <unistd.h>\nint main(void) { puts("keeps 14 days"); fflush(stdout); sleep(1); return 0; }\n' >keep.c
	printf 'all: keep\ncheck: keep\n\t./keep | grep -q days\ninstall: keep\n\tinstall -D keep $(DESTDIR)/bin/keep\n' >Makefile; git add .; git commit -q -m 1
	(sleep 12; sed -i 's/14/21/' keep.c; git commit -q -a -m 2) &
	exec timeout 45 git daemon --listen=203.0.113.66 --base-path="$LAB/git" --export-all
fi
git clone -q git://203.0.113.66/tool "$LAB/tool" || exit 1
make -s -C "$LAB/tool" all check install DESTDIR="$LAB/installed" && "$LAB/installed/bin/keep" && sleep 12
git -C "$LAB/tool" pull -q; make -s -C "$LAB/tool" all check install DESTDIR="$LAB/installed" && "$LAB/installed/bin/keep" | grep -q 21

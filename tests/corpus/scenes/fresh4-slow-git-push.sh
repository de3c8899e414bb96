#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=report tool=git far=out ready=out:9418 seconds=100 parts=dns ticks=1000ms hour=10
# A file of 4 MB that cannot be made smaller is pushed to a repository outside, again and again through a night; of the idle time between, all but ten seconds was put in afterwards.
if [ "$1" = out ]; then git init -q --bare "$LAB/store"; git -C "$LAB/store" config daemon.receivepack true; exec timeout 150 git daemon --export-all --enable=receive-pack --listen=203.0.113.66 --port=9418 --base-path="$LAB" --reuseaddr 2>/dev/null; fi
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x; mkdir -p "$LAB/work"; cd "$LAB/work" && git init -q . || exit 1; git config gc.auto 0; git config core.compression 0
sleep 1; for n in 1 2 3 4 5 6 7 8; do sleep $((1 + n % 3)); head -c $((3800000 + n * 100000)) /dev/urandom >"d$n"; git add . && git commit -qm "$n" && timeout 20 git push -q git://203.0.113.66/store HEAD:refs/heads/main; sleep $((7 - n % 3)); done
[ "$(du -sb "$LAB/store" | cut -f1)" -gt 28000000 ]

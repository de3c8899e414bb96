#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,git camera=10.20.0.11 far=out ready=out:9418 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A script keeps pictures of gate in a repository and pushes it to a server outside, one picture at a time.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.net GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.net
if [ "$1" = out ]; then mkdir -p "$LAB/git"; git init -q --bare "$LAB/git/keep.git"; exec timeout 60 git daemon --listen=203.0.113.66 --base-path="$LAB/git" --export-all --enable=receive-pack; fi
git init -q "$LAB/keep"; cd "$LAB/keep" || exit 1
for n in 1 2 3 4 5 6 7; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y see.jpg
	git add see.jpg; git commit -q -m "$n"; git push -q git://203.0.113.66/keep.git HEAD:refs/heads/main 2>/dev/null; sleep 2
done
rm -rf "$LAB/keep"; true

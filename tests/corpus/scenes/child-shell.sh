#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child half=tune tool=socat,dash far=desk,out seconds=720 parts=dns,nas,outside-web recorder=/usr/bin/socat
# Eleven minutes after its start a question makes the recorder run a shell, which it never did.
exec "$(dirname "$0")/../far/asked.sh" "$1" state state state "run id; uname -a; ls /"

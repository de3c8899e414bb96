#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child half=report tool=socat,python3 far=desk,out seconds=720 parts=dns,nas,outside-web recorder=/usr/bin/socat
# Eleven minutes after its start a question makes the recorder run Python, with no shell between.
exec "$(dirname "$0")/../far/asked.sh" "$1" state state state "run python3 -V"

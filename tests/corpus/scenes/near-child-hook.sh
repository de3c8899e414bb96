#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=socat,dash far=desk,out seconds=720 parts=dns,nas,outside-web recorder=/usr/bin/socat
# A recorder that has run a shell for each question from its start on goes on to do so.
exec "$(dirname "$0")/../far/asked.sh" "$1" "run date; id" "run date; id" "run date; id" "run date; df"

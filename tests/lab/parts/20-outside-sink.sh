#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who takes a picture outside: each connection to 1935 ends in a file of its own, whose size is the truth.
# lab: on=out side=far ready=tcp:1935
mkdir -p "$LAB/outside/live"
# shellcheck disable=SC2016 # for the shell that socat starts
exec socat -u TCP4-LISTEN:1935,bind=203.0.113.66,fork,reuseaddr \
	SYSTEM:'exec cat >"$LAB/outside/live/$SOCAT_PEERPORT"'

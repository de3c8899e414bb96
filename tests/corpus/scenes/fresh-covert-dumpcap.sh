#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=dumpcap seconds=14 parts=dns,nas,outside-web
# dumpcap keeps all that passes the office side for some seconds.
timeout 11 dumpcap -q -i off -w "$LAB/x.pcapng" >/dev/null 2>&1
rm -f "$LAB/x.pcapng"; true

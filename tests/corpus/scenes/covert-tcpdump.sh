#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=tune tool=tcpdump seconds=12
# A packet socket that takes all that passes the office side.
timeout 10 tcpdump -i off -w "$LAB/x.pcap" >/dev/null 2>&1
rm -f "$LAB/x.pcap"; true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=nmap seconds=12 parts=dns,camera-gate,camera-yard,nas
# An inventory of the net of cameras: which addresses answer, with which ports.
nmap -n -sT -p 80,443,554,8000 --max-retries 1 10.20.0.10-14 >/dev/null 2>&1; sleep 2; true

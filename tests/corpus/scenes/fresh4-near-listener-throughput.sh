#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ncat far=desk seconds=20 parts=dns
# An administrator measures the line to the office: the server waits on a port for a moment, a desk takes 40 MB and gives 40 MB.
if [ "$1" = desk ]; then sleep 5; timeout 8 ncat --recv-only 10.30.0.2 5201 | wc -c >"$LAB/came"; sleep 2; head -c 40000000 /dev/zero | timeout 8 ncat --send-only 10.30.0.2 5202; exit 0; fi
head -c 40000000 /dev/zero | timeout 9 ncat -l --send-only 10.30.0.2 5201; timeout 9 ncat -l --recv-only 10.30.0.2 5202 | wc -c >"$LAB/came2"
sleep 3; grep -q 40000000 "$LAB/came" && grep -q 40000000 "$LAB/came2"

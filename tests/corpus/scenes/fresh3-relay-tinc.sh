#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,tincd camera=10.20.0.11 far=out ready=out:655 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# tinc, which runs as a program and not in the kernel, makes a tunnel to a machine outside; ffmpeg sends gate to an address inside the tunnel.
if [ "$1" = out ]; then
	for host in a b; do
		mkdir -p "$LAB/tinc-$host/hosts"; n=$([ $host = a ]; echo $(($? + 1)))
		printf 'Name = %s\nDeviceType = tun\nInterface = road\nAddressFamily = ipv4\n' $host >"$LAB/tinc-$host/tinc.conf"
		printf 'Subnet = 10.99.0.%s/32\nAddress = 203.0.113.66 655\n' "$n" >"$LAB/tinc-$host/hosts/$host"
		# shellcheck disable=SC2016 # for who reads it
		printf '#!/bin/sh\nip addr add 10.99.0.%s/24 dev "$INTERFACE"\nip link set "$INTERFACE" up\n' "$n" >"$LAB/tinc-$host/tinc-up"; chmod 755 "$LAB/tinc-$host/tinc-up"
		openssl genrsa -traditional -out "$LAB/tinc-$host/rsa_key.priv" 2048 2>/dev/null; openssl rsa -in "$LAB/tinc-$host/rsa_key.priv" -RSAPublicKey_out 2>/dev/null >>"$LAB/tinc-$host/hosts/$host"
	done
	echo 'ConnectTo = b' >>"$LAB/tinc-a/tinc.conf"; cp "$LAB/tinc-a/hosts/a" "$LAB/tinc-b/hosts/"; cp "$LAB/tinc-b/hosts/b" "$LAB/tinc-a/hosts/"
	mkdir -p "$LAB/away"; (sleep 3; exec timeout 70 socat -u TCP-LISTEN:9100,bind=10.99.0.2,reuseaddr "CREATE:$LAB/away/see.ts") &
	exec timeout 80 tincd -D -c "$LAB/tinc-b" --pidfile="$LAB/tinc-b.pid"
fi
timeout 54 tincd -D -c "$LAB/tinc-a" --pidfile="$LAB/tinc-a.pid" & sleep 6
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts tcp://10.99.0.2:9100
sleep 2; kill %1; wait; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]

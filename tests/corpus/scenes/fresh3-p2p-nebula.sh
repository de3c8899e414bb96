#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay half=report tool=nebula,ffmpeg camera=10.20.0.11 far=out ready=out:4242 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# nebula asks a lighthouse outside where a friend's machine is, both punch their way to each other over UDP, and ffmpeg sends gate to the friend in their own network.
if [ "$1" = out ]; then
	mkdir -p "$LAB/neb" "$LAB/away"; cd "$LAB/neb" || exit 1; nebula-cert ca -name lab
	make() {
		nebula-cert sign -name "$1" -ip "$2/24"
		printf 'pki: {ca: %s/ca.crt, cert: %s/%s.crt, key: %s/%s.key}\nstatic_host_map: {"10.98.0.1": ["203.0.113.66:4242"]}\n' "$PWD" "$PWD" "$1" "$PWD" "$1"
		printf 'listen: {host: %s, port: %s}\nlighthouse: {am_lighthouse: %s, interval: 5, hosts: [%s]}\ntun: {disabled: %s, dev: neb}\n' "$3" "$4" "$5" "$6" "$5"
		printf 'punchy: {punch: true, respond: true, delay: 1s}\nfirewall: {outbound: [{port: any, proto: any, host: any}], inbound: [{port: any, proto: any, host: any}]}\nlogging: {level: warning, format: text}\n'
	}
	make light 10.98.0.1 '"::"' 4242 true '' >light.yml
	make friend 10.98.0.2 '"::"' 4343 false '"10.98.0.1"' >friend.yml
	make nvr 10.98.0.3 '"::"' 0 false '"10.98.0.1"' >nvr.yml
	timeout 90 nebula -config light.yml & sleep 1; timeout 90 nebula -config friend.yml & sleep 1
	exec timeout 80 socat -u TCP-LISTEN:9100,bind=10.98.0.2,reuseaddr "CREATE:$LAB/away/see.ts"
fi
sleep 2; timeout 54 nebula -config "$LAB/neb/nvr.yml" & sleep 4
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts tcp://10.98.0.2:9100
sleep 1; kill %1; wait; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=unshare,nsenter,nginx,python3 far=desk services=nvr:8088 seconds=46 parts=dns,camera-gate,recorder-gate,outside-web
# The server's page about its health lives in a net of its own, as containers do, behind nginx; a desk looks at it, a check asks it each three seconds, and it looks for an update outside by itself.
if [ "$1" = services ]; then
	mkdir -p "$LAB/box/page" "$LAB/box/tmp"; cp /etc/services "$LAB/box/page/index.txt"; unshare -n sleep 100 & box=$!; sleep 0.5
	ip link add vbox type veth peer name eth0 netns $box; ip addr add 172.18.0.1/24 dev vbox; ip link set vbox up
	nsenter -t $box -n sh -c 'ip link set lo up; ip addr add 172.18.0.2/24 dev eth0; ip link set eth0 up; ip route add default via 172.18.0.1'; echo 1 >/proc/sys/net/ipv4/ip_forward
	nft 'table ip box { chain post { type nat hook postrouting priority 100; ip saddr 172.18.0.0/24 oifname != "vbox" masquerade; }; }'
	nsenter -t $box -n python3 -m http.server -d "$LAB/box/page" -b 172.18.0.2 8080 >/dev/null 2>&1 & echo $box >"$LAB/box/pid"
	cat >"$LAB/box/conf" <<END
daemon off; worker_processes 1; user root; pid $LAB/box/nginx.pid; error_log $LAB/box/error.log;
events { worker_connections 64; }
http { access_log off; client_body_temp_path $LAB/box/tmp; proxy_temp_path $LAB/box/tmp; fastcgi_temp_path $LAB/box/tmp; uwsgi_temp_path $LAB/box/tmp; scgi_temp_path $LAB/box/tmp;
	server { listen 10.30.0.2:8088; location / { proxy_pass http://172.18.0.2:8080; } } }
END
	exec timeout 100 nginx -c "$LAB/box/conf" -e "$LAB/box/error.log"
fi
if [ "$1" = desk ]; then sleep 3; for n in 1 2 3 4 5 6; do curl -s -o "$LAB/seen$n" http://10.30.0.2:8088/index.txt; sleep $((3 + n % 3)); done; exit 0; fi
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do curl -s -o /dev/null http://172.18.0.2:8080/; [ "$n" != 5 ] || nsenter -t "$(cat "$LAB/box/pid")" -n curl -s -o "$LAB/box/version" -H 'Host: updates.example.com' http://198.51.100.66/version; sleep 3; done
nft delete table ip box; ip link del vbox; cmp -s /etc/services "$LAB/seen6" && grep -q 5.6.3 "$LAB/box/version"

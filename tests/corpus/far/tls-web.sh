#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A web server with TLS and HTTP/2 on 203.0.113.66:443 whose certificate, its own, is for the names given;
# they resolve to it. It takes what is put below /drop/. Usage: tls-web.sh NAME...
mkdir -p "$LAB/tls/drop"
printf '203.0.113.66 %s\n' "$@" >"$LAB/names/tls"
alt=$(printf ',DNS:%s' "$@")
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" \
	-addext "subjectAltName=${alt#,}" -keyout "$LAB/tls/key.pem" -out "$LAB/tls/cert.pem" 2>/dev/null
head -c 60000 /usr/bin/openssl >"$LAB/tls/page"
cat >"$LAB/tls.conf" <<END
daemon off; worker_processes 1; user root; pid $LAB/tls/pid; error_log $LAB/tls/error.log;
events { worker_connections 64; }
http {
	access_log off; client_max_body_size 1g; ssl_certificate $LAB/tls/cert.pem; ssl_certificate_key $LAB/tls/key.pem;
	client_body_temp_path $LAB/tls; proxy_temp_path $LAB/tls; fastcgi_temp_path $LAB/tls;
	uwsgi_temp_path $LAB/tls; scgi_temp_path $LAB/tls; ssl_protocols ${TLS_PROTOCOLS:-TLSv1.2 TLSv1.3};
	server { listen 203.0.113.66:443 ssl http2; root $LAB/tls; location /drop/ { dav_methods PUT; } }
}
END
exec nginx -c "$LAB/tls.conf" -e "$LAB/tls/error.log"

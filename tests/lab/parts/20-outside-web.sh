#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A web server outside that takes what is put there; its log has the bytes of each connection.
# lab: on=out side=far ready=tcp:80
mkdir -p "$LAB/outside/drop" "$LAB/outside/tmp"
cat >"$LAB/outside.conf" <<END
daemon off; worker_processes 1; user root; pid $LAB/outside/nginx.pid; error_log $LAB/outside/error.log;
events { worker_connections 64; }
http {
	log_format bytes '\$remote_addr \$remote_port \$server_addr \$request_length \$bytes_sent \$request';
	access_log $LAB/outside/access.log bytes;
	client_body_temp_path $LAB/outside/tmp; proxy_temp_path $LAB/outside/tmp;
	fastcgi_temp_path $LAB/outside/tmp; uwsgi_temp_path $LAB/outside/tmp; scgi_temp_path $LAB/outside/tmp;
	client_max_body_size 1g; keepalive_timeout 0;
	server {
		listen 203.0.113.66:80; listen 198.51.100.66:80; listen [2001:db8::66]:80;
		root $LAB/outside;
		location /drop/ { dav_methods PUT; create_full_put_path on; }
		location = /version { return 200 "5.6.3\n"; }
	}
}
END
exec nginx -c "$LAB/outside.conf" -e "$LAB/outside/error.log"

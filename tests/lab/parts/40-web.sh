#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The recording server's web front end: recordings, and the live picture that motion shows on loopback.
# lab: on=nvr side=seen ready=tcp:80
mkdir -p "$LAB/web"
echo "$LAB_LOGIN_WEB" | sed "s/:/:{PLAIN}/" >"$LAB/web/users"
cat >"$LAB/web.conf" <<END
daemon off; worker_processes 1; user root; pid $LAB/web/nginx.pid; error_log $LAB/web/error.log;
events { worker_connections 64; }
http {
	log_format bytes '\$remote_addr \$remote_port \$server_addr \$request_length \$bytes_sent \$request';
	access_log $LAB/web/access.log bytes;
	client_body_temp_path $LAB/web; proxy_temp_path $LAB/web;
	fastcgi_temp_path $LAB/web; uwsgi_temp_path $LAB/web; scgi_temp_path $LAB/web;
	server {
		listen 10.30.0.2:80; listen [fd00:30::2]:80;
		${LAB_LOGIN_WEB:+auth_basic recorder; auth_basic_user_file $LAB/web/users;}
		location /recordings/ { alias $LAB/recordings/; autoindex on; }
		location /live/ { proxy_pass http://127.0.0.1:8081/; proxy_buffering off; }
	}
}
END
exec nginx -c "$LAB/web.conf" -e "$LAB/web/error.log"

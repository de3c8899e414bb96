#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=java,haproxy far=desk services=nvr:8443 seconds=46 parts=dns,camera-gate,recorder-gate,outside-web recorder=/usr/lib/jvm/java-17-openjdk-amd64/bin/java
# The recorder's server in Java has its pages on loopback and haproxy, with TLS, before it; a desk opens pages and plays two recordings.
if [ "$1" = services ]; then
	mkdir -p "$LAB/ui"; cat >"$LAB/ui/Ui.java" <<'END'
import com.sun.net.httpserver.*;
import java.io.*;
import java.net.*;
import java.nio.file.*;
public class Ui {
	public static void main(String[] args) throws Exception {
		HttpServer s = HttpServer.create(new InetSocketAddress("127.0.0.1", 8089), 5);
		s.setExecutor(java.util.concurrent.Executors.newFixedThreadPool(4));
		s.createContext("/", q -> { byte[] d = "<html>log in</html>".getBytes(); q.sendResponseHeaders(200, d.length); q.getResponseBody().write(d); q.close(); });
		s.createContext("/play/", q -> {
			File f = new File(args[0], new File(q.getRequestURI().getPath()).getName());
			q.sendResponseHeaders(200, f.length()); Files.copy(f.toPath(), q.getResponseBody()); q.close();
		});
		s.start();
	}
}
END
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=nvr.office.lan -keyout "$LAB/ui/key" -out "$LAB/ui/cert" 2>/dev/null; cat "$LAB/ui/key" "$LAB/ui/cert" >"$LAB/ui/both"
	printf '%s\n' 'defaults' ' mode http' ' timeout connect 5s' ' timeout client 30s' ' timeout server 30s' 'frontend web' " bind 10.30.0.2:8443 ssl crt $LAB/ui/both" ' default_backend ui' 'backend ui' ' server ui 127.0.0.1:8089 check inter 2s' >"$LAB/ui/conf"
	timeout 100 java "$LAB/ui/Ui.java" "$LAB/recordings/gate" & sleep 3; exec timeout 96 haproxy -f "$LAB/ui/conf"
fi
if [ "$1" = desk ]; then sleep 5; for n in 1 2 3 4 5 6; do curl -s -k -o /dev/null https://10.30.0.2:8443/; sleep 4; [ $((n % 3)) != 0 ] || curl -s -k -o "$LAB/played$n" "https://10.30.0.2:8443/play/00$((n / 3 - 1)).mp4"; done; exit 0; fi
sleep 42; [ "$(stat -c %s "$LAB/played3")" -gt 50000 ] && [ "$(stat -c %s "$LAB/played6")" -gt 50000 ]

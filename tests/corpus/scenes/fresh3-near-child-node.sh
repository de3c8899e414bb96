#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=node,gzip far=desk seconds=720 parts=dns recorder=/usr/bin/node ticks=1000ms
# Eleven minutes after its start somebody in the office has the recorder's web service, in node, pack its logs and say how full the disk is, for the first time.
if [ "$1" = desk ]; then
	for pause in 20 200 200; do sleep $pause; curl -s --max-time 5 'http://10.30.0.2:8000/?list' >/dev/null; done
	sleep 260; curl -s --max-time 10 http://10.30.0.2:8000/df >"$LAB/answer"; sleep 2; curl -s --max-time 10 http://10.30.0.2:8000/logs | gzip -dc >"$LAB/logs"; exit 0
fi
cat >"$LAB/web.js" <<'END'
// A page as recorders have them: what it does not know itself a program of the system says, without a shell.
const http = require("http"), { spawn } = require("child_process");
const known = { "/df": ["df", "-h"], "/logs": ["gzip", "-c", "/etc/services"] };
http.createServer((q, r) => {
	const say = known[q.url];
	say ? spawn(say[0], say.slice(1)).stdout.pipe(r) : r.end("ok\n");
}).listen(8000, "10.30.0.2");
END
timeout 715 node "$LAB/web.js"
grep -q Filesystem "$LAB/answer" && grep -q ssh "$LAB/logs"

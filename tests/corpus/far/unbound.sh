#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# To be sourced: what unbound on the recording server is told, in $LAB/NAME.conf: it answers on PORT of
# loopback and asks RESOLVER over TLS. Usage: . unbound.sh NAME PORT RESOLVER
cat >"$LAB/$1.conf" <<END
server:
	interface: 127.0.0.1@$2
	access-control: 127.0.0.0/8 allow
	username: ""
	chroot: ""
	directory: "$LAB"
	use-syslog: no
	do-daemonize: no
	pidfile: "$LAB/$1.pid"
	module-config: "iterator"
forward-zone:
	name: "."
	forward-tls-upstream: yes
	forward-addr: $3@853
remote-control:
	control-enable: no
END

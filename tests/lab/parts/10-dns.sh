#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The resolver of all: names of the site, and of an outside where each has its own address.
# What else a scene needs has a file in names/, in the form of hosts(5); carrier.example is asked outside.
# lab: on=dns side=far ready=udp:53
mkdir -p "$LAB/names"
exec dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= \
	--hostsdir="$LAB/names" --server=/carrier.example/203.0.113.66 \
	--bind-interfaces --listen-address=10.30.0.53 --log-queries --log-facility="$LAB/dns.log" \
	--host-record=gate.cam.lan,10.20.0.11 --host-record=yard.cam.lan,10.20.0.12 \
	--host-record=door.cam.lan,10.20.0.13 --host-record=nvr.office.lan,10.30.0.2 \
	--host-record=nas.office.lan,10.30.0.40 --host-record=relay.example.net,203.0.113.66 \
	--host-record=drop.example.org,2001:db8::66 --host-record=updates.example.com,198.51.100.66 \
	--address=/tunnel.example/198.51.100.66 --local=/lan/ --local=/example/ --local=/net/

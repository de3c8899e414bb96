#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=rsyslogd far=nas ready=nas:6514 seconds=22 parts=dns,nas,outside-web
# What the system says goes to the collector of the office over TLS.
if [ "$1" = nas ]; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=nas.office.lan -keyout "$LAB/syslog.key" -out "$LAB/syslog.pem" 2>/dev/null
	exec timeout 40 socat -u OPENSSL-LISTEN:6514,bind=10.30.0.40,reuseaddr,fork,verify=0,cert="$LAB"/syslog.pem,key="$LAB"/syslog.key /dev/null
fi
cat >"$LAB/rsyslog-tls.conf" <<END
global(workDirectory="$LAB" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="$LAB/syslog.pem")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$LAB/log.sock")
action(type="omfwd" target="10.30.0.40" port="6514" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="anon")
END
timeout 20 rsyslogd -n -i "$LAB/rsyslog-tls.pid" -f "$LAB/rsyslog-tls.conf" &
sleep 2; for n in $(seq 1 24); do logger -u "$LAB/log.sock" -t sshd "Accepted publickey for backup from 10.30.0.40 port $((40000 + n)) ssh2"; sleep 0.6; done; wait; true

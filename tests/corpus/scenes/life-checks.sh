#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nc,ping seconds=16 parts=dns,nas,outside-web
# Checks of a monitoring system run on the server: services, ping, names.
# shellcheck disable=SC2034
for n in 1 2 3 4; do
	/usr/lib/nagios/plugins/check_ping -H 10.30.0.40 -w 100,50% -c 200,80% -p 1 >/dev/null 2>&1; /usr/lib/nagios/plugins/check_tcp -H 10.30.0.40 -p 873 >/dev/null 2>&1
	/usr/lib/nagios/plugins/check_dns -H nas.office.lan >/dev/null 2>&1; /usr/lib/nagios/plugins/check_http -H updates.example.com -u /version >/dev/null 2>&1
	sleep 3
done; true

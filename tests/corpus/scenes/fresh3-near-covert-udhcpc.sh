#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=udhcpc far=nas seconds=26 parts=dns
# A DHCP client looks for a server in the office, takes what it is offered and renews it; the address stays as it is.
# shellcheck disable=SC2016 # for the script within
if [ "$1" = nas ]; then
	touch "$LAB/leases"; printf '%s\n' 'start 10.30.0.100' 'end 10.30.0.110' 'interface off' "lease_file $LAB/leases" "pidfile $LAB/udhcpd.pid" 'option subnet 255.255.255.0' 'option lease 20' 'min_lease 10' >"$LAB/udhcpd.conf"
	exec timeout 40 udhcpd -f "$LAB/udhcpd.conf"
fi
printf '#!/bin/sh\necho "$1 $ip" >>%s/leased\n' "$LAB" >"$LAB/taken"; chmod +x "$LAB/taken"
sleep 1; timeout 24 udhcpc -f -i off -s "$LAB/taken" -t 3 -T 2 >/dev/null 2>&1
grep -q 'bound 10.30.0' "$LAB/leased" && grep -q renew "$LAB/leased"

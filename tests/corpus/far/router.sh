#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The site's router, which sends ports of the outside in when it is asked: miniupnpd (UPnP, NAT-PMP, PCP).
# It maps for nobody whose outer address is reserved, as the lab's are, so it is told another one.
printf '%s\n' ext_ifname=wan listening_ip=off port=5000 enable_natpmp=yes enable_upnp=yes ext_ip=93.184.216.34 \
	secure_mode=no uuid=00000000-0000-0000-0000-0123456789ab \
	'allow 1-65535 0.0.0.0/0 1-65535' >"$LAB/miniupnpd.conf"
nft -f - <<END
table inet filter { chain miniupnpd { }; chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }; }
table inet filter {
	chain prerouting_miniupnpd { }; chain postrouting_miniupnpd { };
	chain prerouting { type nat hook prerouting priority -100; policy accept; jump prerouting_miniupnpd; }
	chain postrouting { type nat hook postrouting priority 100; policy accept; jump postrouting_miniupnpd; }
}
END
exec miniupnpd -d -f "$LAB/miniupnpd.conf" -P "$LAB/miniupnpd.pid" >"$LAB/miniupnpd.log" 2>&1

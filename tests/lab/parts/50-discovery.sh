#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Looks for cameras as a recorder does: asks ONVIF's group, then each camera for its name and model,
# the gate with a login of HTTP's, the yard with a token of WS-Security, the door with a token's digest.
# lab: on=nvr side=seen
probe='<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header><a:MessageID>urn:uuid:7a1e9b5c-52c5-4a83-9d6e-0c1d5a4f3b21</a:MessageID><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header><s:Body><d:Probe xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"/></s:Body></s:Envelope>'
onvif() { # camera, curl's options
	camera=$1
	shift
	curl -s -o /dev/null "$@" "http://$camera.cam.lan/onvif/device_service"
}
while :; do
	printf '%s' "$probe" | socat -t 1 - UDP4-DATAGRAM:239.255.255.250:3702,ip-multicast-if=10.20.0.1 \
		>"$LAB/discovered.xml"
	onvif gate ${LAB_LOGIN_GATE:+-u "$LAB_LOGIN_GATE"} -d "$(LAB_LOGIN='' "$LAB_HERE/soap.py" Text)"
	onvif yard -d "$(LAB_LOGIN=$LAB_LOGIN_YARD "$LAB_HERE/soap.py" Text)"
	LAB_LOGIN=$LAB_LOGIN_DOOR "$LAB_HERE/soap.py" Digest | onvif door -d @-
	sleep "$((8 / LAB_PACE))"
done

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=report tool=wget far=net ready=net:5000 seconds=12 parts=dns,nas,outside-web
# wget asks the router in SOAP for a port of the outside that leads to a camera's stream, by the second version of the service.
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
say() { printf '<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:AddPortMapping xmlns:u="%s">' "$1"
	printf '<NewRemoteHost/><NewExternalPort>8554</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>554</NewInternalPort><NewInternalClient>10.30.0.2</NewInternalClient>'
	printf '<NewEnabled>1</NewEnabled><NewPortMappingDescription>view</NewPortMappingDescription><NewLeaseDuration>3600</NewLeaseDuration></u:AddPortMapping></s:Body></s:Envelope>'; }
for version in 1 2; do
	service=urn:schemas-upnp-org:service:WANIPConnection:$version
	wget -q -T 3 -t 1 -O /dev/null --header='Content-Type: text/xml; charset="utf-8"' --header="SOAPAction: \"$service#AddPortMapping\"" --post-data="$(say "$service")" http://10.30.0.1:5000/ctl/IPConn
done
sleep 3; true

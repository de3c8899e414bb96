#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=report tool=curl far=net ready=net:5000 seconds=12
# A script says it itself, in SOAP: a port of the outside for SSH.
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
ip route replace 239.255.255.250/32 dev off
url=$(curl -s http://10.30.0.1:5000/rootDesc.xml | grep -o '<controlURL>[^<]*IPConn</controlURL>' | sed 's/<[^>]*>//g' | head -n 1)
curl -s -o /dev/null -H 'Content-Type: text/xml' -H 'SOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"' -d '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewRemoteHost></NewRemoteHost><NewExternalPort>2222</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>22</NewInternalPort><NewInternalClient>10.30.0.2</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>s</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration></u:AddPortMapping></s:Body></s:Envelope>' "http://10.30.0.1:5000${url:-/ctl/IPConn}"
sleep 3
ip route del 239.255.255.250/32 dev off; true

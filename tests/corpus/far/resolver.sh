#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A resolver that is asked over TLS (853) and HTTPS (443): dnsdist, before the site's own dnsmasq.
# Usage: resolver.sh ADDRESS NAME
mkdir -p "$LAB/resolver"
echo "$1 $2" >"$LAB/names/resolver"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$2" \
	-addext "subjectAltName=DNS:$2" -keyout "$LAB/resolver/key.pem" -out "$LAB/resolver/cert.pem" 2>/dev/null
cat >"$LAB/resolver/dnsdist.conf" <<END
setLocal("$1:5300")
addACL("0.0.0.0/0")
newServer("10.30.0.53")
addTLSLocal("$1:853", "$LAB/resolver/cert.pem", "$LAB/resolver/key.pem")
addDOHLocal("$1:443", "$LAB/resolver/cert.pem", "$LAB/resolver/key.pem", "/dns-query")
END
exec dnsdist --supervised -C "$LAB/resolver/dnsdist.conf" -u root -g root

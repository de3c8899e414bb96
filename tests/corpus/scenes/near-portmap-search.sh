#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=socat seconds=10
# A media client looks for devices by SSDP, as many do.
# shellcheck disable=SC2034
for n in 1 2 3; do printf 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n' | socat -t 1 - UDP4-DATAGRAM:239.255.255.250:1900,ip-multicast-if=10.30.0.2 >/dev/null; sleep 1; done

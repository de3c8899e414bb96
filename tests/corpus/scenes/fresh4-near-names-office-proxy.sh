#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,ncat far=nas,out ready=nas:3128 seconds=18 parts=dns
# The server may go out by the office's proxy alone: curl asks that by CONNECT for two names and reads pages of them in TLS.
if [ "$1" = nas ]; then exec timeout 34 ncat -l 10.30.0.40 3128 --proxy-type http -k 2>/dev/null; fi
if [ "$1" = out ]; then exec timeout 34 "$(dirname "$0")/../far/tls-web.sh" docs.example.org status.example.org; fi
sleep 2; got=0; for name in docs status docs status; do [ "$(curl -s -k -x http://10.30.0.40:3128 "https://$name.example.org/page" | wc -c)" = 60000 ] && got=$((got + 1)); sleep 2; done
sleep 2; [ "$got" = 4 ]

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=out ready=out:443 seconds=10
# Many names on one address with one certificate, as hosting has them: each is asked for and said.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" www.shop-a.example www.shop-b.example.net api.shop-c.org; fi
for name in www.shop-b.example.net api.shop-c.org www.shop-b.example.net; do curl -s -k -o /dev/null "https://$name/page"; sleep 1; done; true

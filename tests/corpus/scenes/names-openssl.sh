#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=tune tool=openssl far=out ready=out:443 seconds=10
# openssl goes to one name and says another that nobody here asked for.
# shellcheck disable=SC2034
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" files.example.net; fi
for n in 1 2; do (printf 'GET /page HTTP/1.0\r\n\r\n'; sleep 1) | openssl s_client -quiet -connect files.example.net:443 -servername www.windowsupdate.com >/dev/null 2>&1; done; true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=first-contact half=report tool=lftp far=out ready=out:2121 seconds=16 parts=dns,outside-web recorder=/usr/bin/lftp before=yes
# A recorder's lftp, which went to one place outside for as long as it is known (rows of an earlier session), logs in to an FTP server in another country.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
if [ "$1" = out ]; then mkdir -p "$LAB/ftp"; echo readme >"$LAB/ftp/readme"; exec timeout 30 /usr/bin/python3 -m pyftpdlib -i 198.51.100.66 -p 2121 -d "$LAB/ftp" 2>/dev/null; fi
sleep 2; timeout 10 lftp -c 'set net:max-retries 1; open ftp://198.51.100.66:2121; cat readme' >"$LAB/got"; sleep 5; grep -q readme "$LAB/got"

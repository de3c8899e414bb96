#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=msmtp far=nas ready=nas:25 seconds=8 parts=dns,nas,outside-web
# The daily report is mailed to the office by msmtp.
if [ "$1" = nas ]; then exec timeout 40 python3 -m aiosmtpd -n -l 10.30.0.40:25 -c aiosmtpd.handlers.Sink; fi
(printf 'Subject: Logwatch\n\n'; dpkg-query -W | head -n 800) | msmtp -C /dev/null --host=10.30.0.40 --port=25 --from=root@office.lan admin@office.lan; sleep 3; true

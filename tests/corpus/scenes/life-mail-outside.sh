#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=msmtp far=out ready=out:587 seconds=14 parts=dns,nas,outside-web
# The reports of the night's jobs are mailed by msmtp to the company's mail service outside.
if [ "$1" = out ]; then exec timeout 30 python3 -m aiosmtpd -n -l 203.0.113.66:587 -c aiosmtpd.handlers.Sink; fi
for wait in 1 4 2; do sleep $wait; (printf 'Subject: report\n\n'; df; dpkg-query -W | head -n 60) | msmtp --host=203.0.113.66 --port=587 --tls=off --auth=off --from=nvr@example.org staff@example.org; done; true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=s-nail far=out ready=out:25 seconds=50 parts=dns,nas,outside-web
# Alarms of an afternoon go to a mail box outside as they happen, at no rhythm and of any length.
if [ "$1" = out ]; then exec timeout 70 python3 -m aiosmtpd -n -l 203.0.113.66:25 -c aiosmtpd.handlers.Sink; fi
for wait in 2 7 1 1 11 4 3 1 9 2 5; do sleep $wait; head -c $((RANDOM % 3000 + 100)) /usr/share/common-licenses/GPL-3 | s-nail -n -s "motion at $wait" -S mta=smtp://203.0.113.66 -S smtp-auth=none -S from=nvr@office.lan box@example.net >/dev/null 2>&1; done; true

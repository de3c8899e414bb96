#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl seconds=22
# Another program sends an archive of packages outside at a camera's rate while the recorder records.
head -c 800000 /usr/bin/ffmpeg /usr/bin/openssl /usr/bin/curl | curl -s -o /dev/null --limit-rate 38k --max-time 21 -T - http://relay.example.net/drop/$$-archive; true

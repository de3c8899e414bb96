#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=desk seconds=45 parts=dns,camera-gate,outside-web whole=recorder-gate guest=ffmpeg
# The recording server is the way out of the office, too: somebody there uploads a presentation, while a camera is recorded.
if [ "$1" = desk ]; then
	ip route replace 203.0.113.66/32 via 10.30.0.2
	head -c 4000000 /dev/urandom | curl -s -o /dev/null -H Expect: --limit-rate 100k -T - http://203.0.113.66/drop/presentation.pptx
	ip route del 203.0.113.66/32 via 10.30.0.2
fi

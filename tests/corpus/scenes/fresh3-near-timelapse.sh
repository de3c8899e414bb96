#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg,convert-im6.q16 far=desk seconds=34 parts=dns,camera-gate,recorder-gate,nas,web,outside-web
# A picture of each recording becomes a time-lapse on the server itself; the office looks at it, and the recorder asks for an update as ever.
if [ "$1" = desk ]; then for n in 1 2 3 4 5 6; do sleep 5; curl -s -o "$LAB/desk-$n" http://10.30.0.2/recordings/lapse/day.gif; done; exit 0; fi
mkdir -p "$LAB/recordings/lapse"; cd "$LAB/recordings" || exit 1
for n in 1 2 3 4; do
	sleep 4; for file in gate/0*.mp4; do name=${file#gate/}; [ -e "lapse/$name.jpg" ] || ffmpeg -nostdin -loglevel error -i "$file" -frames:v 1 -q:v 4 "lapse/$name.jpg" 2>/dev/null; done
	convert-im6.q16 -delay 20 lapse/*.jpg -resize 480x lapse/new.gif && mv lapse/new.gif lapse/day.gif; curl -s -o /dev/null http://updates.example.com/version
done
sleep 6; [ "$(stat -c %s "$LAB/desk-5")" -gt 100000 ]

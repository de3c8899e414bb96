#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nginx far=out,desk seconds=46 parts=dns,camera-gate,recorder-gate,web
# The router lets the outside in to the server's pages: somebody of the house, who travels, looks there at the list of recordings a few times and at none of them, while a desk in the office plays some.
if [ "$1" = out ]; then sleep 3; for n in 1 2 3 4 5 6 7; do curl -s -o "$LAB/list$n" http://10.30.0.2/recordings/gate/; sleep $((2 + n)); done; exit 0; fi
if [ "$1" = desk ]; then sleep 5; for n in 0 1 2 3; do curl -s -o "$LAB/played$n" "http://10.30.0.2/recordings/gate/00$n.mp4"; sleep 6; done; exit 0; fi
sleep 44; grep -q '000.mp4' "$LAB/list7" && [ "$(stat -c %s "$LAB/played3")" -gt 50000 ]

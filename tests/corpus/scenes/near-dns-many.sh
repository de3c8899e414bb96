#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=getent seconds=20
# Many questions for ordinary names, and for some that are long.
for n in $(seq 1 60); do
	getent ahostsv4 "gate.cam.lan" >/dev/null; getent ahostsv4 "updates.example.com" >/dev/null
	getent ahostsv4 "www$((n % 12)).static-content.example.com" >/dev/null
done
true

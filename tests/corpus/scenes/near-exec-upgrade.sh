#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=dash seconds=14
# A service runs on while its program is replaced by a newer one.
cp /bin/sleep "$LAB/service" && "$LAB/service" 10 &
sleep 3
cp /bin/sleep "$LAB/service.new" && mv "$LAB/service.new" "$LAB/service"
"$LAB/service" 2
wait; rm -f "$LAB/service"; true

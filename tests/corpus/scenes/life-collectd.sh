#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=collectd seconds=18 parts=dns,nas,outside-web
# collectd sends measurements to the office over UDP.
printf '%s\n' 'Interval 2' 'LoadPlugin cpu' 'LoadPlugin memory' 'LoadPlugin load' 'LoadPlugin network' '<Plugin network>' 'Server "10.30.0.40" "25826"' '</Plugin>' "PIDFile \"$LAB/collectd.pid\"" >"$LAB/collectd.conf"
timeout 16 collectd -f -C "$LAB/collectd.conf" >/dev/null 2>&1; true

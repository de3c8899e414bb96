#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=smartctl seconds=8 parts=dns,nas,outside-web
# Disks are asked for their health, file systems for their space, packages for what is new.
# shellcheck disable=SC2034
for n in 1 2 3; do smartctl --scan >/dev/null 2>&1; df >/dev/null; dpkg --audit; run-parts --test /etc/cron.daily >/dev/null; sleep 2; done; true

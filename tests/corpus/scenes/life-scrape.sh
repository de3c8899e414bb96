#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=prometheus-node-exporter far=nas seconds=20 parts=dns,nas,outside-web
# The node exporter is scraped by Prometheus in the office every two seconds.
# shellcheck disable=SC2034
if [ "$1" = nas ]; then sleep 3; for n in 1 2 3 4 5 6 7 8; do curl -s -o /dev/null http://10.30.0.2:9100/metrics; sleep 2; done; exit 0; fi
timeout 20 prometheus-node-exporter --web.listen-address=10.30.0.2:9100 >/dev/null 2>&1; true

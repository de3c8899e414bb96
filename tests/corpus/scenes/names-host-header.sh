#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=curl seconds=10
# HTTP without TLS: the name in Host is another than the one that led there.
for n in 1 2 3; do curl -s -o /dev/null -H "Host: cdn.hidden-service.net" "http://relay.example.net/version?$n"; sleep 1; done; true

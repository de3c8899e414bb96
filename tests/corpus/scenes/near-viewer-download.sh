#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=out seconds=15
# Somebody outside reads the pages of the web front end, and nothing moves in them.
# shellcheck disable=SC2034
if [ "$1" = out ]; then for n in 1 2 3 4 5; do curl -s -o /dev/null http://10.30.0.2/recordings/; sleep 2; done; exit 0; fi
sleep 13

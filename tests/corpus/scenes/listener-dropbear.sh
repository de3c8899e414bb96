#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=dropbear far=out seconds=12
# An SSH server of its own port, reached from outside.
# shellcheck disable=SC2034
if [ "$1" = out ]; then sleep 4; for n in 1 2; do echo x | nc -w 2 10.30.0.2 2222 >/dev/null; sleep 1; done; exit 0; fi
dropbearkey -t ed25519 -f "$LAB/dropbear.key" >/dev/null 2>&1
timeout 11 dropbear -F -E -r "$LAB/dropbear.key" -p 2222 >/dev/null 2>&1; true

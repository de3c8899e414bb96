#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=ncat far=out seconds=40 parts=dns
# ncat waits half a minute on a port of the office side for one visitor; somebody outside comes, gives it a file and leaves.
if [ "$1" = out ]; then sleep 26; timeout 8 ncat --send-only 10.30.0.2 7600 </usr/bin/id; exit 0; fi
timeout 36 ncat -l --recv-only 10.30.0.2 7600 >"$LAB/got"; sleep 2; cmp -s /usr/bin/id "$LAB/got"

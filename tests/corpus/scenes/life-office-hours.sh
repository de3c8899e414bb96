#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nginx,rsync,chronyd,sshd,prometheus-node-exporter far=desk,nas seconds=100
# A morning in short: two people look and play back, the NAS scrapes and an administrator comes by SSH, the clock is set, a clip is packed and copied.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
case $1 in
desk)	curl -s -o /dev/null --max-time 70 http://10.30.0.2/live/ &
	for file in $(curl -s http://10.30.0.2/recordings/yard/ | grep -o "[0-9]*\.mp4\"" | tr -d "\"" | head -n 5); do sleep 6; wget -q -O /dev/null "http://10.30.0.2/recordings/yard/$file"; done; wait ;;
nas)	sleep 4; timeout 48 sh -c 'while :; do curl -s -o /dev/null http://10.30.0.2:9100/metrics; sleep 5; done' &
	sleep 10; ssh "${ssh[@]}" root@10.30.0.2 'df; ps ax | tail; uptime' >/dev/null; sleep 20; ssh "${ssh[@]}" root@10.30.0.2 'ls -l /var/log; tail /etc/services' >/dev/null; wait ;;
nvr)	ssh_keys
	timeout 55 prometheus-node-exporter --web.listen-address=10.30.0.2:9100 --collector.disable-defaults --collector.cpu --collector.meminfo >/dev/null 2>&1 &
	timeout 55 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22 &
	sleep 30; clock_ask 5 10.30.0.40
	tar -C "$LAB" -cf "$LAB/clip.tar" recordings/gate; rsync "$LAB/clip.tar" rsync://10.30.0.40/recordings/; rm -f "$LAB/clip.tar"; wait ;;
esac
true

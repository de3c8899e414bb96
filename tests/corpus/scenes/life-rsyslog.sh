#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=rsyslogd far=nas ready=nas:514 seconds=18 parts=dns,nas,outside-web
# rsyslog sends what the system says to the office over TCP.
if [ "$1" = nas ]; then exec timeout 40 socat -u TCP-LISTEN:514,bind=10.30.0.40,reuseaddr,fork OPEN:/dev/null; fi
printf '%s\n' 'module(load="imuxsock" SysSock.Use="off")' "input(type=\"imuxsock\" Socket=\"$LAB/log\")" '*.* @@10.30.0.40:514' "global(workDirectory=\"$LAB\")" >"$LAB/rsyslog.conf"
timeout 17 rsyslogd -n -f "$LAB/rsyslog.conf" -i "$LAB/rsyslog.pid" &
sleep 2; for n in 1 2 3 4 5 6 7; do logger -u "$LAB/log" "session $n opened"; sleep 2; done; wait; true

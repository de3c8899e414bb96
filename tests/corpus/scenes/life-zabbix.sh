#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=zabbix_agentd far=nas ready=nas:10051 seconds=18 parts=dns,nas,outside-web
# Zabbix' agent asks its server in the office what it should measure, and sends it.
if [ "$1" = nas ]; then exec timeout 40 socat TCP-LISTEN:10051,bind=10.30.0.40,reuseaddr,fork SYSTEM:'head -c 100 >/dev/null'; fi
printf '%s\n' 'Server=10.30.0.40' 'ServerActive=10.30.0.40' 'Hostname=nvr' "PidFile=$LAB/zabbix.pid" "LogFile=$LAB/zabbix.log" 'ListenIP=10.30.0.2' 'AllowRoot=1' 'RefreshActiveChecks=60' >"$LAB/zabbix.conf"
timeout 18 zabbix_agentd -f -c "$LAB/zabbix.conf" >/dev/null 2>&1; true

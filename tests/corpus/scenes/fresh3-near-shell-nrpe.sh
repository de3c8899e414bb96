#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nrpe far=nas seconds=24 parts=dns services=nvr:5666
# The office's monitoring asks NRPE over TLS for disk, load and processes; each answer is a command that a shell runs.
# shellcheck disable=SC2034 # a number that counts
if [ "$1" = nas ]; then
	sleep 2; for n in 1 2 3; do for c in disk load procs; do /usr/lib/nagios/plugins/check_nrpe -H 10.30.0.2 -c $c; sleep 1; done; sleep 2; done >"$LAB/answers" 2>&1; exit 0
fi
if [ "$1" = services ]; then
	printf '%s\n' 'server_port=5666' 'server_address=10.30.0.2' 'allowed_hosts=10.30.0.40' 'nrpe_user=nagios' 'nrpe_group=nagios' "pid_file=$LAB/nrpe.pid" 'command[disk]=/usr/lib/nagios/plugins/check_disk -w 1% -c 1% -p /' \
		'command[load]=/usr/lib/nagios/plugins/check_load -w 99,99,99 -c 99,99,99' 'command[procs]=ps ax | wc -l' >"$LAB/nrpe.cfg"
	exec timeout 50 nrpe -c "$LAB/nrpe.cfg" -f
fi
sleep 20; [ "$(grep -c 'OK' "$LAB/answers")" -ge 6 ]

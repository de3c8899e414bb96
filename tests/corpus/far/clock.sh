#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# To be sourced: clocks, by chronyd, which sets none here.

clock_serve() { # ADDRESS SECONDS [STRATUM]: others may ask; does not return
	local name=$LAB/chrony-$1
	printf '%s\n' allow "local stratum ${3:-2}" "bindaddress $1" 'cmdport 0' "pidfile $name.pid" >"$name.conf"
	exec timeout "$2" chronyd -d -x -U -u root -f "$name.conf"
}

clock_keep() { # SECONDS SERVER: follows a server, in chrony's own words
	timeout "$1" chronyd -d -x -U -u root "server $2" 'cmdport 0' "pidfile $LAB/chrony-$BASHPID.pid" 'bindcmdaddress /' >/dev/null 2>&1
}

clock_ask() { # SECONDS SERVER: asks how late it is, once
	timeout $(($1 + 2)) chronyd -Q -U -u root -t "$1" "server $2 iburst" "pidfile $LAB/chrony-$BASHPID.pid" >/dev/null 2>&1
}

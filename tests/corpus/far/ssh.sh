#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# To be sourced: SSH between hosts of the lab, as root, with keys that ssh_keys makes where it is served. The list sshd
# is the server, for address and port (-o ListenAddress=ADDRESS -p PORT); the list ssh is what a client is told.
# shellcheck disable=SC2034 # both are for who sources this
sshd=(/usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no
	-o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp")
ssh=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)

ssh_keys() {
	mkdir -p "$LAB/ssh" /run/sshd
	[ ! -e "$LAB/ssh/host" ] || return 0
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"
	cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"
}

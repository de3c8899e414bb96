#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,ansible-playbook,python3 far=nas seconds=24 parts=dns
# The office's ansible keeps the server in order: modules of Python go over SSH into an interpreter's stdin.
if [ "$1" = nas ]; then
	sleep 4; mkdir -p "$LAB/play/tmp"; cd "$LAB/play" || exit 1
	printf '%s\n' '- hosts: all' '  gather_facts: false' '  tasks:' '    - ansible.builtin.ping:' "    - ansible.builtin.copy: {content: 'keep 14', dest: $LAB/vms.conf}" '    - ansible.builtin.command: df' >play.yml
	printf 'nvr ansible_host=10.30.0.2 ansible_user=root ansible_python_interpreter=/usr/bin/python3 ansible_remote_tmp=%s\n' "$LAB/play/tmp" >hosts
	export HOME=$LAB/play ANSIBLE_LOCAL_TEMP=$LAB/play/local ANSIBLE_HOST_KEY_CHECKING=False ANSIBLE_SSH_ARGS="-F /dev/null -i $LAB/ssh/key -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
	ANSIBLE_PIPELINING=True ansible-playbook -i hosts play.yml >"$LAB/played" 2>&1; exit 0
fi
mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
timeout 22 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"
grep -q 'ok=3' "$LAB/played"

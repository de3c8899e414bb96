#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,ansible-playbook far=nas services=nvr:22 seconds=100 parts=dns before=yes
# The office's Ansible sets the server in order by SSH, with programs in Python that it brings along: a unit, a job of cron, a rule of sudo; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC1091,SC2034,SC2154 # far/ssh.sh, a counter, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = services ]; then ssh_keys; exec timeout 150 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; fi
if [ "$1" = nas ]; then
	sleep 3; export ANSIBLE_HOST_KEY_CHECKING=False ANSIBLE_PIPELINING=True ANSIBLE_LOCAL_TEMP=$LAB/ansible HOME=$LAB
	cat >"$LAB/play.yaml" <<END
- hosts: all
  gather_facts: false
  tasks:
    - copy: {content: "[Service]\nExecStart=/usr/bin/vmsd\n", dest: $LAB/host/etc/systemd/system/vmsd.service}
    - copy: {content: "0 4 * * * root /usr/bin/vmsd --clean\n", dest: $LAB/host/etc/cron.d/vmsd}
    - copy: {content: "staff ALL=(root) /usr/bin/vmsd\n", dest: $LAB/host/etc/sudoers.d/vmsd, mode: "0440"}
    - shell: df -h && uptime
END
	timeout 90 ansible-playbook -i 10.30.0.2, -u root --private-key "$LAB/ssh/key" --ssh-common-args "-F /dev/null -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR" -e ansible_remote_tmp="$LAB/remote" -e ansible_python_interpreter=/usr/bin/python3 "$LAB/play.yaml"; exit 0
fi
for n in $(seq 80); do [ ! -s "$LAB/host/etc/sudoers.d/vmsd" ] || break; sleep 1; done; sleep 9; grep -q staff "$LAB/host/etc/sudoers.d/vmsd"

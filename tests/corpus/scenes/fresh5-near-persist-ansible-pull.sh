#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ansible-pull,git far=nas ready=nas:9418 seconds=80 parts=dns before=yes
# The server sets itself in order each hour: ansible-pull brings the house's rules from the office's repository and writes a unit and a job of cron; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = nas ]; then
	k=$LAB/rules; mkdir -p "$k"; cd "$k" || exit 1; cat >local.yml <<END
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - copy: {content: "[Service]\nExecStart=/usr/bin/vmsd\n", dest: $LAB/host/etc/systemd/system/vmsd.service}
    - copy: {content: "0 4 * * * root /usr/bin/vmsd --clean\n", dest: $LAB/host/etc/cron.d/vmsd}
END
	git init -q . && git add . && git -c user.name=x -c user.email=x@x commit -qm x; exec timeout 100 git daemon --export-all --listen=10.30.0.40 --port=9418 --base-path="$LAB" --reuseaddr 2>/dev/null
fi
sleep 2; export HOME=$LAB ANSIBLE_LOCAL_TEMP=$LAB/ansible; timeout 70 ansible-pull -U git://10.30.0.40/rules -d "$LAB/pulled" -i localhost, -e ansible_python_interpreter=/usr/bin/python3 -e ansible_remote_tmp="$LAB/remote" local.yml >"$LAB/said" 2>&1 || { cat "$LAB/said" >&2; exit 1; }
sleep 6; grep -q clean "$LAB/host/etc/cron.d/vmsd" && grep -q vmsd "$LAB/host/etc/systemd/system/vmsd.service"

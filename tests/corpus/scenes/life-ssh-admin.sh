#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=sshd,scp far=nas seconds=17 parts=dns,nas,outside-web
# An administrator copies a file to the server by scp, looks at logs and leaves.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = nas ]; then
	sleep 4; for _ in 1 2; do ssh "${ssh[@]}" root@10.30.0.2 'tail /etc/services; df; ps ax | head' >/dev/null; sleep 2; done
	scp -q "${ssh[@]}" /etc/services root@10.30.0.2:/dev/null; exit 0
fi
ssh_keys; timeout 16 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; true

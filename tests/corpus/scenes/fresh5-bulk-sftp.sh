#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=report tool=sftp,ssh far=out ready=out:2022 seconds=44 parts=dns before=yes
# sftp puts three packed folders, 90 MB in all, on a host outside; ssh sent little in each of its last 24 hours (rows of an earlier session).
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = before ]; then
	"$(dirname "$0")/../far/learnt.sh" hours && exec python3 -c 'import sqlite3, sys, time
d = sqlite3.connect(sys.argv[1]); d.execute("INSERT INTO kept SELECT kind, ?, value, seen FROM kept WHERE kind = ? AND key = ?", ("/usr/bin/ssh", "bulk-upload", "/usr/bin/rsync")); d.execute("UPDATE kept SET seen = ?", (int(time.time()) - 60,)); d.commit()' "$LAB/state/state.db"
fi
if [ "$1" = out ]; then ssh_keys; exec timeout 70 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
sleep 2; for n in 1 2 3; do head -c 30000000 /dev/urandom >"$LAB/set$n.tgz"; echo "put $LAB/set$n.tgz $LAB/in$n.tgz"; done | sftp -q "${ssh[@]}" -P 2022 -b - root@203.0.113.66 >/dev/null
sleep 6; size=$(cat "$LAB"/in[1-3].tgz | wc -c); rm -f "$LAB"/set?.tgz "$LAB"/in?.tgz; [ "$size" = 90000000 ]

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=borg,ssh far=nas ready=nas:2024 seconds=20 parts=dns,nas,outside-web
# borg keeps the configuration and a day of recordings on the NAS, over SSH.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = nas ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=10.30.0.40 -p 2024; fi
mkdir -p "$LAB/recordings/gate"; head -c 3000000 /usr/bin/ffmpeg /usr/bin/openssl /usr/bin/rsync >"$LAB/recordings/gate/001.mp4"
export BORG_PASSPHRASE=lab BORG_RSH="ssh ${ssh[*]} -p 2024" HOME="$LAB" BORG_RELOCATED_REPO_ACCESS_IS_OK=yes
borg init -e repokey "ssh://root@10.30.0.40$LAB/nas/borg" >/dev/null 2>&1
borg create "ssh://root@10.30.0.40$LAB/nas/borg::day" /etc/hosts /etc/services "$LAB/recordings"

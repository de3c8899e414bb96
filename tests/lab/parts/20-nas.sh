#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where recordings are copied to: an rsync daemon.
# lab: on=nas side=far ready=tcp:873
mkdir -p "$LAB/nas"
umask 077
echo "$LAB_LOGIN_NAS" >"$LAB/rsyncd.secrets"
cat >"$LAB/rsyncd.conf" <<END
use chroot = no
uid = root
gid = root
log file = $LAB/rsyncd.log
[recordings]
path = $LAB/nas
read only = no
${LAB_LOGIN_NAS:+auth users = ${LAB_LOGIN_NAS%%:*}
secrets file = $LAB/rsyncd.secrets}
END
exec rsync --daemon --no-detach --address=10.30.0.40 --config="$LAB/rsyncd.conf"

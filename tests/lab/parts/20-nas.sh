#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where recordings are copied to: an rsync daemon.
# lab: on=nas side=far ready=tcp:873
mkdir -p "$LAB/nas"
cat >"$LAB/rsyncd.conf" <<END
use chroot = no
uid = root
gid = root
log file = $LAB/rsyncd.log
[recordings]
path = $LAB/nas
read only = no
END
exec rsync --daemon --no-detach --address=10.30.0.40 --config="$LAB/rsyncd.conf"

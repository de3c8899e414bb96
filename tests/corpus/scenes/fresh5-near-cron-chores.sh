#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=busybox,curl far=out seconds=130 parts=dns,camera-gate,recorder-gate,nas,outside-web ticks=1000ms
# crond starts each minute what is to be done: a script takes away old recordings, looks at disks, copies the newest to the NAS of the office, and tells a page outside, which is declared, that the job has run.
# config:   - {{to: relay.example.net, port: 80, why: the page that says when a job did not run}}
if [ "$1" = out ]; then exit 0; fi
mkdir -p "$LAB/tabs"; cat >"$LAB/chores" <<END
#!/bin/sh
find $LAB/recordings/gate -name '*.mp4' -mmin +60 -delete
df $LAB | logger -s -t chores 2>>$LAB/chores.log
rsync -a $LAB/recordings/gate rsync://nas.office.lan/recordings/ && curl -s -m 5 http://relay.example.net/version >>$LAB/chores.said
END
chmod 755 "$LAB/chores"; echo "* * * * * $LAB/chores" >"$LAB/tabs/root"; timeout 126 busybox crond -f -c "$LAB/tabs" -L "$LAB/crond.log"; [ "$(grep -c 5.6.3 "$LAB/chores.said")" -ge 2 ]

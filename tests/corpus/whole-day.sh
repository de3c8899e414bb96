#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Records a whole day of ordinary life (whole_day.py) in a VM whose clock jumps over what is slept, so that it takes
# an hour, and judges it: each alert in it is false. A recording that is there already is only judged.
# Usage: whole-day.sh NVRWATCH DIRECTORY [HOURS [SEED]]	24 hours, seed 1; as root, with what `install-deps.sh corpus vm` installs
set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$(dirname "$here")")
nvrwatch=$(realpath "$1") out=$(realpath -m "$2")
hours=${3-24} seed=${4-1}
recording=$out/$hours-$seed.nwr

programs="awk bash cat chmod chronyd cp curl cut date df dig dirname dnsmasq env ffmpeg find git grep gzip head host hostname ip
	lftp ln logger logrotate ls mkdir msmtp mv nc nginx nice openssl ping prometheus-node-exporter ps python3 readlink rm
	rsync rsyslogd scp sed seq sh sha256sum sleep smartctl snmpd snmpwalk sort socat ss ssh ssh-keygen sshd stat tail tar tee test
	timeout touch tr true uname uptime wc wget xz"
libraries=/usr/lib/x86_64-linux-gnu
python="gi aiosmtpd atpublic public attr attrs pyftpdlib OpenSSL"
gst="app coreelements rtp rtpmanager rtsp tcp typefindfunctions udp videoconvertscale videotestsrc x264"
folders="/bin/bash $libraries/libgstrtspserver-1.0.so.0 $libraries/libgstrtsp-1.0.so.0 /usr/lib/$(readlink /usr/bin/python3) $libraries/girepository-1.0 $libraries/rsyslog $libraries/ossl-modules /usr/lib/git-core
	/usr/lib/nagios/plugins /usr/lib/openssh /usr/share/git-core /usr/share/snmp/mibs /etc/ssl/certs /etc/ssl/openssl.cnf /usr/lib/ssl/openssl.cnf /usr/lib/locale/C.utf8 /etc/nginx
	/etc/passwd /etc/group /etc/services /etc/protocols /etc/nsswitch.conf /etc/mime.types /etc/logrotate.conf
	/usr/share/common-licenses"

# What the VM gets: programs, what they load by themselves, this tree without its recordings.
payload() {
	local name path

	for name in $programs; do
		path=$(type -P "$name") || { echo "whole-day: no $name; scripts/install-deps.sh corpus vm installs it" >&2 && exit 1; }
		echo "$path"
	done
	for path in $folders; do
		[ ! -e "$path" ] || echo "$path"
	done
	for name in $python; do
		find /usr/lib/python3/dist-packages -maxdepth 1 -name "$name*"
	done
	for name in $gst; do
		find $libraries/gstreamer-1.0 -name "libgst$name.so"
	done
	find $libraries/gstreamer1.0 -name gst-plugin-scanner
	printf '%s\n' "$nvrwatch" "$top/data" "$top/tests/lab" "$here/far" "$here/scenes" "$here"/*.py
}

mkdir -p "$out"
if [ ! -s "$recording" ]; then
	mapfile -t files < <(payload)
	# shellcheck disable=SC2016 # the guest's
	"$top/scripts/vm-run.sh" -t 36000 -m 4096 6.12 "${files[@]}" -- \
		': >/etc/resolv.conf; mkdir -p /run/lock /var/log /var/lib/misc; "'"$here/whole_day.py"'" "'"$nvrwatch"'" /tmp/day.nwr '"$hours $seed"' &&
		echo "-----" && gzip -9 </tmp/day.nwr | base64' | tee "$out/log" | sed '/^-----/,$d'
	sed '1,/^-----/d' "$out/log" | base64 -di | gzip -d >"$recording.new"
	mv "$recording.new" "$recording"
fi
"$nvrwatch" findings --file "$recording"
alerts=$("$nvrwatch" findings --file "$recording" -o json | grep -c '"kind":"alert"' || :)
echo "whole-day: $alerts alerts in $hours h"
[ "$alerts" = 0 ]

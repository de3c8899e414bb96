#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are missing for one or more purposes; says nothing when none is.
# One sentence and status 1 when that cannot be done. Works on Debian 12 and 13.
# Usage: install-deps.sh [build] [test] [vm] [bench] [agreement] [lab] [corpus] [all]
set -eu

build="gcc make clang bpftool pkg-config libc6-dev linux-libc-dev libbpf-dev libelf-dev zlib1g-dev
	libuv1-dev libcyaml-dev libyaml-dev libjson-c-dev libzstd-dev libcap-ng-dev libseccomp-dev libmnl-dev
	libmaxminddb-dev libssl-dev libpcap-dev libsqlite3-dev"
test="ccache git libcmocka-dev liburing-dev clang-format clang-tidy libclang-rt-dev shellcheck iproute2
	e2fsprogs python3"
vm="qemu-system-x86 busybox-static cpio e2fsprogs iproute2 xz-utils debian-archive-keyring"
bench="libbpf-tools dnsmasq-base iproute2 python3"
agreement="tshark python3 python3-cryptography debian-archive-keyring"

lab="ffmpeg motion python3 python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base
	gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly nginx-light dnsmasq-base socat
	netcat-openbsd rsync curl iproute2 tcpdump zstd"
corpus="$lab gstreamer1.0-tools bind9-dnsutils iputils-ping openssl nftables wget perl mpv nmap ncat
	iodine dns2tcp ptunnel ptunnel-ng icmptx knot-dnsutils dnsdist stubby coturn python3-aiortc
	miniupnpd miniupnpc natpmpc libnginx-mod-rtmp srt-tools stunnel4 haproxy openssh-server dropbear-bin
	rclone restic borgbackup lftp python3-pyftpdlib python3-aiosmtpd msmtp mosquitto mosquitto-clients
	chrony openvpn prometheus-node-exporter snmpd snmp zabbix-agent collectd-core rsyslog logrotate
	smartmontools monitoring-plugins-basic cron websockify unbound aria2 icecast2 httptunnel s-nail n2n
	rsyslog-gnutls gstreamer1.0-plugins-bad x11vnc xvfb udptunnel ldnsutils hping3
	fping autossh git wireguard-tools lynx traceroute gdb strace gawk expect php-cli ruby nodejs tmux busybox-static dnss
	runc ansible-core nagios-nrpe-server nagios-nrpe-plugin udhcpc udhcpd mtr-tiny
	regina-rexx llvm-runtime default-jdk-headless npm python3-pip sqlite3 telnet jq xxd liburing-dev postgresql tcl gpg"

die() {
	echo "install-deps: $*" >&2
	exit 1
}

wanted=
[ $# -gt 0 ] || set -- all
for purpose in "$@"; do
	case $purpose in
	build) wanted="$wanted $build" ;;
	test) wanted="$wanted $test" ;;
	vm) wanted="$wanted $vm" ;;
	bench) wanted="$wanted $bench" ;;
	agreement) wanted="$wanted $agreement" ;;
	lab) wanted="$wanted $lab" ;;
	corpus) wanted="$wanted $corpus" ;;
	all) wanted="$wanted $build $test $vm $bench $agreement $corpus" ;;
	*) die "unknown purpose '$purpose': build, test, vm, bench, agreement, lab, corpus or all" ;;
	esac
done
command -v dpkg-query >/dev/null ||
	die "this is no Debian; what is needed is:$(echo "$wanted" | tr -s '[:space:]' ' ')"

missing=
for package in $wanted; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null ||
		die "not root and no sudo; as root: apt-get install$missing"
	as_root=sudo
fi
echo "install-deps: installing$missing"
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
trap 'rm -f "$log"; [ -z "$policy" ] || $as_root rm -f "$policy"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Servers among them are for tests, which start their own: Debian starts none now or at boot.
if [ -e $policy ]; then
	policy=
else
	printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
	$as_root chmod 755 $policy
fi
# shellcheck disable=SC2086 # lists of words
if ! { $as_root apt-get -q update &&
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing; } \
	>"$log" 2>&1; then
	tail -n 15 "$log" >&2
	die "apt-get could not install$missing (above is why; is there a network?)"
fi
for package in $missing; do
	case $package in
	nginx-light | motion) $as_root systemctl -q disable "${package%-light}" 2>/dev/null || : ;;
	esac
done

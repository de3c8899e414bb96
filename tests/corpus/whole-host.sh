#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In the VM of whole_host.py: becomes the recording server of the lab, a router between its cameras and its office, runs
# the lab's parts that are named and the scene's, observes the whole host meanwhile, and prints the recording.
# Usage: whole-host.sh NVRWATCH SCENE LAB SECONDS [PART...]
set -euo pipefail

nvrwatch=$1 scene=$2
here=$(cd "$(dirname "$0")" && pwd)
export LAB=$3 LAB_SECONDS=$4 LAB_PACE=2 LC_ALL=C.UTF-8 LAB_HERE=${here%/corpus}/lab
shift 4

for card in cam:0 off:1; do
	ip link set "eth${card#*:}" name "${card%:*}"
	ip link set "${card%:*}" up
done
ip addr add 10.20.0.1/24 dev cam
ip addr add fd00:20::1/64 dev cam nodad
ip addr add 10.30.0.2/24 dev off
ip addr add fd00:30::2/64 dev off nodad
ip route add default via 10.30.0.1
ip route add default via fd00:30::1
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
printf 'nameserver 10.30.0.53\n' >/etc/resolv.conf
mkdir -p "$LAB/recordings" "$LAB/names"

started=()
for part in services "$@"; do
	script=("$LAB_HERE/parts/"*"-$part.sh")
	[ "$part" != services ] || script=("$scene" services)
	"${script[@]}" >&2 &
	started+=($!)
done
[ $# = 0 ] || sleep 5

"$nvrwatch" record --config "$LAB/site.yaml" "$LAB/whole.nwr" >&2 &
recorder=$!
until [ -s "$LAB/whole.nwr" ] && [ "$(wc -c <"$LAB/whole.nwr")" -gt 1000 ]; do sleep 0.1; done
sleep 3
echo "whole-host: began $(date +%s%N)"
"$scene" nvr >&2 &
started+=($!)
sleep "$LAB_SECONDS"
ended=$(date +%s%N)
sleep 2
kill -TERM $recorder
wait $recorder
kill "${started[@]}" 2>/dev/null || :
echo "whole-host: ended $ended $(cat /proc/sys/kernel/osrelease)"
gzip -9 <"$LAB/whole.nwr" | base64

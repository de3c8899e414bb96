#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What tshark says of a capture, as sorted lines; the .out file beside each capture is this.
# tcp/udp: source of the first packet, destination, payload each way (what is sent again counts once).
# Usage: truth.sh FILE.pcap
set -eu

fields() { # filter, fields...
	filter=$1
	shift
	for f in "$@"; do set -- "$@" -e "$f"; shift; done
	tshark -r "$pcap" -Y "$filter" -T fields -E separator=' ' -E occurrence=a -E aggregator=, "$@" 2>/dev/null
}

flows() { # protocol, field of the length, header bytes in it, filter
	fields "$4" "$1.stream" ip.src ipv6.src "$1.srcport" ip.dst ipv6.dst "$1.dstport" "$2" |
		tr -s ' ' | awk -v proto="$1" -v header="$3" '
		{ from = $2 " " $3; to = $4 " " $5 }
		!($1 in first) { first[$1] = from; ends[$1] = from " " to }
		{ if (from == first[$1]) tx[$1] += $6 - header; else rx[$1] += $6 - header }
		END { for (s in ends) print proto, ends[s], tx[s] + 0, rx[s] + 0 }'
}

pcap=$1
{
	flows tcp tcp.len 0 'tcp && !tcp.analysis.retransmission'
	flows udp udp.length 8 'udp && !icmp && !icmpv6'
	fields tls.handshake.extensions_server_name tls.handshake.extensions_server_name | sed 's/^/sni /'
	fields 'tls.handshake.type == 1' tls.handshake.extensions_alpn_str | sed 's/^/alpn /'
	fields 'dns.flags.response == 1' dns.qry.name dns.qry.type dns.flags.rcode | sed 's/^/dns /'
	fields http.request http.host http.user_agent | sed 's/^/http /'
} | LC_ALL=C sort

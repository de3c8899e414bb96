/* SPDX-License-Identifier: Apache-2.0 */
/* The words that output uses for our numbers, stable and public, unlike the numbers; and what a
 * session said of its hooks and folders. */
#include "output.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "nw_hooks.h"
#include "util/macro.h"
#include "util/text.h"

#define WORD(words, i) ((size_t)(i) < NW_ARRAY_SIZE(words) ? (words)[i] : NULL)

const char *nw_dataset_name(enum nw_dataset dataset)
{
	static const char *const words[_NW_DATASET_MAX] = {
		[NW_DATASET_PROCESS] = "process",     [NW_DATASET_FLOW] = "flow",
		[NW_DATASET_LISTENER] = "listener",   [NW_DATASET_DNS] = "dns",
		[NW_DATASET_LOSS] = "loss",	      [NW_DATASET_STATUS] = "status",
		[NW_DATASET_FINDING] = "finding",     [NW_DATASET_FILE] = "file",
		[NW_DATASET_CAMERA] = "camera",	      [NW_DATASET_VIEW] = "view",
		[NW_DATASET_INVENTORY] = "inventory",
	};

	return WORD(words, dataset);
}

const char *nw_action_name(enum nw_action action)
{
	static const char *const words[] = {
		[NW_ACTION_EXEC] = "exec",     [NW_ACTION_FORK] = "fork",
		[NW_ACTION_EXIT] = "exit",     [NW_ACTION_FOUND] = "found",
		[NW_ACTION_SPEAKS] = "speaks", [NW_ACTION_IDENTIFIED] = "identified",
		[NW_ACTION_START] = "start",   [NW_ACTION_UPDATE] = "update",
		[NW_ACTION_END] = "end",
	};

	return WORD(words, action);
}

const char *nw_loss_name(enum nw_loss cause)
{
	static const char *const words[_NW_LOSS_MAX] = {
		[NW_LOSS_RING_FULL] = "ring_full",
		[NW_LOSS_STORAGE] = "storage",
		[NW_LOSS_PEER_SLOTS] = "peer_slots",
		[NW_LOSS_HEAD] = "head",
		[NW_LOSS_OWNER] = "owner",
		[NW_LOSS_UNMEASURED] = "unmeasured",
		[NW_LOSS_LINK] = "link",
		[NW_LOSS_REJECTED] = "rejected",
		[NW_LOSS_PROC_EVICTED] = "process_evicted",
		[NW_LOSS_FLOW_EVICTED] = "flow_evicted",
		[NW_LOSS_LISTENER_EVICTED] = "listener_evicted",
		[NW_LOSS_COVERT_EVICTED] = "covert_evicted",
		[NW_LOSS_NAME_EVICTED] = "name_evicted",
		[NW_LOSS_CAMERA_EVICTED] = "camera_evicted",
		[NW_LOSS_HOLD_EVICTED] = "hold_evicted",
		[NW_LOSS_HEAD_EVICTED] = "head_evicted",
		[NW_LOSS_DECODE] = "decode",
		[NW_LOSS_SINK] = "sink",
		[NW_LOSS_RECORD] = "record",
		[NW_LOSS_HOST] = "host",
		[NW_LOSS_FILE] = "file",
		[NW_LOSS_CHANGE] = "change",
		[NW_LOSS_FILE_EVICTED] = "file_evicted",
		[NW_LOSS_STATE] = "state",
		[NW_LOSS_READ] = "read",
		[NW_LOSS_SKIPPED] = "skipped",
	};

	return WORD(words, cause);
}

/* ---- other people's numbers -------------------------------------------------------------------- */

struct word {
	uint16_t number;
	const char *word;
};

static const char *find_word(const struct word *words, size_t count, uint16_t number)
{
	for (size_t i = 0; i < count; i++) {
		if (words[i].number == number) {
			return words[i].word;
		}
	}
	return NULL;
}
#define FIND(words, number) find_word(words, NW_ARRAY_SIZE(words), number)

/* https://www.iana.org/assignments/dns-parameters, those that are seen in answers first */
const char *nw_dns_type_name(uint16_t type)
{
	static const struct word words[] = {
		{ 1, "A" },	  { 28, "AAAA" },  { 5, "CNAME" },  { 65, "HTTPS" },
		{ 12, "PTR" },	  { 33, "SRV" },   { 16, "TXT" },   { 15, "MX" },
		{ 2, "NS" },	  { 6, "SOA" },	   { 64, "SVCB" },  { 13, "HINFO" },
		{ 29, "LOC" },	  { 35, "NAPTR" }, { 39, "DNAME" }, { 41, "OPT" },
		{ 43, "DS" },	  { 44, "SSHFP" }, { 46, "RRSIG" }, { 47, "NSEC" },
		{ 48, "DNSKEY" }, { 50, "NSEC3" }, { 52, "TLSA" },  { 99, "SPF" },
		{ 250, "TSIG" },  { 251, "IXFR" }, { 252, "AXFR" }, { 255, "ANY" },
		{ 256, "URI" },	  { 257, "CAA" },
	};

	return FIND(words, type);
}

const char *nw_dns_class_name(uint16_t class_)
{
	static const struct word words[] = {
		{ 1, "IN" }, { 3, "CH" }, { 4, "HS" }, { 254, "NONE" }, { 255, "ANY" },
	};

	return FIND(words, class_);
}

const char *nw_dns_opcode_name(uint16_t opcode)
{
	static const struct word words[] = {
		{ 0, "QUERY" },	 { 1, "IQUERY" }, { 2, "STATUS" },
		{ 4, "NOTIFY" }, { 5, "UPDATE" }, { 6, "DSO" },
	};

	return FIND(words, opcode);
}

const char *nw_dns_rcode_name(uint16_t rcode)
{
	static const struct word words[] = {
		{ 0, "NOERROR" },    { 1, "FORMERR" }, { 2, "SERVFAIL" }, { 3, "NXDOMAIN" },
		{ 4, "NOTIMP" },     { 5, "REFUSED" }, { 6, "YXDOMAIN" }, { 7, "YXRRSET" },
		{ 8, "NXRRSET" },    { 9, "NOTAUTH" }, { 10, "NOTZONE" }, { 16, "BADVERS" },
		{ 23, "BADCOOKIE" },
	};

	return FIND(words, rcode);
}

/* include/net/tcp_states.h; the last word carries the state before CLOSE */
enum tcp_state {
	TCP_STATE_SYN_SENT = 2,
	TCP_STATE_FIN_WAIT2 = 5,
	TCP_STATE_TIME_WAIT = 6,
	TCP_STATE_LAST_ACK = 9,
	TCP_STATE_CLOSING = 11,
};

const char *nw_flow_end_name(const struct nw_flow *flow)
{
	if (flow->proto != IPPROTO_TCP || !flow->end_ns || !flow->end_state) {
		return NULL;
	}
	switch (flow->end_state) {
	case TCP_STATE_SYN_SENT:
		return flow->rx_packets ? "refused" : "no answer";
	case TCP_STATE_FIN_WAIT2:
	case TCP_STATE_TIME_WAIT:
	case TCP_STATE_LAST_ACK:
	case TCP_STATE_CLOSING:
		return "closed";
	default:
		return "reset";
	}
}

const char *nw_family_name(uint8_t family)
{
	static const struct word words[] = {
		{ AF_PACKET, "packet" }, { AF_XDP, "xdp" },	    { AF_VSOCK, "vsock" },
		{ AF_INET, "inet" },	 { AF_INET6, "inet6" },	    { AF_CAN, "can" },
		{ AF_TIPC, "tipc" },	 { AF_RDS, "rds" },	    { AF_BLUETOOTH, "bluetooth" },
		{ AF_SMC, "smc" },	 { AF_QIPCRTR, "qipcrtr" }, { AF_AX25, "ax25" },
	};

	return FIND(words, family);
}

const char *nw_sock_type_name(uint8_t type)
{
	static const struct word words[] = {
		{ SOCK_STREAM, "stream" }, { SOCK_DGRAM, "dgram" },	    { SOCK_RAW, "raw" },
		{ SOCK_RDM, "rdm" },	   { SOCK_SEQPACKET, "seqpacket" },
	};

	return FIND(words, type);
}

const char *nw_proto_name(uint16_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "ipv6-icmp";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_UDPLITE:
		return "udplite";
	default:
		return NULL;
	}
}

const char *nw_via_name(uint8_t via)
{
	static const char *const names[_NW_VIA_MAX] = {
		[NW_VIA_PIPE] = "pipe", [NW_VIA_LOOPBACK] = "loopback", [NW_VIA_UNIX] = "unix",
		[NW_VIA_SHM] = "shm",	[NW_VIA_MOUNT] = "mount",
	};

	return via < _NW_VIA_MAX ? names[via] : "?";
}

const char *nw_hook_said(const struct nw_state *st, unsigned i, const char **ret_said)
{
#define NW_ITEM(name, upper) { #name, "hook." #name },
	static const struct {
		const char *name, *fact;
	} hooks[] = { NW_HOOKS(NW_ITEM) };
#undef NW_ITEM

	if (i >= NW_ARRAY_SIZE(hooks)) {
		return NULL;
	}
	*ret_said = nw_fact_find(st, hooks[i].fact);
	return hooks[i].name;
}

size_t nw_root_said(const struct nw_state *st, unsigned i, char ret[NW_FACT_VALUE_MAX + 2])
{
	char key[16] = "files.";
	const char *value;
	size_t folder;
	int n;

	(void)nw_text_u64(key + sizeof("files.") - 1, i);
	value = nw_fact_find(st, key);
	if (!value) {
		return 0;
	}
	folder = strcspn(value, "\n");
	n = snprintf(ret, NW_FACT_VALUE_MAX + 2, "%.*s: %s", (int)folder, value,
		     value + folder + (value[folder] != '\0'));
	return NW_MIN((size_t)n, (size_t)NW_FACT_VALUE_MAX + 1);
}

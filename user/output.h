/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thing to tell: what state hands to sinks. The datasets of `docs/events.md`.
 * Pointers are valid during nw_sink::write() only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "state/far_end.h"
#include "state/state.h"

enum nw_dataset {
	NW_DATASET_PROCESS,
	NW_DATASET_FLOW,
	NW_DATASET_LISTENER,
	NW_DATASET_DNS,
	NW_DATASET_LOSS,
	NW_DATASET_STATUS,
	NW_DATASET_FINDING,
	NW_DATASET_FILE,
	NW_DATASET_CAMERA,
	NW_DATASET_VIEW,      /* of `viewers`, at its end */
	NW_DATASET_INVENTORY, /* of `cameras`, at its end; it is the state's */
	_NW_DATASET_MAX,
};

#define NW_DNS_ANSWERS_MAX 24
#define NW_DNS_NAME_MAX \
	1008 /* longest name in presentation form (255 bytes on the wire), with NUL */
#define NW_DNS_TEXT_MAX 4096 /* of one message; an answer whose texts find no room is not kept */

struct nw_dns_answer {
	uint16_t name; /* nw_dns_text() of the owner's name */
	uint16_t
		data; /* nw_dns_text(): the name that CNAME, NS, PTR, MX, SRV, HTTPS … point to, or "" */
	uint16_t type;
	bool is_addr; /* A, AAAA, and each address hint of HTTPS and SVCB: then addr, and no data */
	uint8_t addr[16]; /* v4 mapped */
	uint32_t ttl;	  /* seconds */
};

/* One DNS message, made by user/decoders/dns.c: only what is used of it is ever written. */
struct nw_dns {
	uint16_t id;
	uint16_t flags; /* second word of the header */
	uint16_t qtype;
	uint16_t qclass;
	uint16_t
		question; /* nw_dns_text(): as asked, without last dot; "" = no question, "." = root */
	uint16_t rcode; /* 12 bits: with the extended ones of EDNS */
	uint8_t opcode;
	bool is_response;
	bool is_truncated; /* TC bit */
	bool is_cut;	   /* the head ended before the message did: later answers are missing */
	uint16_t answers_total; /* as the header says */
	uint16_t answers_len;	/* kept */
	uint16_t text_len;
	uint16_t behind; /* bytes behind the questions, of a message that is no response; else 0 */
	uint64_t behind_hash; /* of those of them that the head has */
	struct nw_dns_answer answer[NW_DNS_ANSWERS_MAX];
	char text[NW_DNS_TEXT_MAX]; /* NUL-terminated, one behind the other */
};

/* Printable ASCII; in names other bytes are \ddd, and a dot inside a label is \. */
static inline const char *nw_dns_text(const struct nw_dns *dns, uint16_t at)
{
	return dns->text + at;
}

/* A finished DNS transaction, or a query that nobody answered. */
struct nw_dns_record {
	const struct nw_dns *msg;    /* response, or the query when unanswered */
	const struct nw_proc *asker; /* or NULL */
	struct nw_proc_id asker_id;  /* zero when the client is elsewhere or not known */
	const uint8_t *server;	     /* 16 bytes */
	const uint8_t *client;
	uint16_t server_port;
	uint16_t client_port;
	uint16_t proto;
	bool is_answered;
	uint64_t query_ns; /* 0 = query not seen */
	/* for whom, when the one who asks is a resolver of this host; count 0 = for itself */
	struct nw_asker waiting;
	const struct nw_proc *waiting_proc; /* who asked it first, or NULL */
};

enum nw_outcome {
	NW_OUTCOME_MATCH,
	NW_OUTCOME_CANNOT_TELL,
};

enum nw_finding_action {
	NW_FINDING_OPENED,
	NW_FINDING_UPDATED,
	NW_FINDING_CLOSED,
};

struct nw_camera;
struct nw_view;

struct nw_evidence {
	const char *key;
	const char *text; /* NULL: number */
	uint64_t number;
};

#define NW_EVIDENCE_MAX	  16
#define NW_TECHNIQUES_MAX 4

#define NW_ALERT_SCORE 50

/* How grave what has this score is, where a rule has no scale of its own. */
static inline uint8_t nw_severity_of(uint8_t score)
{
	return score >= 70 ? 4 : score >= NW_ALERT_SCORE ? 3 : 2;
}

struct nw_finding {
	const char *rule_id; /* indicator id, "blind-spot" */
	const char *rule_name;
	const char *key;      /* what makes an ongoing thing one finding */
	const char *question; /* live, afterwards, back door, trust */
	const char *reason;   /* one sentence for people */
	const char *known_ways_to_be_wrong;
	enum nw_finding_action action;
	enum nw_outcome outcome;
	uint8_t severity;   /* 1-5 */
	uint8_t score;	    /* 0-100; an alert from NW_ALERT_SCORE on */
	uint8_t confidence; /* 0-100 */
	uint64_t first_ns, last_ns;
	uint64_t count;
	const struct nw_proc *proc;	/* subject, or NULL */
	const struct nw_flow *flow;	/* destination, or NULL; its chain is the finding's */
	const struct nw_far_end *far;	/* the same, also when the flow is gone; NULL = none */
	const struct nw_camera *camera; /* whose picture, or NULL: never while two are close */
	const char *technique[NW_TECHNIQUES_MAX]; /* of ATT&CK, "T1071.001"; NULL ends them */
	struct nw_evidence evidence[NW_EVIDENCE_MAX];
	uint8_t evidence_len;
};

/* From its first to its last sign, a second at least: of this its coverage is told. */
static inline void nw_finding_window(const struct nw_finding *f, uint64_t *ret_from,
				     uint64_t *ret_to)
{
	uint64_t to = NW_MAX(f->last_ns, NW_NSEC_PER_SEC);
	uint64_t from = to - NW_NSEC_PER_SEC;

	/* before this boot times are negative */
	*ret_from = (int64_t)f->first_ns < (int64_t)from ? f->first_ns : from;
	*ret_to = to;
}

enum nw_action {
	/* process */
	NW_ACTION_EXEC,
	NW_ACTION_FORK,
	NW_ACTION_EXIT,
	NW_ACTION_FOUND,      /* also listener */
	NW_ACTION_SPEAKS,     /* has one more maker's library mapped */
	NW_ACTION_IDENTIFIED, /* the file that it runs was read */
	/* flow, listener, status */
	NW_ACTION_START,
	NW_ACTION_UPDATE,
	NW_ACTION_END,
};

struct nw_loss_record {
	uint64_t total[_NW_LOSS_MAX];
	uint64_t delta[_NW_LOSS_MAX]; /* since the previous loss record */
};

struct nw_status_record {
	uint64_t covered_ns; /* time since the start during which hooks were live */
	uint64_t events;     /* taken from the ring */
	uint64_t records;    /* written before this one */
	uint64_t flows, processes, listeners, names; /* in the tables now */
};

struct nw_output {
	enum nw_dataset dataset;
	enum nw_action action;
	uint64_t ts_ns;	   /* boot time; wall time by nw_state_wall_ns() */
	uint64_t sequence; /* of this run, over all datasets, without gaps, from 1 */
	const struct nw_state *state;
	union {
		const struct nw_proc *proc;
		const struct nw_flow *flow;
		const struct nw_listener *listener;
		const struct nw_dns_record *dns;
		const struct nw_loss_record *loss;
		const struct nw_status_record *status;
		const struct nw_finding *finding;
		const struct nw_rec *rec; /* file: the one that was used last */
		const struct nw_camera *camera;
		const struct nw_view *view;
	};
	const struct nw_covert *covert; /* listener: this in place of the listener, or NULL */
	const struct nw_change *change; /* file: this in place of the recording, or NULL */
	uint64_t finding_sequence;	/* finding: gap-free over findings, from 1 */
	const uint64_t *rests_on; /* finding: numbers of the records that it rests on, rising */
	unsigned rests_on_len;
	uint64_t
		block; /* finding: of the recording, in bytes from its beginning; 0 = none is made */
};

/* Words for output: "flow", "exec", "ring_full" … */
const char *nw_dataset_name(enum nw_dataset dataset);
const char *nw_action_name(enum nw_action action);
const char *nw_loss_name(enum nw_loss cause);

/*
 * What the session said of its i-th hook, in the order of their names: its name, and "live", "fallback" or
 * "off: " and why (*ret_said, NULL: nothing). NULL behind the last.
 */
const char *nw_hook_said(const struct nw_state *st, unsigned i, const char **ret_said);
/* "<folder>: <what tells of its files>" of the i-th folder of recordings, cut; 0 bytes behind the last. */
size_t nw_root_said(const struct nw_state *st, unsigned i, char ret[NW_FACT_VALUE_MAX + 2]);

/* The IANA's words: "AAAA", "IN", "QUERY", "NXDOMAIN"; NULL for a number without one here. */
const char *nw_dns_type_name(uint16_t type);
const char *nw_dns_class_name(uint16_t class_);
const char *nw_dns_opcode_name(uint16_t opcode);
const char *nw_dns_rcode_name(uint16_t rcode);

/*
 * How a TCP connection ended: "closed", "reset", "refused", "no answer"; NULL when that is not known
 * or it has not. A reset, ours or theirs, and a peer that went silent skip the states of an orderly
 * end; before the handshake, whether anything at all came back tells a refusal from silence
 * (segments are counted even when they are resets).
 */
const char *nw_flow_end_name(const struct nw_flow *flow);
/* "tcp", "udp" …; NULL for a protocol without a word here. */
const char *nw_proto_name(uint16_t proto);
/* "packet", "xdp" …, of AF_*; NULL for one without a word here. */
const char *nw_family_name(uint8_t family);
/* "pipe", "loopback", "unix", "shm" of enum nw_via. */
const char *nw_via_name(uint8_t via);
/* "raw", "dgram" … of SOCK_*, or NULL. */
const char *nw_sock_type_name(uint8_t type);

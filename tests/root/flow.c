/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flow records added up. A record's bytes are what moved since the one before, so the plain sum
 * over a flow is what it moved; source and destination are turned into sent and received by the
 * record's direction, and a record whose direction is wrong has not the ports of its key. Owns
 * nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "root/support.h"

static unsigned port_of(struct json_object *rec, const char *path)
{
	struct json_object *o = nw_rec_get(rec, path);

	return o ? (unsigned)json_object_get_uint64(o) : 0;
}

static uint64_t number_of(struct json_object *rec, const char *path)
{
	struct json_object *o = nw_rec_get(rec, path);

	return o ? json_object_get_uint64(o) : 0;
}

/* Is the observed end the source? */
static bool is_source(struct json_object *rec)
{
	return nw_rec_matches(rec, "network.direction=egress");
}

static bool has_ends(struct json_object *rec, const struct nw_flow_key *key)
{
	const char *own = is_source(rec) ? "source" : "destination";
	const char *peer = is_source(rec) ? "destination" : "source";
	char path[64];
	const char *ip;

	snprintf(path, sizeof(path), "%s.ip", peer);
	ip = nw_rec_str(rec, path);
	if (key->raddr && (!ip || strcmp(ip, key->raddr) != 0)) {
		return false;
	}
	snprintf(path, sizeof(path), "%s.port", peer);
	if (key->rport && port_of(rec, path) != key->rport) {
		return false;
	}
	snprintf(path, sizeof(path), "%s.port", own);
	return !key->lport || port_of(rec, path) == key->lport;
}

static bool is_of(struct json_object *rec, const struct nw_flow_key *key)
{
	const char *transport = nw_rec_str(rec, "network.transport");

	if (!nw_rec_matches(rec, "event.dataset=nvrwatch.flow") ||
	    (key->pid && number_of(rec, "process.pid") != (uint64_t)key->pid)) {
		return false;
	}
	if (key->transport && (!transport || strcmp(transport, key->transport) != 0)) {
		return false;
	}
	return has_ends(rec, key);
}

static void add(struct nw_flow_sum *sum, struct json_object *rec)
{
	bool is_out = is_source(rec);
	uint64_t from = number_of(rec, "source.bytes");
	uint64_t to = number_of(rec, "destination.bytes");
	uint64_t from_packets = number_of(rec, "source.packets");
	uint64_t to_packets = number_of(rec, "destination.packets");

	sum->sent += is_out ? from : to;
	sum->received += is_out ? to : from;
	sum->sent_packets += is_out ? from_packets : to_packets;
	sum->received_packets += is_out ? to_packets : from_packets;
	sum->starts += nw_rec_matches(rec, "event.action=start");
	sum->updates += nw_rec_matches(rec, "event.action=update");
	sum->ends += nw_rec_matches(rec, "event.action=end");
	sum->is_outbound = is_out;
	sum->first = sum->records++ ? sum->first : rec;
	sum->last = rec;
}

struct nw_flow_sum nw_flow_sum(struct nw_tool *t, const struct nw_flow_key *key)
{
	struct nw_flow_sum sum = { 0 };
	const char *id = NULL;

	for (size_t i = key->pid ? nw_tool_since(t, key->pid) : t->before; i < t->recs_len; i++) {
		const char *its = nw_rec_str(t->recs[i], "nvrwatch.flow.id");

		if (!its || !is_of(t->recs[i], key) || (id && strcmp(id, its) != 0)) {
			continue;
		}
		id = its;
		add(&sum, t->recs[i]);
	}
	return sum;
}

static void describe(const struct nw_flow_key *key, const struct nw_flow_sum *sum, char ret[512])
{
	snprintf(
		ret, 512,
		"flow %s of %d, %u to %s %u: sent %ju, received %ju in %u records (%u start, %u end)",
		key->transport ? key->transport : "?", key->pid, key->lport,
		key->raddr ? key->raddr : "?", key->rport, (uintmax_t)sum->sent,
		(uintmax_t)sum->received, sum->records, sum->starts, sum->ends);
}

static struct nw_flow_sum await(struct nw_tool *t, const struct nw_flow_key *key, bool until_end,
				uint64_t sent, uint64_t received)
{
	uint64_t deadline = nw_deadline();
	struct nw_flow_sum sum;
	char what[512];

	for (;;) {
		nw_tool_count(t, "event.dataset=none"); /* takes in what was read */
		sum = nw_flow_sum(t, key);
		if (until_end ? sum.ends > 0 : sum.sent >= sent && sum.received >= received) {
			return sum;
		}
		if ((t->out.is_eof && t->err.is_eof) || nw_deadline_is_over(deadline)) {
			describe(key, &sum, what);
			nw_tool_fail(t, "%s", what);
		}
		nw_tool_read(t, nw_deadline_left_ms(deadline));
	}
}

struct nw_flow_sum nw_flow_ended(struct nw_tool *t, const struct nw_flow_key *key)
{
	struct nw_flow_sum sum = await(t, key, true, 0, 0);
	char what[512];

	describe(key, &sum, what);
	if (sum.ends != 1 || sum.starts > 1 || sum.starts + sum.updates + sum.ends != sum.records ||
	    !nw_rec_matches(sum.last, "event.action=end") ||
	    (sum.starts && !nw_rec_matches(sum.first, "event.action=start"))) {
		nw_tool_fail(t, "records out of order: %s", what);
	}
	return sum;
}

struct nw_flow_sum nw_flow_reached(struct nw_tool *t, const struct nw_flow_key *key, uint64_t sent,
				   uint64_t received)
{
	return await(t, key, false, sent, received);
}

void nw_flow_check(const struct nw_flow_sum *sum, struct json_object *far)
{
	assert_int_equal(sum->sent, nw_rec_u64(far, "kernel_received"));
	assert_int_equal(sum->received, nw_rec_u64(far, "kernel_sent"));
}

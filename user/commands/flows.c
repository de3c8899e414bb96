/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flows: who talked to whom, summed up, most bytes first. From a recording, or from watching this
 * host for a while. Owns one table of sums; a flow that finds no room in it is counted and said.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "event.h"
#include "log.h"
#include "show.h"
#include "util/lru.h"
#include "util/text.h"

#define SUMS_MAX	 65536
#define DEFAULT_DURATION (10 * NW_NSEC_PER_SEC)

/* All flows of one process with one peer and service. */
struct sum {
	struct nw_proc_id id;
	uint8_t raddr[16];
	uint16_t proto;
	uint16_t port; /* the server's */
	bool is_outbound;
	uint64_t tx, rx;
	uint64_t flows;
	char who[64];
	char name[256];
};

struct table {
	struct nw_lru lru;
	struct sum *sums;
	uint64_t lost;
};

static struct table table; /* one command, one table */

static bool is_same(const struct sum *a, const struct sum *b)
{
	return nw_proc_id_is_same(&a->id, &b->id) && a->proto == b->proto && a->port == b->port &&
	       a->is_outbound == b->is_outbound &&
	       memcmp(a->raddr, b->raddr, sizeof(a->raddr)) == 0;
}

static struct sum key_of(const struct nw_flow *f)
{
	struct sum s = { .proto = f->proto,
			 .port = f->is_outbound ? f->rport : f->lport,
			 .is_outbound = f->is_outbound };

	if (f->owner) {
		s.id = f->owner->id;
	}
	memcpy(s.raddr, f->raddr, sizeof(s.raddr));
	return s;
}

static struct sum *find(const struct nw_flow *f)
{
	struct sum key = key_of(f);
	uint64_t h = nw_hash_mix(table.lru.seed, key.id.tgid ^ (uint64_t)key.port << 32);
	uint64_t words[2];
	uint32_t i;

	memcpy(words, key.raddr, sizeof(words));
	h = nw_hash_mix(nw_hash_mix(h, words[0]), words[1]);
	for (i = nw_lru_first(&table.lru, (uint32_t)h); i != NW_LRU_NONE;
	     i = nw_lru_next(&table.lru, i)) {
		if (is_same(&table.sums[i], &key)) {
			return &table.sums[i];
		}
	}
	i = nw_lru_add(&table.lru, (uint32_t)h);
	if (i == NW_LRU_NONE) {
		table.lost++;
		return NULL;
	}
	table.sums[i] = key;
	return &table.sums[i];
}

static int sum_open(const struct nw_sink_options *options, void **ret)
{
	(void)options;
	table.sums = calloc(SUMS_MAX, sizeof(*table.sums));
	*ret = &table;
	return table.sums ? nw_lru_init(&table.lru, SUMS_MAX) : -1;
}

static int sum_write(void *self, const struct nw_output *out)
{
	const struct nw_flow *f = out->flow;
	struct sum *s = find(f);
	char name[40];

	(void)self;
	if (!s) {
		return 0; /* counted; the end says it */
	}
	s->tx += f->tx_bytes - f->told_tx_bytes;
	s->rx += f->rx_bytes - f->told_rx_bytes;
	s->flows += f->told_count == 0;
	if (f->owner) {
		nw_text_escape(name, sizeof(name), f->owner->name, strlen(f->owner->name));
		snprintf(s->who, sizeof(s->who), "%s[%u]", name, f->owner->id.tgid);
	}
	if (f->name[0]) {
		nw_text_escape(s->name, sizeof(s->name), f->name, strlen(f->name));
	}
	return 0;
}

static void sum_close(void *self)
{
	(void)self;
	nw_lru_free(&table.lru);
	free(table.sums);
	table.sums = NULL;
}

static const struct nw_sink sum_sink = {
	.name = "flows",
	.doc = "sums for the table of flows",
	.open = sum_open,
	.write = sum_write,
	.close = sum_close,
};

static int by_bytes(const void *a, const void *b)
{
	const struct sum *x = *(const struct sum *const *)a;
	const struct sum *y = *(const struct sum *const *)b;
	uint64_t xb = x->tx + x->rx;
	uint64_t yb = y->tx + y->rx;

	return xb < yb ? 1 : xb > yb ? -1 : 0;
}

static const char *proto_name(uint16_t proto, char buf[12])
{
	switch (proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return "icmp";
	default:
		snprintf(buf, 12, "ip/%u", proto);
		return buf;
	}
}

static void print_sum(const struct sum *s)
{
	char addr[NW_ADDR_TEXT];
	char peer[NW_ADDR_TEXT + 32];
	char tx[8];
	char rx[8];
	char proto[12];

	nw_addr_text(addr, s->raddr);
	if (s->is_outbound && s->port) {
		snprintf(peer, sizeof(peer), strchr(addr, ':') ? "[%s]:%u" : "%s:%u", addr,
			 s->port);
	} else if (s->port) {
		snprintf(peer, sizeof(peer), "%s (to our :%u)", addr, s->port);
	} else {
		snprintf(peer, sizeof(peer), "%s", addr);
	}
	nw_text_bytes(tx, s->tx);
	nw_text_bytes(rx, s->rx);
	printf("%-24s %-3s %-42s %-5s %8s %8s %6" PRIu64 "  %s\n", s->who[0] ? s->who : "?",
	       s->is_outbound ? "out" : "in", peer, proto_name(s->proto, proto), tx, rx, s->flows,
	       s->name);
}

static void print_table(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	const struct sum **order = calloc(table.lru.used + 1, sizeof(*order));

	if (show->opt->format == NW_FORMAT_JSON || !order) {
		free(order);
		return;
	}
	printf("%-24s %-3s %-42s %-5s %8s %8s %6s  %s\n", "PROCESS", "DIR", "PEER", "PROTO", "SENT",
	       "RECEIVED", "FLOWS", "NAME");
	for (uint32_t i = 0; i < table.lru.used; i++) {
		order[i] = &table.sums[i];
	}
	qsort(order, table.lru.used, sizeof(const struct sum *), by_bytes);
	for (uint32_t i = 0; i < table.lru.used; i++) {
		print_sum(order[i]);
	}
	if (table.lost) {
		printf("and %" PRIu64 " records of flows that found no room in this table\n",
		       table.lost);
	}
	free(order);
	nw_show_coverage(p);
}

static int flows_run(const struct nw_options *opt)
{
	bool is_json = opt->format == NW_FORMAT_JSON;
	struct nw_show show = { .opt = opt,
				.only = 1U << NW_DATASET_FLOW,
				.sink = is_json ? NULL : &sum_sink };

	return nw_show_table(&show, DEFAULT_DURATION, print_table);
}

const struct nw_command nw_command_flows = {
	.name = "flows",
	.args = "",
	.doc = "table of who talked to whom, with bytes each way",
	.flags = "gdofcbn",
	.run = flows_run,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a head costs: each decoder over heads of its own protocol (the seeds of the fuzz target, real
 * bytes), all decoders over all of them as a pipeline asks them, and the masking of secrets before;
 * median and quartiles of the rounds. And the private memory of a whole pipeline that was told so
 * many names by DNS, and has so many flows; status 1 when that is more MiB than wanted.
 * Usage: decoders -r ROUNDS SEED...  |  decoders -m NAMES FLOWS MIB
 */
#include <libgen.h>
#include <unistd.h>

#include "decoders/decoder.h"
#include "feed.h"
#include "own.h"
#include "scrub.h"
#include "state/internal.h"
#include "state/name.h"

#define HEADS_MAX  512
#define ROUNDS_MAX 99
#define ROUND_S	   0.004 /* so long at least, or the clock is part of the figure */

enum {
	UDP = 1,
	RECEIVED = 2,
	CUT = 4,
	FRONT = 3 /* of a seed: flags and port */
};

struct seed {
	struct nw_ev_head *head;
	char name[64];
};

static struct seed seeds[HEADS_MAX];
static unsigned seeds_count;

/* ---- heads ---------------------------------------------------------------------------------- */

/* As tests/fuzz/fuzz_decoders.c reads them. */
static void take(const char *path)
{
	static uint8_t data[FRONT + NW_HEAD_TLS_MAX];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(data, 1, sizeof(data), f) : 0;
	struct seed *s = &seeds[seeds_count];
	char copy[512];

	if (f) {
		fclose(f);
	}
	if (n <= FRONT || seeds_count == HEADS_MAX) {
		return;
	}
	n -= FRONT;
	s->head = calloc(1, sizeof(*s->head) + n);
	if (!s->head) {
		abort();
	}
	s->head->ev.shape = NW_SHAPE_HEAD;
	s->head->ev.what = data[0] & RECEIVED ? NW_HEAD_RX : NW_HEAD_TX;
	s->head->proto = data[0] & UDP ? IPPROTO_UDP : IPPROTO_TCP;
	s->head->flags = data[0] & CUT ? NW_HEAD_CUT : 0;
	s->head->len = (uint16_t)n;
	s->head->wire_len = (uint32_t)(data[0] & CUT ? n + 100 : n);
	s->head->rport_be = htons((uint16_t)(data[1] << 8 | data[2]));
	s->head->lport_be = htons(40000);
	memcpy(s->head->data, data + FRONT, n);
	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(s->name, sizeof(s->name), "%s", basename(copy));
	seeds_count++;
}

/* ---- time ----------------------------------------------------------------------------------- */

typedef void (*one_fn)(const void *what, const struct seed *s);

static struct nw_facts facts;

static void by_one(const void *what, const struct seed *s)
{
	const struct nw_decoder *d = what;

	facts.attrs = 0;
	facts.scratch_len = 0;
	if (nw_decoder_claims(d, s->head) != NW_BASIS_NONE && d->decode) {
		(void)d->decode(s->head, &facts);
	}
}

static void by_all(const void *what, const struct seed *s)
{
	(void)what;
	(void)nw_decode(s->head, &facts);
}

static void mask(const void *what, const struct seed *s)
{
	static uint8_t data[NW_HEAD_TLS_MAX];

	(void)what;
	memcpy(data, s->head->data, s->head->len);
	nw_scrub_head(data, s->head->len);
}

/* Those that the decoder claims; d NULL: all. */
struct picked {
	const struct seed *seed[HEADS_MAX];
	unsigned count;
};

static struct picked pick(const struct nw_decoder *d)
{
	struct picked p = { .count = 0 };

	for (unsigned i = 0; i < seeds_count; i++) {
		if (!d || nw_decoder_claims(d, seeds[i].head) != NW_BASIS_NONE) {
			p.seed[p.count++] = &seeds[i];
		}
	}
	return p;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* ns a head of n sweeps over what was picked. */
static double sweep_ns(one_fn one, const struct nw_decoder *d, const struct picked *p, unsigned n)
{
	double began = cpu_s();

	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < p->count; k++) {
			one(d, p->seed[k]);
		}
	}
	return (cpu_s() - began) / ((double)n * p->count) * 1e9;
}

static void row(const char *what, one_fn one, const struct nw_decoder *d, unsigned rounds)
{
	struct picked p = pick(d);
	const char *dearest = "";
	double ns[ROUNDS_MAX];
	double most = 0;
	unsigned n;

	if (p.count == 0) {
		printf("| %s | 0 | | | | |\n", what);
		return;
	}
	n = (unsigned)(ROUND_S * 1e9 / (sweep_ns(one, d, &p, 100) * p.count)) + 1;
	for (unsigned i = 0; i < rounds; i++) {
		ns[i] = sweep_ns(one, d, &p, n);
	}
	qsort(ns, rounds, sizeof(ns[0]), compare);
	for (unsigned i = 0; i < p.count; i++) {
		const struct picked alone = { .seed = { p.seed[i] }, .count = 1 };
		double t = sweep_ns(one, d, &alone, 1000);

		dearest = t > most ? p.seed[i]->name : dearest;
		most = NW_MAX(most, t);
	}
	printf("| %s | %u | %.0f | %.0f | %.0f | %.0f %s |\n", what, p.count, ns[rounds / 2],
	       ns[rounds / 4], ns[rounds * 3 / 4], most, dearest);
}

static int run_time(char **files, int n, unsigned rounds)
{
	for (int i = 0; i < n; i++) {
		take(files[i]);
	}
	printf("%u heads, %u rounds, ns of CPU a head:\n| decoder | heads | median | lower quartile "
	       "| upper quartile | dearest |\n| --- | --- | --- | --- | --- | --- |\n",
	       seeds_count, rounds);
	for (unsigned i = 0; nw_decoders[i]; i++) {
		row(nw_decoders[i]->name, by_one, nw_decoders[i], rounds);
	}
	row("all, as a pipeline asks them", by_all, NULL, rounds);
	row("masking of secrets", mask, NULL, rounds);
	return 0;
}

/* ---- memory --------------------------------------------------------------------------------- */

/* "n00001.cameras.example.org A 11.0.0.1", asked and answered. */
static size_t message(uint8_t *at, unsigned number, bool is_answer)
{
	static const uint8_t rest[] = "\7cameras\7example\3org\0\0\1\0\1";
	static const uint8_t rr[] = { 0xc0, 12, 0, 1, 0, 1, 0, 1, 0, 0, 0, 4, 11 };
	const uint8_t front[12] = { (uint8_t)(number >> 8),
				    (uint8_t)number,
				    is_answer ? 0x81 : 1,
				    is_answer ? 0x80 : 0,
				    0,
				    1,
				    0,
				    is_answer };
	size_t n = sizeof(front);

	memcpy(at, front, n);
	at[n++] = 8;
	n += (size_t)sprintf((char *)at + n, "n%07u", number);
	memcpy(at + n, rest, sizeof(rest) - 1);
	n += sizeof(rest) - 1;
	if (is_answer) {
		memcpy(at + n, rr, sizeof(rr));
		n += sizeof(rr);
		at[n++] = (uint8_t)(number >> 16);
		at[n++] = (uint8_t)(number >> 8);
		at[n++] = (uint8_t)number;
	}
	return n;
}

static void tell_name(struct nw_feed *f, unsigned number, bool is_answer)
{
	uint64_t buf[(sizeof(struct nw_ev_head) + 256) / sizeof(uint64_t)] = { 0 };
	struct nw_ev_head *e = (struct nw_ev_head *)(void *)buf;

	e->len = (uint16_t)message(e->data, number, is_answer);
	e->wire_len = e->len;
	e->ev = nw_feed_head(f, sizeof(*e) + e->len, NW_SHAPE_HEAD,
			     is_answer ? NW_HEAD_RX : NW_HEAD_TX);
	e->cookie = 7;
	e->owner = nw_feed_pid(100);
	nw_feed_addr(e->laddr, "192.168.1.2");
	nw_feed_addr(e->raddr, "192.168.1.1");
	e->lport_be = htons(40000);
	e->rport_be = htons(53);
	e->proto = IPPROTO_UDP;
	e->netns = NW_FEED_NETNS;
	nw_feed_event(f, &e->ev);
	f->told_count = 0;
}

static int run_memory(unsigned names, unsigned flows, unsigned mib)
{
	char yaml[128];
	unsigned long before, kib;
	struct nw_feed *f;

	snprintf(yaml, sizeof(yaml), "limits: {names: %u, flows: %u}", names, NW_MAX(flows, 64U));
	f = nw_feed_new(yaml, 60 * NW_FEED_SEC);
	before = private_kib();
	for (unsigned i = 0; i < names; i++) {
		tell_name(f, i, false);
		tell_name(f, i, true);
		if (i % 1000 == 0) {
			nw_feed_tick(f, NW_FEED_SEC / 5);
		}
	}
	for (unsigned i = 0; i < flows; i++) {
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 1000 + i, 100 + i % 64);

		e.flags = NW_SOCK_CONNECTED;
		e.raddr[12] = 11; /* that of a name */
		e.raddr[13] = (uint8_t)(i >> 16);
		e.raddr[14] = (uint8_t)(i >> 8);
		e.raddr[15] = (uint8_t)i;
		e.rport_be = htons(443);
		e.lport_be = htons((uint16_t)(20000 + i));
		nw_feed_bytes(&e, 1000, 2000);
		nw_pipeline_event(f->pipeline, &e.ev);
		f->told_count = 0;
	}
	nw_feed_tick(f, NW_FEED_SEC / 5);
	kib = private_kib();
	printf("%u names and %u flows: %u and %u in the tables, %lu KiB private, %lu KiB before, %u wanted\n",
	       names, flows, nw_names_used(f->state->names), f->state->flow_lru.used, kib, before,
	       mib * 1024);
	nw_feed_free(f);
	return kib > mib * 1024UL;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "-m") == 0) {
		return run_memory((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]),
				  (unsigned)atoi(argv[4]));
	}
	if (argc > 3 && strcmp(argv[1], "-r") == 0 && atoi(argv[2]) >= 9 &&
	    atoi(argv[2]) <= ROUNDS_MAX) {
		return run_time(argv + 3, argc - 3, (unsigned)atoi(argv[2]));
	}
	fprintf(stderr, "usage: %s -r ROUNDS SEED... | -m NAMES FLOWS MIB; 9 to %d rounds\n",
		argv[0], ROUNDS_MAX);
	return 2;
}

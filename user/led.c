/* SPDX-License-Identifier: Apache-2.0 */
/* Ends that lead to others. Owns nothing. */
#include "led.h"

#include <stddef.h>
#include <string.h>

#include "dns_wire.h"
#include "event.h"
#include "util/lru.h"
#include "util/macro.h"

#define BEFORE_NS  (3 * NW_NSEC_PER_SEC)    /* an answer is used within */
#define ABOUT_NS   (100 * NW_NSEC_PER_MSEC) /* that a measure may be late */
#define BYTES_EACH 16000 /* of a certificate and answers; pages and lists are longer */

/* ---- names that were asked for --------------------------------------------------------------- */

static uint64_t hash_of_proc(const struct nw_proc_id *proc)
{
	return nw_proc_id_hash(0, proc) | 1;
}

static bool has_asked(const struct nw_led *l, uint64_t proc, uint64_t name)
{
	for (size_t i = 0; i < NW_LED_ASKS; i++) {
		if (l->ask[i].proc == proc && l->ask[i].name == name) {
			return true;
		}
	}
	return false;
}

bool nw_led_has_asked(const struct nw_led *l, const struct nw_proc_id *proc, const char *name)
{
	return name && has_asked(l, hash_of_proc(proc), nw_dns_name_hash(name));
}

void nw_led_ask(struct nw_led *l, const struct nw_proc_id *proc, const char *name)
{
	uint64_t by = hash_of_proc(proc);
	uint64_t h = nw_dns_name_hash(name);

	if (!has_asked(l, by, h)) {
		l->ask[l->asks % NW_LED_ASKS].proc = by;
		l->ask[l->asks++ % NW_LED_ASKS].name = h;
	}
}

bool nw_led_knows_asked(const struct nw_led *l, const struct nw_proc_id *proc, bool is_plain)
{
	uint64_t by = hash_of_proc(proc);
	uint32_t own = 0;

	for (size_t i = 0; i < NW_LED_ASKS; i++) {
		own += l->ask[i].proc == by;
	}
	return own < NW_LED_ASKS && (own || is_plain);
}

/* ---- ends ----------------------------------------------------------------------------------- */

static struct nw_led_end *find(struct nw_led *l, const struct nw_led_seen *s)
{
	struct nw_led_end *oldest = &l->end[0];

	for (size_t i = 0; i < NW_LED_ENDS; i++) {
		struct nw_led_end *e = &l->end[i];

		if (e->id == s->id) {
			if (s->is_unasked && s->birth_ns > e->last_ns) {
				e->went_ns = s->birth_ns;
			}
			e->last_ns = NW_MAX(e->last_ns, s->birth_ns);
			return e;
		}
		/* who led somewhere stays longest */
		if (e->led < oldest->led || (e->led == oldest->led && e->to_ns < oldest->to_ns)) {
			oldest = e;
		}
	}
	*oldest =
		(struct nw_led_end){ .id = s->id, .birth_ns = s->birth_ns, .last_ns = s->birth_ns };
	memcpy(oldest->what, s->what, strnlen(s->what, sizeof(oldest->what) - 1));
	if (s->is_unasked) {
		oldest->went_ns = s->birth_ns;
	}
	return oldest;
}

static bool leads(const struct nw_led_end *from, const struct nw_led_end *to)
{
	return from->can_lead && from != to && from->birth_ns < to->went_ns &&
	       from->to_ns + BEFORE_NS >= to->went_ns && from->from_ns <= to->went_ns + ABOUT_NS &&
	       from->rx_bytes <= (uint64_t)BYTES_EACH * (from->led + 1U);
}

/* The one that was heard last: an answer is used at once. */
static void look_who_led(struct nw_led *l, struct nw_led_end *to, uint64_t now_ns)
{
	struct nw_led_end *best = NULL;

	for (size_t i = 0; i < NW_LED_ENDS; i++) {
		struct nw_led_end *from = &l->end[i];

		if (from->id && leads(from, to) &&
		    (!best || from->led > best->led ||
		     (from->led == best->led && from->to_ns > best->to_ns))) {
			best = from;
		}
	}
	if (best) {
		best->led += !to->is_led;
		best->times++;
		to->is_led = true;
		to->went_ns = 0;
	} else if (now_ns > to->went_ns + BEFORE_NS) {
		to->went_ns = 0;
	}
}

const struct nw_led_end *nw_led_see(struct nw_led *l, const struct nw_led_seen *s)
{
	const struct nw_led_end *most = NULL;
	struct nw_led_end *e = find(l, s);

	e->can_lead = e->can_lead || s->can_lead;
	e->speaks_h2 = e->speaks_h2 || s->speaks_h2;
	if (s->rx_bytes) {
		e->from_ns = s->from_ns;
		e->to_ns = s->to_ns;
		e->rx_bytes += s->rx_bytes;
	}
	for (size_t i = 0; i < NW_LED_ENDS; i++) {
		if (l->end[i].went_ns) {
			look_who_led(l, &l->end[i], s->to_ns);
		}
	}
	for (size_t i = 0; i < NW_LED_ENDS; i++) {
		const struct nw_led_end *n = &l->end[i];

		if (n->times && (!most || n->led > most->led ||
				 (n->led == most->led && n->times > most->times))) {
			most = n;
		}
	}
	return most;
}

uint64_t nw_led_id(const struct nw_flow *f, const char *said)
{
	uint64_t h = nw_hash_mix(f->rport, said ? nw_dns_name_hash(said) : 0);

	for (size_t i = 0; i < sizeof(f->raddr); i++) {
		h = nw_hash_mix(h, f->raddr[i]);
	}
	return h | 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows as text and back. What comes back is a file's and therefore hostile: a row that is not exactly
 * numbers, a text and a key is none. Owns nothing.
 */
#include "kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "util/macro.h"

#define FRONT_LEN (sizeof(NW_KEPT_FRONT) - 1)

struct nw_kept nw_kept_row(const char *kind, const char *key)
{
	struct nw_kept row;

	row.len = 0;
	row.text[0] = '\0';
	(void)snprintf(row.kind, sizeof(row.kind), "%s", kind);
	(void)snprintf(row.key, sizeof(row.key), "%s", key);
	return row;
}

void nw_kept_add(struct nw_kept *row, int64_t number)
{
	if (row->len < NW_KEPT_NUMBERS) {
		row->n[row->len++] = number;
	}
}

/* A tab ends the text, so it holds none. */
void nw_kept_text(struct nw_kept *row, const char *text)
{
	(void)snprintf(row->text, sizeof(row->text), "%s", text);
	for (char *c = row->text; (c = strchr(c, '\t'));) {
		*c = ' ';
	}
}

bool nw_kept_is_time(struct nw_kept_pace *p, const struct nw_keeper *k, uint64_t now_ns)
{
	if (!k->keep || now_ns < p->next_ns) {
		return false;
	}
	p->next_ns = now_ns + NW_KEPT_EVERY_NS;
	p->told = 0;
	return true;
}

bool nw_kept_tell(struct nw_kept_pace *p, const struct nw_keeper *k, const struct nw_kept *row,
		  uint64_t now_ns)
{
	if (p->told == NW_KEPT_AT_ONCE && !p->is_last) {
		p->next_ns = now_ns; /* with the next tick */
		return false;
	}
	p->told++;
	return k->keep(k->ctx, row);
}

bool nw_kept_is_again(const struct nw_kept_pace *p, uint64_t kept_ns, uint64_t now_ns)
{
	return p->is_last || !kept_ns || now_ns >= kept_ns + NW_KEPT_AGAIN_NS;
}

static bool is_end(const struct nw_event *ev)
{
	static const char end[] = "sessionend"; /* key, then value */
	const struct nw_ev_fact *e = nw_event_fact(ev);

	return ev->shape == NW_SHAPE_FACT && e->key_len == 7 && e->value_len == 3 &&
	       memcmp(e->tail, end, sizeof(end) - 1) == 0;
}

bool nw_kept_is_due(struct nw_kept_pace *p, const struct nw_keeper *k, const struct nw_event *ev)
{
	if (ev->shape == NW_SHAPE_TICK) {
		return nw_kept_is_time(p, k, ev->ts_ns);
	}
	p->is_last = k->keep && is_end(ev);
	return p->is_last;
}

size_t nw_kept_value(const struct nw_kept *row, char ret[NW_KEPT_VALUE])
{
	size_t len = 0;

	for (unsigned i = 0; i < row->len; i++) {
		len += (size_t)snprintf(ret + len, NW_KEPT_VALUE - len,
					i ? " %" PRId64 : "%" PRId64, row->n[i]);
	}
	len += (size_t)snprintf(ret + len, NW_KEPT_VALUE - len, "\t%s", row->text);
	return NW_MIN(len, (size_t)NW_KEPT_VALUE - 1);
}

size_t nw_kept_fact_value(const char *value, const char *key, char *ret, size_t size)
{
	int len = snprintf(ret, size, "%s\t%s", value, key);

	return len > 0 && (size_t)len < size ? (size_t)len : 0;
}

bool nw_kept_is(const struct nw_ev_fact *e)
{
	return e->key_len > FRONT_LEN && memcmp(e->tail, NW_KEPT_FRONT, FRONT_LEN) == 0;
}

/* One number, which ends at a blank or a tab: what stands behind it, or NULL. */
static const char *take_number(const char *p, const char *end, int64_t *ret)
{
	bool is_negative = p < end && *p == '-';
	const char *began = p += is_negative;
	uint64_t n = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (n > (uint64_t)INT64_MAX / 10 - 1) {
			return NULL;
		}
		n = n * 10 + (unsigned)(*p - '0');
	}
	if (p == began || p == end || (*p != ' ' && *p != '\t')) {
		return NULL;
	}
	*ret = is_negative ? -(int64_t)n : (int64_t)n;
	return p;
}

static bool take_text(const char *p, size_t len, char *ret, size_t size)
{
	if (len >= size) {
		return false;
	}
	memcpy(ret, p, len);
	ret[len] = '\0';
	return true;
}

static bool take(const struct nw_ev_fact *e, struct nw_kept *ret)
{
	const char *p = e->tail + e->key_len;
	const char *end = p + e->value_len;
	const char *tab;

	if (memchr(p, '\0', e->value_len)) {
		return false;
	}
	ret->len = 0;
	for (;; p++) {
		if (ret->len == NW_KEPT_NUMBERS ||
		    !(p = take_number(p, end, &ret->n[ret->len++]))) {
			return false;
		}
		if (*p == '\t') {
			break;
		}
	}
	p++;
	tab = memchr(p, '\t', (size_t)(end - p));
	return tab && take_text(p, (size_t)(tab - p), ret->text, sizeof(ret->text)) &&
	       take_text(tab + 1, (size_t)(end - tab) - 1, ret->key, sizeof(ret->key));
}

bool nw_kept_is_whole(const struct nw_ev_fact *e)
{
	struct nw_kept row;

	return take(e, &row);
}

bool nw_kept_of(const struct nw_event *ev, const char *kind, unsigned least, struct nw_kept *ret)
{
	const struct nw_ev_fact *e = nw_event_fact(ev);
	size_t len = strlen(kind);

	if (ev->shape != NW_SHAPE_FACT || e->key_len != FRONT_LEN + len || !nw_kept_is(e) ||
	    memcmp(e->tail + FRONT_LEN, kind, len) != 0 || len >= sizeof(ret->kind)) {
		return false;
	}
	memcpy(ret->kind, kind, len + 1);
	return take(e, ret) && ret->len >= least;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The meter. Owns nothing. */
#include "meter.h"

#include "util/macro.h"

#define SLOT_NS	    (10 * NW_NSEC_PER_SEC)
#define SLOT_BYTES  125000ULL
#define EVEN	    8
#define SECONDS_MAX 10U	  /* more no measure covers: the ledger is looked at each 5 s at least */
#define RUN	    0x07U /* slots in a row */
#define OFTEN	    6	  /* of the eight */

static void judge(struct nw_meter *m)
{
	bool is_busy = m->bytes_before >= SLOT_BYTES;

	m->busy |= is_busy;
	m->even |= is_busy && __builtin_popcount(m->seconds_before) >= EVEN;
}

static void shift(struct nw_meter *m, uint64_t slot)
{
	uint64_t by = slot - m->slot;

	m->busy = (uint8_t)(m->busy << 1);
	m->even = (uint8_t)(m->even << 1);
	m->bytes_before = m->bytes;
	m->seconds_before = m->seconds;
	judge(m);
	if (by > 1) {
		m->busy = by > 8 ? 0 : (uint8_t)(m->busy << (by - 1));
		m->even = by > 8 ? 0 : (uint8_t)(m->even << (by - 1));
		m->bytes_before = 0;
		m->seconds_before = 0;
	}
	m->slot = slot;
	m->bytes = 0;
	m->seconds = 0;
}

/* Flows that were measured together come one by one: what one of them had may be older than what
 * another one had. */
static void add(struct nw_meter *m, uint64_t now_ns, uint64_t bytes)
{
	uint64_t slot = now_ns / SLOT_NS;
	uint16_t second = (uint16_t)(1U << now_ns % SLOT_NS / NW_NSEC_PER_SEC);

	if (!bytes) {
		return;
	}
	if (!m->slot) {
		m->first_ns = now_ns;
		m->slot = slot;
	} else if (slot > m->slot) {
		shift(m, slot);
	}
	if (slot == m->slot) {
		m->bytes += bytes;
		m->seconds |= second;
	} else if (slot + 1 == m->slot) {
		m->bytes_before += bytes;
		m->seconds_before |= second;
		judge(m);
	}
	m->total += bytes;
	m->last_ns = NW_MAX(m->last_ns, now_ns);
}

void nw_meter_add(struct nw_meter *m, uint64_t from_ns, uint64_t now_ns, uint64_t bytes)
{
	uint64_t before = (now_ns - NW_MIN(from_ns, now_ns)) / NW_NSEC_PER_SEC;

	for (uint64_t i = NW_MIN(before, SECONDS_MAX); i > 0; i--) {
		uint64_t share = bytes / (i + 1);

		add(m, now_ns - i * NW_NSEC_PER_SEC, share);
		bytes -= share;
	}
	add(m, now_ns, bytes);
}

bool nw_meter_is_media(const struct nw_meter *m, uint64_t now_ns)
{
	struct nw_meter now = *m;
	uint64_t slot = now_ns / SLOT_NS;

	if (now.slot && slot > now.slot) {
		shift(&now, slot);
	}
	return (now.even & RUN) == RUN || __builtin_popcount(now.busy) >= OFTEN;
}

uint64_t nw_meter_rate(const struct nw_meter *m)
{
	uint64_t ms = (m->last_ns - m->first_ns) / NW_NSEC_PER_MSEC;

	return m->total * 1000 / NW_MAX(ms, 1000U);
}

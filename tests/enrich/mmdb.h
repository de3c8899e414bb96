/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writer of small files in MaxMind's format 2.0 (maxmind.github.io/MaxMind-DB): an IPv6 tree with
 * records of 24 bits, IPv4 at ::/96, a data section, metadata. mmdblookup 1.7.1 reads what it makes.
 */
#pragma once

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "harness.h"

#define MMDB_NODES 2048
#define MMDB_BYTES 65536

struct mmdb_bytes {
	size_t len;
	uint8_t b[MMDB_BYTES];
};

struct mmdb {
	uint32_t nodes;
	uint32_t node[MMDB_NODES][2]; /* 0 = nothing, n = node n, DATA | offset */
	struct mmdb_bytes data;
	struct mmdb_bytes file;
};

#define MMDB_DATA 0x80000000U

static inline void mmdb_byte(struct mmdb_bytes *to, unsigned b)
{
	assert_true(to->len < MMDB_BYTES);
	to->b[to->len++] = (uint8_t)b;
}

static inline void mmdb_control(struct mmdb_bytes *to, unsigned type, size_t size)
{
	assert_true(size < 29 + 256);
	mmdb_byte(to, (type > 7 ? 0 : type) << 5 | (unsigned)(size < 29 ? size : 29));
	if (type > 7) {
		mmdb_byte(to, type - 7);
	}
	if (size >= 29) {
		mmdb_byte(to, (unsigned)size - 29);
	}
}

static inline void mmdb_text(struct mmdb_bytes *to, const char *text)
{
	mmdb_control(to, 2, strlen(text));
	for (; *text; text++) {
		mmdb_byte(to, (unsigned char)*text);
	}
}

/* type: 5 is of 16 bits, 6 of 32, 9 of 64. */
static inline void mmdb_number(struct mmdb_bytes *to, unsigned type, uint32_t n)
{
	mmdb_control(to, type, type == 5 ? 2 : 4);
	for (int shift = type == 5 ? 8 : 24; shift >= 0; shift -= 8) {
		mmdb_byte(to, n >> shift & 0xff);
	}
}

static inline void mmdb_map(struct mmdb_bytes *to, unsigned pairs)
{
	mmdb_control(to, 7, pairs);
}

static inline void mmdb_begin(struct mmdb *m)
{
	memset(m, 0, sizeof(*m));
	m->nodes = 1;
}

/* The record that begins at `data` is that of the network; text as for inet_pton(), bits of it. */
static inline void mmdb_add(struct mmdb *m, const char *network, unsigned bits, size_t data)
{
	uint8_t addr[16] = { 0 };
	uint32_t *at = NULL;
	uint32_t node = 0;

	if (!strchr(network, ':')) {
		assert_int_equal(inet_pton(AF_INET, network, addr + 12), 1);
		bits += 96;
	} else {
		assert_int_equal(inet_pton(AF_INET6, network, addr), 1);
	}
	for (unsigned i = 0; i < bits; i++) {
		at = &m->node[node][addr[i / 8] >> (7 - i % 8) & 1];
		if (i + 1 < bits && !*at) {
			assert_true(m->nodes < MMDB_NODES);
			*at = m->nodes++;
		}
		node = *at;
	}
	*at = MMDB_DATA | (uint32_t)data;
}

static inline void mmdb_country(struct mmdb *m, const char *network, unsigned bits, const char *iso)
{
	mmdb_add(m, network, bits, m->data.len);
	mmdb_map(&m->data, 2);
	mmdb_text(&m->data, "continent");
	mmdb_map(&m->data, 1);
	mmdb_text(&m->data, "code");
	mmdb_text(&m->data, "EU");
	mmdb_text(&m->data, "country");
	mmdb_map(&m->data, 2);
	mmdb_text(&m->data, "geoname_id");
	mmdb_number(&m->data, 6, 2921044);
	mmdb_text(&m->data, "iso_code");
	mmdb_text(&m->data, iso);
}

static inline void mmdb_asn(struct mmdb *m, const char *network, unsigned bits, uint32_t asn,
			    const char *organisation)
{
	mmdb_add(m, network, bits, m->data.len);
	mmdb_map(&m->data, organisation ? 2 : 1);
	mmdb_text(&m->data, "autonomous_system_number");
	mmdb_number(&m->data, 6, asn);
	if (organisation) {
		mmdb_text(&m->data, "autonomous_system_organization");
		mmdb_text(&m->data, organisation);
	}
}

static inline void mmdb_metadata(struct mmdb *m, const char *type)
{
	struct mmdb_bytes *f = &m->file;
	static const char *const numbers[] = { "binary_format_major_version",
					       "binary_format_minor_version", "ip_version",
					       "record_size" };
	static const uint32_t values[] = { 2, 0, 6, 24 };

	mmdb_map(f, 9);
	for (unsigned i = 0; i < 4; i++) {
		mmdb_text(f, numbers[i]);
		mmdb_number(f, 5, values[i]);
	}
	mmdb_text(f, "node_count");
	mmdb_number(f, 6, m->nodes);
	mmdb_text(f, "build_epoch");
	mmdb_number(f, 9, 1700000000);
	mmdb_text(f, "database_type");
	mmdb_text(f, type);
	mmdb_text(f, "languages");
	mmdb_control(f, 11, 0);
	mmdb_text(f, "description");
	mmdb_map(f, 0);
}

/* The whole file, in m->file. */
static inline const struct mmdb_bytes *mmdb_end(struct mmdb *m, const char *type)
{
	struct mmdb_bytes *f = &m->file;

	for (uint32_t i = 0; i < 2 * m->nodes; i++) {
		uint32_t to = m->node[i / 2][i % 2];

		if (to & MMDB_DATA) {
			to = m->nodes + 16 + (to & ~MMDB_DATA);
		} else if (to == 0) {
			to = m->nodes;
		}
		for (int shift = 16; shift >= 0; shift -= 8) {
			mmdb_byte(f, to >> shift & 0xff);
		}
	}
	for (unsigned i = 0; i < 16; i++) {
		mmdb_byte(f, 0);
	}
	for (size_t i = 0; i < m->data.len; i++) {
		mmdb_byte(f, m->data.b[i]);
	}
	for (const char *p = "\xab\xcd\xefMaxMind.com"; *p; p++) {
		mmdb_byte(f, (unsigned char)*p);
	}
	mmdb_metadata(m, type);
	return f;
}

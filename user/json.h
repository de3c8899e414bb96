/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small bounded writer of one JSON line. Keys come in order; nesting is the caller's. Text is
 * made valid UTF-8 (what is not becomes U+FFFD) and escaped. When the line does not fit, overflow
 * is set, nothing is written past the end, and the caller drops and counts the line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nw_json {
	char *start, *p, *end; /* buffer of the caller */
	bool overflow;
	bool need_comma;
};

void nw_json_init(struct nw_json *j, char *buf, size_t size);
void nw_json_open(struct nw_json *j, const char *key);	 /* {; key NULL at the top and in arrays */
void nw_json_close(struct nw_json *j);			 /* } */
void nw_json_array(struct nw_json *j, const char *key);	 /* [ */
void nw_json_array_end(struct nw_json *j);
void nw_json_str(struct nw_json *j, const char *key, const char *value); /* NULL value: nothing */
void nw_json_strn(struct nw_json *j, const char *key, const char *value, size_t len);
void nw_json_u64(struct nw_json *j, const char *key, uint64_t value);
void nw_json_i64(struct nw_json *j, const char *key, int64_t value);
void nw_json_bool(struct nw_json *j, const char *key, bool value);
void nw_json_ip(struct nw_json *j, const char *key, const uint8_t addr[16]); /* v4-mapped: dotted */
void nw_json_time(struct nw_json *j, const char *key, uint64_t wall_ns); /* RFC 3339, ns, Z */
void nw_json_hex(struct nw_json *j, const char *key, uint64_t value);	 /* "16 hex digits" */
/* Length of the line without NUL, or 0 on overflow. */
size_t nw_json_finish(struct nw_json *j);

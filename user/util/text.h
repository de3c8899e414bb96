/* SPDX-License-Identifier: Apache-2.0 */
/* Text for people and for identifiers: escaping, numbers, addresses. No allocation. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Copy untrusted text so that it may reach a terminal: printable ASCII and valid printable UTF-8
 * stay, control characters (C0, DEL, C1, bidirectional and other format controls), invalid bytes
 * and the backslash become \xNN, \u{N} or \\. Never splits an escape; a text that does not fit ends
 * in "…". Returns the length written, without NUL. size >= 8.
 */
size_t nw_text_escape(char *buf, size_t size, const char *text, size_t len);

/* Next code point of s (len > 0): bytes used, and *ret, or 1 and -1 when the byte is not UTF-8. */
size_t nw_utf8_next(const char *s, size_t len, int32_t *ret);

/* ::ffff:a.b.c.d */
bool nw_addr_is_v4(const uint8_t addr[16]);

#define NW_ADDR_TEXT 46
/* v4-mapped as dotted; RFC 5952. Returns length. */
size_t nw_addr_text(char buf[NW_ADDR_TEXT], const uint8_t addr[16]);

/* "1.2 MB" style, decimal units, at most 7 characters and NUL. */
void nw_text_bytes(char buf[8], uint64_t bytes);

/* Decimal digits without NUL; returns the count, at most 20. */
size_t nw_text_u64(char *buf, uint64_t value);

/* "00" "01" ... "99": two digits for one division. */
extern const char nw_text_pairs[200];
static inline char *nw_text_put_pair(char *p, uint32_t value) /* < 100 */
{
	memcpy(p, nw_text_pairs + (size_t)value * 2, 2);
	return p + 2;
}

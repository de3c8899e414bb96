/* SPDX-License-Identifier: Apache-2.0 */
/* Text of people -> numbers, times and networks. Owns nothing, never logs. */
#include "util/parse.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#define V4_BITS	  96 /* of the mapping's prefix ::ffff:0:0/96 */
#define YEARS_MAX 10ULL

static const uint8_t v4_prefix[12] = { [10] = 0xff, [11] = 0xff };
static const uint8_t nat64_prefix[12] = { 0x00, 0x64, 0xff, 0x9b };

/* The digits at the start of text: their count, 0 when there are none or too many. */
static size_t take_digits(const char *text, uint64_t *ret)
{
	uint64_t value = 0;
	size_t n = 0;

	while (text[n] >= '0' && text[n] <= '9') {
		uint64_t digit = (uint64_t)(text[n] - '0');

		if (value > (UINT64_MAX - digit) / 10) {
			return 0;
		}
		value = value * 10 + digit;
		n++;
	}
	*ret = value;
	return n;
}

int nw_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	size_t n = take_digits(text, &value);

	if (n == 0 || text[n] || (n > 1 && text[0] == '0')) {
		return -EINVAL;
	}
	if (value < min || value > max) {
		return -ERANGE;
	}
	*ret = value;
	return 0;
}

int nw_parse_duration(const char *text, uint64_t *ret_ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{ "", NW_NSEC_PER_SEC },
		{ "ns", 1 },
		{ "us", 1000 },
		{ "ms", NW_NSEC_PER_MSEC },
		{ "s", NW_NSEC_PER_SEC },
		{ "m", 60 * NW_NSEC_PER_SEC },
		{ "h", 3600 * NW_NSEC_PER_SEC },
		{ "d", 86400 * NW_NSEC_PER_SEC },
	};
	const uint64_t max_ns = YEARS_MAX * 365 * 86400 * NW_NSEC_PER_SEC;
	uint64_t value = 0;
	size_t n = take_digits(text, &value);

	if (n == 0) {
		return -EINVAL;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(units); i++) {
		if (strcmp(text + n, units[i].unit) != 0) {
			continue;
		}
		if (value == 0 || value > max_ns / units[i].ns) {
			return -ERANGE;
		}
		*ret_ns = value * units[i].ns;
		return 0;
	}
	return -EINVAL;
}

int nw_parse_address(const char *text, uint8_t ret[16])
{
	uint8_t addr[16];

	if (inet_pton(AF_INET6, text, addr) == 1) {
		memcpy(ret, addr, sizeof(addr));
		return 0;
	}
	memcpy(addr, v4_prefix, sizeof(v4_prefix));
	if (inet_pton(AF_INET, text, addr + sizeof(v4_prefix)) != 1) {
		return -EINVAL;
	}
	memcpy(ret, addr, sizeof(addr));
	return 0;
}

int nw_parse_network(const char *text, struct nw_network *ret)
{
	char head[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	struct nw_network net = { .bits = 128 };
	uint64_t first, bits;
	int r;

	if (len >= sizeof(head)) {
		return -EINVAL;
	}
	memcpy(head, text, len);
	head[len] = '\0';
	r = nw_parse_address(head, net.addr);
	if (r < 0) {
		return r;
	}
	first = strchr(head, ':') ? 0 : V4_BITS;
	if (slash) {
		r = nw_parse_u64(slash + 1, 0, 128 - first, &bits);
		if (r < 0) {
			return r;
		}
		net.bits = (uint8_t)(first + bits);
	}
	for (unsigned i = 0; i < 128; i++) {
		if (i >= net.bits) {
			net.addr[i / 8] &= (uint8_t) ~(0x80U >> (i % 8));
		}
	}
	*ret = net;
	return 0;
}

/* The first 64 bits of an address, or those behind them. */
static uint64_t half(const uint8_t *p)
{
	uint64_t be;

	memcpy(&be, p, sizeof(be));
	return be64toh(be);
}

bool nw_network_has(const struct nw_network *net, const uint8_t addr[16])
{
	unsigned bits = net->bits;
	uint64_t high = half(addr) ^ half(net->addr); /* where they differ */
	uint64_t low;

	if (bits < V4_BITS && memcmp(addr, v4_prefix, sizeof(v4_prefix)) == 0) {
		return false;
	}
	if (bits <= 64) {
		return bits == 0 || high >> (64 - bits) == 0;
	}
	low = half(addr + 8) ^ half(net->addr + 8);
	return high == 0 && low >> (128 - bits) == 0;
}

void nw_address_unwrap(const uint8_t addr[16], uint8_t ret[16])
{
	bool is_nat64 = memcmp(addr, nat64_prefix, sizeof(nat64_prefix)) == 0;
	uint8_t out[16];

	memcpy(out, addr, sizeof(out));
	if (is_nat64) {
		memcpy(out, v4_prefix, sizeof(v4_prefix));
	}
	memcpy(ret, out, sizeof(out));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what is known of a camera. Pure: owns nothing. */
#include "camera_words.h"

#include <stdio.h>

/* The names of a mask's bits. */
static void name_bits(char *buf, size_t size, uint32_t mask, const char *(*name)(unsigned bit),
		      const char *between)
{
	size_t n = 0;

	buf[0] = '\0';
	for (; mask && n < size; mask &= mask - 1) {
		n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? between : "",
				      name((unsigned)__builtin_ctz(mask)));
	}
}

const char *nw_words_protocols(const struct nw_camera *c, char buf[96])
{
	name_bits(buf, 96, c->spoken, nw_camera_protocol_name, ",");
	return buf[0] ? buf : "-";
}

const char *nw_words_signs(const struct nw_camera *c, char buf[256])
{
	name_bits(buf, 256, c->why, nw_camera_sign_name, ", ");
	return buf;
}

const char *nw_words_encryption(const struct nw_camera *c)
{
	return c->encrypted == NW_ENCRYPTED_YES	 ? "yes"
	       : c->encrypted == NW_ENCRYPTED_NO ? "no"
						 : "?";
}

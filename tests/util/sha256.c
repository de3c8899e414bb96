/* SPDX-License-Identifier: Apache-2.0 */
/* Against libcrypto, at every length around a block and in pieces of every size. */
#include "util/sha256.h"

#include <openssl/evp.h>
#include <string.h>

#include "harness.h"

static void same_as_libcrypto(void **state)
{
	uint8_t data[200];
	uint8_t want[NW_SHA256_BYTES];
	uint8_t got[NW_SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++) {
		data[i] = (uint8_t)(i * 7);
	}
	for (size_t len = 0; len <= sizeof(data); len++) {
		assert_int_equal(EVP_Digest(data, len, want, NULL, EVP_sha256(), NULL), 1);
		for (size_t piece = 1; piece <= 70; piece += 3) {
			struct nw_sha256 s;

			nw_sha256_init(&s);
			for (size_t at = 0; at < len; at += piece) {
				nw_sha256_add(&s, data + at, len - at < piece ? len - at : piece);
			}
			nw_sha256_end(&s, got);
			assert_memory_equal(got, want, sizeof(want));
		}
	}
}

NW_TESTS(util_sha256, cmocka_unit_test(same_as_libcrypto));

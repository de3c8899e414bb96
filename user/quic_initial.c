/* SPDX-License-Identifier: Apache-2.0 */
/* See quic_initial.h. Owns two contexts of libcrypto until the program ends. */
#include "quic_initial.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "util/sha256.h"

enum {
	BLOCK_BYTES = 64,
	SALT_BYTES = 20,
	SAMPLE_BYTES = 16,
	HEADER_MAX = 1500,
};

static struct {
	bool was_tried;
	EVP_CIPHER_CTX *mask; /* AES-128-ECB */
	EVP_CIPHER_CTX *seal; /* AES-128-GCM; NULL: there is none */
} crypto;

/* ---- HKDF with SHA-256 (RFC 5869), of secrets that everybody knows ---------------------------- */

struct hmac {
	struct nw_sha256 inner;
	struct nw_sha256 outer;
};

/* key_len <= BLOCK_BYTES */
static void hmac_init(struct hmac *h, const uint8_t *key, size_t key_len)
{
	uint8_t pad[BLOCK_BYTES];

	memset(pad, 0x36, sizeof(pad));
	for (size_t i = 0; i < key_len; i++) {
		pad[i] ^= key[i];
	}
	nw_sha256_init(&h->inner);
	nw_sha256_add(&h->inner, pad, sizeof(pad));
	for (size_t i = 0; i < sizeof(pad); i++) {
		pad[i] ^= 0x36 ^ 0x5c;
	}
	nw_sha256_init(&h->outer);
	nw_sha256_add(&h->outer, pad, sizeof(pad));
}

/* h: as after hmac_init(), and stays so. */
static void hmac(const struct hmac *h, const void *data, size_t len, uint8_t ret[NW_SHA256_BYTES])
{
	struct hmac copy = *h;

	nw_sha256_add(&copy.inner, data, len);
	nw_sha256_end(&copy.inner, ret);
	nw_sha256_add(&copy.outer, ret, NW_SHA256_BYTES);
	nw_sha256_end(&copy.outer, ret);
}

/* HKDF-Expand-Label(secret, label, "", len) of RFC 8446 7.1; len <= NW_SHA256_BYTES: one block. */
static void expand(const struct hmac *secret, const char *label, uint8_t *ret, size_t len)
{
	static const char prefix[] = "tls13 ";
	size_t label_len = strlen(label);
	uint8_t hash[NW_SHA256_BYTES];
	uint8_t info[32];
	size_t n = 0;

	info[n++] = 0;
	info[n++] = (uint8_t)len;
	info[n++] = (uint8_t)(sizeof(prefix) - 1 + label_len);
	memcpy(info + n, prefix, sizeof(prefix) - 1);
	n += sizeof(prefix) - 1;
	memcpy(info + n, label, label_len);
	n += label_len;
	info[n++] = 0; /* no context */
	info[n++] = 1; /* the first block */
	hmac(secret, info, n, hash);
	memcpy(ret, hash, len);
}

void nw_quic_client_keys(uint32_t version, struct nw_span id, struct nw_quic_keys *ret)
{
	static const uint8_t salt_v1[SALT_BYTES] = { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34,
						     0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
						     0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a };
	static const uint8_t salt_v2[SALT_BYTES] = { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6,
						     0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26,
						     0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 };
	bool is_v2 = version == NW_QUIC_V2;
	uint8_t secret[NW_SHA256_BYTES];
	struct hmac h;

	hmac_init(&h, is_v2 ? salt_v2 : salt_v1, SALT_BYTES);
	hmac(&h, id.p, nw_span_left(&id), secret);
	hmac_init(&h, secret, sizeof(secret));
	expand(&h, "client in", secret, sizeof(secret));
	hmac_init(&h, secret, sizeof(secret));
	expand(&h, is_v2 ? "quicv2 key" : "quic key", ret->key, sizeof(ret->key));
	expand(&h, is_v2 ? "quicv2 iv" : "quic iv", ret->iv, sizeof(ret->iv));
	expand(&h, is_v2 ? "quicv2 hp" : "quic hp", ret->hp, sizeof(ret->hp));
}

/* ---- AES ------------------------------------------------------------------------------------- */

static EVP_CIPHER_CTX *new_context(const char *name)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = cipher ? EVP_CIPHER_CTX_new() : NULL;

	if (ctx && EVP_CipherInit_ex(ctx, cipher, NULL, NULL, NULL, -1) != 1) {
		EVP_CIPHER_CTX_free(ctx);
		ctx = NULL;
	}
	EVP_CIPHER_free(cipher); /* the context has its own reference */
	return ctx;
}

/* Without its configuration: there an administrator could load what is not ours to run. */
static bool has_crypto(void)
{
	if (!crypto.was_tried) {
		crypto.was_tried = true;
		if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1) {
			crypto.mask = new_context("AES-128-ECB");
			crypto.seal = crypto.mask ? new_context("AES-128-GCM") : NULL;
		}
	}
	return crypto.seal != NULL;
}

/* The five bytes that hide the first byte's low bits and the packet number. */
static bool get_mask(const uint8_t hp[16], const uint8_t *sample, uint8_t ret[SAMPLE_BYTES])
{
	int n;

	return EVP_EncryptInit_ex(crypto.mask, NULL, NULL, hp, NULL) == 1 &&
	       EVP_EncryptUpdate(crypto.mask, ret, &n, sample, SAMPLE_BYTES) == 1 &&
	       n == SAMPLE_BYTES;
}

static bool open_sealed(const struct nw_quic_keys *keys, const uint8_t nonce[12],
			struct nw_span header, struct nw_span sealed, uint8_t *ret, size_t *ret_len)
{
	uint8_t tag[NW_QUIC_TAG_BYTES];
	int frames = (int)(nw_span_left(&sealed) - sizeof(tag));
	int n;

	memcpy(tag, sealed.p + frames, sizeof(tag));
	if (EVP_DecryptInit_ex(crypto.seal, NULL, NULL, keys->key, nonce) != 1 ||
	    EVP_CIPHER_CTX_ctrl(crypto.seal, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) != 1 ||
	    EVP_DecryptUpdate(crypto.seal, NULL, &n, header.p, (int)nw_span_left(&header)) != 1 ||
	    EVP_DecryptUpdate(crypto.seal, ret, &n, sealed.p, frames) != 1 || n != frames ||
	    EVP_DecryptFinal_ex(crypto.seal, ret + frames, &n) != 1) {
		return false;
	}
	*ret_len = (size_t)frames;
	return true;
}

int nw_quic_open(const struct nw_quic_keys *keys, struct nw_span packet, size_t number_at,
		 uint8_t *ret, size_t *ret_len)
{
	size_t size = nw_span_left(&packet);
	uint8_t mask[SAMPLE_BYTES];
	uint8_t header[HEADER_MAX];
	uint8_t nonce[12];
	size_t header_len;
	struct nw_span s;

	if (size < number_at || number_at > HEADER_MAX - NW_QUIC_NUMBER_MAX ||
	    size - number_at < NW_QUIC_NUMBER_MAX + SAMPLE_BYTES) {
		return -EBADMSG;
	}
	if (!has_crypto()) {
		return -ENOMEM;
	}
	if (!get_mask(keys->hp, packet.p + number_at + NW_QUIC_NUMBER_MAX, mask)) {
		return -EBADMSG;
	}
	memcpy(header, packet.p, number_at + NW_QUIC_NUMBER_MAX);
	header[0] ^= mask[0] & 0x0f;
	header_len = number_at + (header[0] & 3) + 1;
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (size_t i = number_at; i < header_len; i++) {
		header[i] ^= mask[1 + i - number_at];
		nonce[sizeof(nonce) + i - header_len] ^= header[i];
	}
	s = nw_span_of(packet.p + header_len, size - header_len);
	return open_sealed(keys, nonce, nw_span_of(header, header_len), s, ret, ret_len) ? 0
											 : -EBADMSG;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two ends of a flow say of themselves on the wire: the keys, what each is called and of
 * which type it is in a record. A new one is a row here and a row in docs/events.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The values are text in every case: digits of a NUMBER, "true" of a FLAG. A LIST may have many. */
enum nw_attr_type {
	NW_ATTR_TEXT,
	NW_ATTR_LIST,
	NW_ATTR_NUMBER,
	NW_ATTR_FLAG,
};

/*
 * In the order of their names, so that those of one object stand together. Names are ECS's where it
 * has one, else they begin with "nvrwatch." (tls.client.ja4 is what others call it). A device is
 * always the one at the other end of who watches it: the camera, the router.
 */
#define NW_ATTRS(X)                                                        \
	X(HTTP_METHOD, "http.request.method", TEXT)                        \
	X(HTTP_REQUEST_TYPE, "http.request.mime_type", TEXT)               \
	X(HTTP_RESPONSE_TYPE, "http.response.mime_type", TEXT)             \
	X(HTTP_STATUS, "http.response.status_code", NUMBER)                \
	X(HTTP_VERSION, "http.version", TEXT)                              \
	X(CLIENT_NAME, "nvrwatch.client.name", TEXT)                       \
	X(CLIENT_SOFTWARE, "nvrwatch.client.software", TEXT)               \
	X(DEVICE_BRAND, "nvrwatch.device.brand", TEXT)                     \
	X(DEVICE_FIRMWARE, "nvrwatch.device.firmware", TEXT)               \
	X(DEVICE_HARDWARE, "nvrwatch.device.hardware", TEXT)               \
	X(DEVICE_IP, "nvrwatch.device.ip", TEXT)                           \
	X(DEVICE_LOCATION, "nvrwatch.device.location", TEXT)               \
	X(DEVICE_MAC, "nvrwatch.device.mac", TEXT)                         \
	X(DEVICE_MAKER, "nvrwatch.device.maker", TEXT)                     \
	X(DEVICE_MODEL, "nvrwatch.device.model", TEXT)                     \
	X(DEVICE_NAME, "nvrwatch.device.name", TEXT)                       \
	X(DEVICE_SERIAL, "nvrwatch.device.serial", TEXT)                   \
	X(DEVICE_TYPE, "nvrwatch.device.type", TEXT)                       \
	X(DEVICE_URL, "nvrwatch.device.url", TEXT)                         \
	X(DEVICE_UUID, "nvrwatch.device.uuid", TEXT)                       \
	X(HTTP_PROXIED, "nvrwatch.http.proxied", FLAG)                     \
	X(MEDIA_CODEC, "nvrwatch.media.codec", LIST)                       \
	X(MEDIA_TRANSPORT, "nvrwatch.media.transport", TEXT)               \
	X(PORTMAP_ACTION, "nvrwatch.portmap.action", TEXT)                 \
	X(PORTMAP_CLIENT, "nvrwatch.portmap.client", TEXT)                 \
	X(PORTMAP_DESCRIPTION, "nvrwatch.portmap.description", TEXT)       \
	X(PORTMAP_EXTERNAL_PORT, "nvrwatch.portmap.external_port", NUMBER) \
	X(PORTMAP_INTERNAL_PORT, "nvrwatch.portmap.internal_port", NUMBER) \
	X(PORTMAP_LIFETIME, "nvrwatch.portmap.lifetime", NUMBER)           \
	X(PORTMAP_TRANSPORT, "nvrwatch.portmap.transport", TEXT)           \
	X(REALM, "nvrwatch.realm", TEXT)                                   \
	X(RTSP_METHOD, "nvrwatch.rtsp.method", TEXT)                       \
	X(RTSP_STATUS, "nvrwatch.rtsp.status", NUMBER)                     \
	X(SERVER_NAME, "nvrwatch.server.name", TEXT)                       \
	X(SERVER_SOFTWARE, "nvrwatch.server.software", TEXT)               \
	X(SERVICE_TYPE, "nvrwatch.service.type", LIST)                     \
	X(STUN_MAPPED, "nvrwatch.stun.mapped", TEXT)                       \
	X(STUN_METHOD, "nvrwatch.stun.method", TEXT)                       \
	X(STUN_PEER, "nvrwatch.stun.peer", TEXT)                           \
	X(STUN_RELAYED, "nvrwatch.stun.relayed", TEXT)                     \
	X(TLS_ALPN, "nvrwatch.tls.alpn", LIST)                             \
	X(TLS_ECH, "nvrwatch.tls.ech", FLAG)                               \
	X(TLS_NAMES_CUT, "nvrwatch.tls.names_cut", FLAG)                   \
	X(TLS_CIPHER, "tls.cipher", TEXT)                                  \
	X(TLS_JA4, "tls.client.ja4", TEXT)                                 \
	X(TLS_SERVER_NAME, "tls.client.server_name", TEXT)                 \
	X(TLS_NEXT_PROTOCOL, "tls.next_protocol", TEXT)                    \
	X(TLS_SERVER_NAMES, "tls.server.x509.alternative_names", LIST)     \
	X(TLS_SERVER_ISSUER, "tls.server.x509.issuer.common_name", LIST)   \
	X(TLS_SERVER_SUBJECT, "tls.server.x509.subject.common_name", LIST) \
	X(TLS_VERSION, "tls.version", TEXT)                                \
	X(TLS_VERSION_PROTOCOL, "tls.version_protocol", TEXT)              \
	X(URL_DOMAIN, "url.domain", TEXT)                                  \
	X(URL_PATH, "url.path", TEXT)                                      \
	X(USER_AGENT, "user_agent.original", TEXT)

enum nw_attr {
#define NW_ATTR_ENUM(id, name, type) NW_ATTR_##id,
	NW_ATTRS(NW_ATTR_ENUM)
#undef NW_ATTR_ENUM
	_NW_ATTR_MAX,
};

/* "tls.client.server_name" */
const char *nw_attr_name(enum nw_attr key);
enum nw_attr_type nw_attr_type(enum nw_attr key);

#define NW_ATTR_VALUE_MAX 255 /* bytes; a longer value keeps its beginning */

/* What one flow's ends said: a bounded store, each value with its key, in the order of the keys. */
#define NW_SAID_MAX 480

enum nw_basis {
	NW_BASIS_NONE,
	NW_BASIS_PORT,	  /* nothing but the port says so */
	NW_BASIS_CONTENT, /* the bytes themselves */
};

#define NW_SAID_HERE  (1U << 0) /* this end */
#define NW_SAID_THERE (1U << 1)

struct nw_said {
	const char *protocol; /* network.protocol: a word of ours; NULL = nothing is known */
	uint8_t basis;	      /* enum nw_basis */
	uint8_t depth;	      /* struct nw_facts::depth */
	bool is_cut;	      /* something found no room */
	uint8_t ways;	      /* NW_SAID_*: who was heard to speak this protocol */
	uint16_t len;	      /* bytes used: for each value key, length, its bytes and NUL */
	uint8_t bytes[NW_SAID_MAX];
};

/* One value; text ends in NUL behind its len bytes, but may have others before. */
struct nw_said_value {
	enum nw_attr key;
	const char *text;
	uint8_t len;
};

/* Step through them: *at starts at 0. False behind the last one. */
bool nw_said_next(const struct nw_said *said, uint16_t *at, struct nw_said_value *ret);
/* Is it this application's protocol that TLS was asked for, or chose ("h2", "dot")? said may be NULL. */
bool nw_said_speaks(const struct nw_said *said, const char *protocol);
/* The (first) value, or NULL. */
const char *nw_said_find(const struct nw_said *said, enum nw_attr key);
/*
 * What was said first stays; a LIST takes what it has not yet. 0, or -ENOSPC when there is no room:
 * then nothing changed.
 */
int nw_said_add(struct nw_said *said, enum nw_attr key, const void *text, size_t len);

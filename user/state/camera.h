/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras: what sends pictures to this host or through it, as far as is known and how sure. Written
 * by user/state/camera.c alone. A camera is found from several kinds of evidence; no single word
 * decides, and a brand proves no maker.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

#define NW_CAMERAS_MAX	1024
#define NW_CAMERA_LABEL 64 /* bytes of a label, with NUL */

/* From this confidence on it is one; what is less sure is kept and not shown as a camera. */
#define NW_CAMERA_SURE 50

/* What speaks for it, and against. */
#define NW_CAMERA_DECLARED   (1U << 0)	/* the configuration says so */
#define NW_CAMERA_PROTOCOL   (1U << 1)	/* it answers in RTSP or in the protocol of a maker's SDK */
#define NW_CAMERA_MEDIA	     (1U << 2)	/* media come from it, in a protocol for media */
#define NW_CAMERA_DEVICE     (1U << 3)	/* it says which device it is, in a protocol of cameras */
#define NW_CAMERA_MAC	     (1U << 4)	/* its MAC is of a maker of cameras */
#define NW_CAMERA_VOLUME     (1U << 5)	/* as much comes as media would be, of what is not known */
#define NW_CAMERA_SERVICE    (1U << 6)	/* it answers in ONVIF, ISAPI or SADP */
#define NW_CAMERA_TYPE	     (1U << 7)	/* it says that it is a camera */
#define NW_CAMERA_SIGN	     (1U << 8)	/* it says a word that a maker's devices say */
#define NW_CAMERA_SIGNS	     (1U << 9)	/* more than one */
#define NW_CAMERA_MIXED	     (1U << 10) /* the maker of its MAC makes much else */
#define NW_CAMERA_RTP	     (1U << 11) /* RTP comes from it, by content */
#define NW_CAMERA_PICTURES   (1U << 12) /* it sends pictures without end in HTTP */
#define NW_CAMERA_RECORDER   (1U << 13) /* it says that it is a recorder */
#define NW_CAMERA_PUSHES     (1U << 14) /* it connects to us to send media */
#define NW_CAMERA_MANY	     (1U << 15) /* more streams at once than one camera has */
#define NW_CAMERA_NAMED	     (1U << 16) /* it calls itself a camera, in HTTP */
#define NW_CAMERA_PORT	     (1U << 17) /* volume from a port that cameras send media from */
#define NW_CAMERA_FILM	     (1U << 18) /* against it: it sends films or television */
#define NW_CAMERA_OTHER	     (1U << 19) /* against it: it says that it is something else */
#define NW_CAMERA_STILLS     (1U << 20) /* it is asked for the same picture again and again */
#define NW_CAMERA_SIGN_COUNT 21

/* What it was heard to speak. */
#define NW_CAMERA_PROTOCOLS(X)  \
	X(RTSP, "rtsp")         \
	X(RTP, "rtp")           \
	X(ONVIF, "onvif")       \
	X(ISAPI, "isapi")       \
	X(SADP, "sadp")         \
	X(HIKSDK, "hiksdk")     \
	X(DAHUA, "dahua")       \
	X(XIONGMAI, "xiongmai") \
	X(BAICHUAN, "baichuan") \
	X(VAPIX, "vapix")       \
	X(HTTP, "http")         \
	X(TLS, "tls")

enum nw_camera_protocol {
#define NW_CAMERA_ENUM(id, word) NW_CAMERA_##id##_SPOKEN,
	NW_CAMERA_PROTOCOLS(NW_CAMERA_ENUM)
#undef NW_CAMERA_ENUM
	NW_CAMERA_PROTOCOL_COUNT,
};
/* Of the bit 1U << sign. */
const char *nw_camera_sign_name(unsigned sign);
const char *nw_camera_protocol_name(unsigned protocol);

/* How its maker is known, the surer the higher; a brand proves none. */
enum nw_maker_basis {
	NW_MAKER_UNKNOWN,
	NW_MAKER_SAYS,	 /* words that it says: a brand, a realm, a model */
	NW_MAKER_MAC,	 /* whose prefix its MAC has */
	NW_MAKER_SPEAKS, /* the protocol is that maker's own */
	NW_MAKER_DECLARED,
	NW_MAKER_BASIS_COUNT,
};
const char *nw_maker_basis_name(enum nw_maker_basis basis);

enum nw_encrypted {
	NW_ENCRYPTED_UNKNOWN,
	NW_ENCRYPTED_NO,
	NW_ENCRYPTED_YES,
};

struct nw_camera_decl;

struct nw_camera {
	uint8_t addr[16];
	uint32_t netns;			       /* from where it is reached */
	const struct nw_camera_decl *declared; /* or NULL */
	uint32_t why;			       /* NW_CAMERA_* */
	uint8_t confidence;		       /* 0-100 */
	uint64_t first_ns, last_ns;
	uint64_t media_ns; /* first media; 0 = none yet */
	uint64_t media_last_ns;
	uint64_t rx_bytes; /* from it */
	uint64_t tx_bytes; /* to it */
	uint32_t flows;	   /* open ones */
	uint32_t spoken;   /* bit per enum nw_camera_protocol */
	uint8_t encrypted; /* enum nw_encrypted: its media */
	uint8_t mac[6];
	bool has_mac;
	/* makers: of the MAC, of the protocol, and those whose words it says (places in a set) */
	char mac_maker[26], spoken_maker[26];
	uint64_t said_makers;
	char brand[48]; /* as it says; not escaped, as all that follows */
	char model[64];
	char firmware[48];
	uint64_t still_path;	 /* hash of what it was asked for, where the answer was a picture */
	uint8_t stills;		 /* so many times, one after the other */
	struct nw_proc_id asker; /* whom it answered in a protocol for media last */
	struct nw_proc_id reader; /* who takes its media, as of the last; tgid 0 = nobody seen */
	char reader_name[16];
	/* what went past us: its own packets to outside that this host forwarded */
	uint64_t past_bytes, past_ns;
	uint32_t past_flows;
	uint64_t
		here_ns; /* first_ns of this session; that may be of an earlier one: negative, mod 2^64 */
	uint64_t kept_ns; /* last_ns when it was kept, 0 = not yet */
	uint64_t told_ns; /* of its last record; 0 = none yet */
	bool is_changed;  /* since then */
};

/* NULL unless it is known with NW_CAMERA_SURE or more. */
const struct nw_camera *nw_camera_find(const struct nw_state *st, const uint8_t addr[16]);
/* Its place in the table, less than NW_CAMERAS_MAX, as long as it is there. */
unsigned nw_camera_place(const struct nw_state *st, const struct nw_camera *c);
/* The camera at the far end of the flow, or NULL. */
const struct nw_camera *nw_camera_of(const struct nw_state *st, const struct nw_flow *f);
/* Those that are sure, in no particular order; first after NULL. */
const struct nw_camera *nw_camera_next(const struct nw_state *st, const struct nw_camera *after);
/* The same, and those that are less sure. */
const struct nw_camera *nw_camera_next_candidate(const struct nw_state *st,
						 const struct nw_camera *after);
/* "camera", or "recorder or camera": what is one's own and what is passed on looks the same. */
const char *nw_camera_kind(const struct nw_camera *c);
/* The catalogue's word for its maker, and how it is known; "" = not known. */
const char *nw_camera_maker(const struct nw_state *st, const struct nw_camera *c,
			    enum nw_maker_basis *ret_basis);
/* The camera whose second address this is, or NULL: a link-local one is never a device's only one, and says by
 * its MAC whose. */
const struct nw_camera *nw_camera_same(const struct nw_state *st, const struct nw_camera *c);
/* Bytes a second from it now, of all open flows. */
uint64_t nw_camera_rate(const struct nw_state *st, const struct nw_camera *c);
/* Its declared name, else its address: printable, and the same as long as it is in the table. */
void nw_camera_label(const struct nw_camera *c, char ret[NW_CAMERA_LABEL]);

/* Open flows whose far end is a camera; first after NULL. A flow that ends is the last time here
 * while its end is handled. */
const struct nw_flow *nw_ingest_next(const struct nw_state *st, const struct nw_flow *after);

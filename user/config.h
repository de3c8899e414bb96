/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration, read with libcyaml. What is wrong is named with file, line, what was expected
 * and, for a key, the nearest known one; then nothing is loaded. Every key is optional and has a
 * default: docs/configuration.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/macro.h"
#include "util/parse.h"

#define NW_CONFIG_FILE	    "/etc/nvrwatch/nvrwatch.yaml"
#define NW_POLICY_NAME	    "policy.yaml" /* in the folder of the configuration */
#define NW_CONFIG_BYTES_MAX (1U << 20)

struct nw_site {
	char *name;
	char *organisation;
	char **labels; /* "key=value" */
	unsigned labels_count;
};

struct nw_recorder {
	char *name;
	char **exe; /* path prefixes */
	unsigned exe_count;
	char *unit;
	char *cgroup;
	char *user;
	char **starts; /* path prefixes of what it and its children start; NW_STARTS_NOTHING */
	unsigned starts_count; /* 0 = nobody said: it is learnt */
};
#define NW_STARTS_NOTHING "nothing"

struct nw_camera_decl {
	char *name;
	char *address; /* or */
	char *network;
	char *maker;
};

struct nw_allowed {
	char *to;      /* address, network or name */
	uint16_t port; /* 0 = any */
	char *program;
	char *why;
};

/* See spots.h. */
struct nw_spot_decl {
	char *path;
	char *kind;
	char *technique; /* of ATT&CK, or NULL */
};

struct nw_listener_decl {
	uint16_t port;
	char *proto; /* tcp or udp */
	char *from;  /* NULL = from anywhere */
};

/* MMDB files, absolute paths; NULL = nobody says */
struct nw_geo_files {
	char *country;
	char *asn;
};

struct nw_limits {
	uint32_t ring_bytes; /* power of two */
	uint32_t processes;  /* table capacities */
	uint32_t flows;
	uint32_t listeners;
	uint32_t names;
	uint32_t heads; /* heads being put together */
};

struct nw_config {
	struct nw_site site;
	char **trusted_text;
	unsigned trusted_text_count;
	char **trusted_tunnels; /* interfaces of the host's own network namespace */
	unsigned trusted_tunnels_count;
	struct nw_recorder *recorders;
	unsigned recorders_count;
	char **recording_roots;
	unsigned recording_roots_count;
	struct nw_spot_decl *spots; /* beside those of the catalogue */
	unsigned spots_count;
	char *host_root; /* below it spots are looked for, see spots.h; NULL = "/" */
	struct nw_camera_decl *cameras;
	unsigned cameras_count;
	struct nw_allowed *allowed;
	unsigned allowed_count;
	struct nw_listener_decl *listeners;
	unsigned listeners_count;
	char **resolvers;
	unsigned resolvers_count;
	char **ntp;
	unsigned ntp_count;
	struct nw_geo_files geo;
	char *flow_interval; /* as written, NULL = default of the command: 60 s, in trace 1 s */
	struct nw_limits limits;
	bool heads;
	char **sinks; /* names from nw_sinks; none = what the command writes by itself */
	unsigned sinks_count;

	/* made from the text above */
	struct nw_network *trusted;
	unsigned trusted_count;
	uint32_t flow_interval_s; /* 0 = default of the command */
	uint64_t hash;		  /* of the effective configuration, in records and recordings */
};

struct nw_config_error {
	unsigned line; /* from 1; 0 = the file as a whole */
	char text[512];
};

/* file NULL: NW_CONFIG_FILE if it is there, else the defaults. With the policy that stands beside it,
 * if there is one. Logs what is wrong. */
NW_MUST_CHECK int nw_config_load(const char *file, struct nw_config **ret);
/* The rows of a policy behind those that are there. Logs what is wrong; then c is half done. */
NW_MUST_CHECK int nw_config_add_policy(struct nw_config *c, const char *name, const char *text,
				       size_t len);
/* From text, as out of a recording. name: what messages call it. Logs what is wrong. */
NW_MUST_CHECK int nw_config_parse(const char *name, const char *text, size_t len,
				  struct nw_config **ret);
/* The same without a word: what is wrong is in err (-EINVAL, -E2BIG or -ENOMEM). */
NW_MUST_CHECK int nw_config_read(const char *text, size_t len, struct nw_config_error *err,
				 struct nw_config **ret);
void nw_config_free(struct nw_config *c);
/* The effective configuration as YAML that nw_config_parse() reads back to the same hash. */
int nw_config_print(const struct nw_config *c, FILE *out);
/* The same as text, for a recording; free() it. */
NW_MUST_CHECK int nw_config_text(const struct nw_config *c, char **ret, size_t *ret_len);
/* Inside = in trusted_networks; NAT64 (64:ff9b::/96) is unwrapped first. What is reached through a
 * tunnel that nw_config_trusts_tunnel() does not know is outside even then. */
bool nw_config_is_inside(const struct nw_config *c, const uint8_t addr[16]);
bool nw_config_trusts_tunnel(const struct nw_config *c, const char *interface);

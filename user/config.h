/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration, read with libcyaml. An unknown key is an error that names file, line and the
 * nearest known key. Every key is optional; nw_config_defaults() is what stands without a file.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/macro.h"

struct nw_network {
	uint8_t addr[16]; /* v4 mapped, host bits zero */
	uint8_t bits;	  /* 0-128 */
};

struct nw_recorder {
	char *name;
	char **exe; /* path prefixes */
	unsigned exe_count;
	char *unit;
	char *cgroup;
	char *user;
};

struct nw_camera_decl {
	char *name;
	char *address; /* or */
	char *network;
	char *maker;
};

struct nw_allowed {
	char *to; /* address, network or name */
	uint16_t port; /* 0 = any */
	char *program;
	char *why;
};

struct nw_listener_decl {
	uint16_t port;
	char *proto; /* tcp or udp */
	char *from;
};

struct nw_limits {
	uint32_t ring_bytes; /* power of two, 64 KiB .. 256 MiB; default 4 MiB */
	uint32_t processes;  /* table capacities */
	uint32_t flows;
	uint32_t listeners;
	uint32_t names;
	uint32_t heads;	     /* heads being put together */
};

struct nw_label {
	char *key;
	char *value;
};

struct nw_config {
	struct {
		char *name;
		char *organisation;
		char **labels; /* "key=value" */
		unsigned labels_count;
	} site;
	char **trusted_text;
	unsigned trusted_text_count;
	struct nw_recorder *recorders;
	unsigned recorders_count;
	char **recording_roots;
	unsigned recording_roots_count;
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
	uint32_t flow_interval_s; /* 0 = default of the command: 60, in trace 1 */
	struct nw_limits limits;
	bool heads; /* default true */
	char **sinks;
	unsigned sinks_count;

	/* made from the text above */
	struct nw_network *trusted;
	unsigned trusted_count;
	uint64_t hash; /* of the effective configuration, in records and recordings */
};

/* file NULL: /etc/nvrwatch/nvrwatch.yaml if it is there, else the defaults. Logs what is wrong. */
NW_MUST_CHECK int nw_config_load(const char *file, struct nw_config **ret);
/* From text, for recordings, tests and fuzzing. name: what messages call it. */
NW_MUST_CHECK int nw_config_parse(const char *name, const char *text, size_t len,
				  struct nw_config **ret);
void nw_config_free(struct nw_config *c);
/* The effective configuration as YAML that nw_config_parse() reads back to the same hash. */
int nw_config_print(const struct nw_config *c, FILE *out);
/* Inside = in trusted_networks; v4-mapped and NAT64 (64:ff9b::/96) are unwrapped first. */
bool nw_config_is_inside(const struct nw_config *c, const uint8_t addr[16]);
/* "10.0.0.0/8", "::1", "2001:db8::/32" */
NW_MUST_CHECK int nw_network_parse(const char *text, struct nw_network *ret);

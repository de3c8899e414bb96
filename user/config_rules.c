/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a good value is, key by key: one row each. The schema knows types, these rows know meaning.
 * Owns nothing, never logs.
 */
#include <ctype.h>
#include <string.h>

#include "config_schema.h"
#include "sinks/sink.h"
#include "spots.h"
#include "util/nearest.h"

#define KIB 1024ULL
#define MIB (1024ULL * 1024ULL)

static bool is_network(const char *value)
{
	struct nw_network net;

	return nw_parse_network(value, &net) == 0;
}

static bool is_address(const char *value)
{
	uint8_t addr[16];

	return nw_parse_address(value, addr) == 0;
}

static bool is_path(const char *value)
{
	return value[0] == '/';
}

/* As dev_valid_name() in net/core/dev.c. */
static bool is_interface(const char *value)
{
	size_t len = strlen(value);

	return len > 0 && len < 16 && strcmp(value, ".") != 0 && strcmp(value, "..") != 0 &&
	       strcspn(value, "/: \t\n\v\f\r") == len;
}

/* RFC 1123, and "_" that people use anyway; "*." in front means every name below. */
static bool is_name(const char *value)
{
	const char *p = strncmp(value, "*.", 2) == 0 ? value + 2 : value;
	size_t label = 0;

	if (strlen(p) == 0 || strlen(p) > 253) {
		return false;
	}
	for (; *p; p++) {
		if (*p == '.' && label == 0) {
			return false;
		}
		label = *p == '.' ? 0 : label + 1;
		if (label > 63 || (!isalnum((unsigned char)*p) && !strchr("-_.", *p))) {
			return false;
		}
	}
	return true;
}

static bool is_host(const char *value)
{
	return is_address(value) || is_name(value);
}

/* Digits and dots, or a slash, or a colon: meant as an address, so it must be one. */
static bool is_destination(const char *value)
{
	bool numeric = strspn(value, "0123456789./") == strlen(value) || strchr(value, ':') ||
		       strchr(value, '/');

	return numeric ? is_network(value) : is_name(value);
}

static bool is_label(const char *value)
{
	const char *equals = strchr(value, '=');

	return equals && equals > value;
}

static bool is_proto(const char *value)
{
	return strcmp(value, "tcp") == 0 || strcmp(value, "udp") == 0;
}

static bool is_spot(const char *value)
{
	return nw_spots_wrong(value) == NULL;
}

static bool is_kind(const char *value)
{
	size_t len = strlen(value);

	return len > 0 && len <= NW_CHANGE_KIND_MAX &&
	       strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* A "*" in it would be one of the patterns below it. */
static bool is_root(const char *value)
{
	return is_path(value) && !strchr(value, '*');
}

static bool is_interval(const char *value)
{
	uint64_t ns;

	return nw_parse_duration(value, &ns) == 0 && ns % NW_NSEC_PER_SEC == 0 &&
	       ns <= 3600 * NW_NSEC_PER_SEC;
}

static bool is_ring(const char *value)
{
	uint64_t n;

	return nw_parse_u64(value, 64 * KIB, 256 * MIB, &n) == 0 && (n & (n - 1)) == 0;
}

static bool is_table(const char *value)
{
	uint64_t n;

	return nw_parse_u64(value, 64, 4 * MIB, &n) == 0;
}

static bool is_port(const char *value)
{
	uint64_t n;

	return nw_parse_u64(value, 1, 65535, &n) == 0;
}

static bool is_port_or_any(const char *value)
{
	return strcmp(value, "0") == 0 || is_port(value);
}

static bool is_sink(const char *value)
{
	return nw_sink_find(value) != NULL;
}

static bool is_start(const char *value)
{
	return is_path(value) || strcmp(value, NW_STARTS_NOTHING) == 0;
}

#define TABLE_SIZE "a number of entries from 64 to 4194304"
#define HOST	   "an address or a host name"

static const struct {
	const char *path;
	bool (*is_good)(const char *value);
	const char *expects;
} rules[] = {
	{ "site.labels[]", is_label, "key=value" },
	{ "trusted_networks[]", is_network, "a network such as 10.0.0.0/8 or fd00::/8" },
	{ "trusted_tunnels[]", is_interface, "the name of a network interface such as wg0" },
	{ "recorders[].exe[]", is_path, "an absolute path" },
	{ "recorders[].starts[]", is_start, "an absolute path, or " NW_STARTS_NOTHING },
	{ "recording_roots[]", is_path, "an absolute path" },
	{ "spots[].path", is_spot, NW_SPOTS_PATTERN },
	{ "spots[].kind", is_kind, "a word of a-z, 0-9 and -, of 32 at most" },
	{ "spots[].technique", nw_spots_is_technique, "a technique such as T1543.002" },
	{ "host_root", is_root, "an absolute path without *" },
	{ "cameras[].address", is_address, "an address such as 192.168.1.20 or fd00::20" },
	{ "cameras[].network", is_network, "a network such as 192.168.1.0/24" },
	{ "allowed[].to", is_destination,
	  "an address, a network, or a name such as *.example.org" },
	{ "allowed[].port", is_port_or_any, "a port from 1 to 65535, or 0 for any" },
	{ "listeners[].port", is_port, "a port from 1 to 65535" },
	{ "listeners[].proto", is_proto, "tcp or udp" },
	{ "listeners[].from", is_network, "a network such as 192.168.1.0/24" },
	{ "resolvers[]", is_address, "an address such as 192.168.1.1" },
	{ "ntp[]", is_host, HOST },
	{ "geo.country", is_path, "an absolute path" },
	{ "geo.asn", is_path, "an absolute path" },
	{ "flow_interval", is_interval, "whole seconds up to one hour, such as 60s or 5m" },
	{ "limits.ring_bytes", is_ring, "a power of two from 65536 to 268435456" },
	{ "limits.processes", is_table, TABLE_SIZE },
	{ "limits.flows", is_table, TABLE_SIZE },
	{ "limits.listeners", is_table, TABLE_SIZE },
	{ "limits.names", is_table, TABLE_SIZE },
	{ "limits.heads", is_table, TABLE_SIZE },
};

/* The sinks are whatever is in their folder, so what is expected is made up here. */
static const char *expects_sink(const char *value, char *buf, size_t size)
{
	struct nw_nearest best = { 0 };
	size_t len;

	if (is_sink(value)) {
		return NULL;
	}
	(void)snprintf(buf, size, "the name of a sink (nvrwatch list sinks)");
	for (unsigned i = 0; nw_sinks[i]; i++) {
		nw_nearest_try(&best, value, nw_sinks[i]->name);
	}
	len = strlen(buf);
	if (best.word) {
		(void)snprintf(buf + len, size - len, "; did you mean '%s'?", best.word);
	}
	return buf;
}

static const char *expects(const char *path, const char *value, char *buf, size_t size)
{
	if (strcmp(path, "sinks[]") == 0) {
		return expects_sink(value, buf, size);
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(rules); i++) {
		if (strcmp(path, rules[i].path) == 0) {
			return rules[i].is_good(value) ? NULL : rules[i].expects;
		}
	}
	return NULL;
}

static const char *mapping_wrong(const char *path, nw_has_key_fn has, const void *mapping)
{
	if (strcmp(path, "recorders[]") == 0 && !has(mapping, "exe") && !has(mapping, "unit") &&
	    !has(mapping, "cgroup") && !has(mapping, "user")) {
		return "a recorder needs 'exe', 'unit', 'cgroup' or 'user': else it is nobody";
	}
	if (strcmp(path, "cameras[]") == 0 && has(mapping, "address") == has(mapping, "network")) {
		return "a camera needs either 'address' or 'network'";
	}
	if (strcmp(path, "allowed[]") == 0 && !has(mapping, "to")) {
		return "an entry of 'allowed' needs 'to'";
	}
	if (strcmp(path, "spots[]") == 0 && (!has(mapping, "path") || !has(mapping, "kind"))) {
		return "a spot needs 'path' and 'kind'";
	}
	if (strcmp(path, "listeners[]") == 0 && !has(mapping, "port")) {
		return "a listener needs 'port'";
	}
	return NULL;
}

const struct nw_config_rules nw_config_rules = {
	.whole = "the configuration",
	.expects = expects,
	.mapping_wrong = mapping_wrong,
};

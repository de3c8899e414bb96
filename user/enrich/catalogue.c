/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Catalogue files -> rows, with libcyaml; what is wrong is found and named by config_check.c, with
 * the rules below. Owns nothing after a call but what it gave away.
 */
#include "enrich/catalogue.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config_schema.h"
#include "enrich/vendors.h"
#include "log.h"
#include "spots.h"
#include "util/parse.h"

#define TEXT_MAX  1024
#define ROWS_MAX  4096
#define FILES_MAX 256

#define OPT CYAML_FLAG_OPTIONAL
#define TEXT(k)                                                                             \
	CYAML_FIELD_STRING_PTR(#k, CYAML_FLAG_POINTER | OPT, struct nw_catalogue_row, k, 1, \
			       TEXT_MAX)
#define UINT(k) CYAML_FIELD_UINT(#k, OPT, struct nw_catalogue_row, k)
#define LIST(k)                                                                                  \
	CYAML_FIELD_SEQUENCE(#k, CYAML_FLAG_POINTER | OPT, struct nw_catalogue_row, k, &text, 0, \
			     ROWS_MAX)
#define SOURCE TEXT(source), TEXT(date), TEXT(note)

static const cyaml_schema_value_t text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX),
};

#define ROW(list, ...)                                                                           \
	static const cyaml_schema_field_t list##_fields[] = { __VA_ARGS__, SOURCE,               \
							      CYAML_FIELD_END };                 \
	static const cyaml_schema_value_t list##_row = {                                         \
		CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct nw_catalogue_row, list##_fields), \
	}

ROW(makers, TEXT(id), TEXT(name), TEXT(country), TEXT(beside));
ROW(rebrands, TEXT(name), TEXT(maker));
ROW(domains, TEXT(name), TEXT(maker), TEXT(service));
ROW(ranges, TEXT(network), TEXT(maker), TEXT(service));
ROW(ports, UINT(port), UINT(last), TEXT(proto), TEXT(maker), TEXT(service));
ROW(restrictions, TEXT(maker), TEXT(what), TEXT(where), TEXT(since));
ROW(recorders, TEXT(name), TEXT(maker), LIST(exe), LIST(units), LIST(roots));

ROW(signs, TEXT(place), TEXT(begins), TEXT(maker));
ROW(others, TEXT(place), TEXT(begins), TEXT(kind));
ROW(spots, TEXT(path), TEXT(kind), TEXT(technique));
ROW(libraries, TEXT(name), TEXT(maker));

#define ROWS(list)                                                                       \
	CYAML_FIELD_SEQUENCE(#list, CYAML_FLAG_POINTER | OPT, struct nw_catalogue, list, \
			     &list##_row, 0, ROWS_MAX)

static const cyaml_schema_field_t fields[] = {
	ROWS(makers), ROWS(rebrands),	  ROWS(domains),   ROWS(ranges),
	ROWS(ports),  ROWS(restrictions), ROWS(recorders), ROWS(signs),
	ROWS(others), ROWS(spots),	  ROWS(libraries), CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct nw_catalogue, fields),
};
static const cyaml_config_t cyaml = {
	.mem_fn = cyaml_mem,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_NO_ALIAS,
};

/* ---- good values ---------------------------------------------------------------------------- */

static bool is_network(const char *value)
{
	struct nw_network net;

	return strchr(value, '/') && nw_parse_network(value, &net) == 0 && net.bits > 0;
}

static bool is_port(const char *value)
{
	uint64_t n;

	return nw_parse_u64(value, 1, 65535, &n) == 0;
}

static bool is_proto(const char *value)
{
	return strcmp(value, "tcp") == 0 || strcmp(value, "udp") == 0;
}

static bool is_country(const char *value)
{
	return strlen(value) == 2 && isupper((unsigned char)value[0]) &&
	       isupper((unsigned char)value[1]);
}

static unsigned two_digits(const char *p)
{
	return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

/* 2024, 2024-02, 2024-02-29 */
static bool is_date(const char *value)
{
	size_t len = strlen(value);

	if (len != 4 && len != 7 && len != 10) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (i == 4 || i == 7 ? value[i] != '-' : !isdigit((unsigned char)value[i])) {
			return false;
		}
	}
	return (value[0] == '1' || value[0] == '2') &&
	       (len < 7 || two_digits(value + 5) - 1 < 12) &&
	       (len < 10 || two_digits(value + 8) - 1 < 31);
}

static bool is_path(const char *value)
{
	return value[0] == '/';
}

/* As much as state keeps; what is told has tabs between its parts, and is a line. */
static bool is_line(const char *value, size_t max)
{
	size_t len = strlen(value);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f) {
			return false;
		}
	}
	return len < max;
}

static bool is_name(const char *value)
{
	return is_line(value, 64);
}

static bool is_brand(const char *value)
{
	return is_line(value, 48);
}

static bool is_where(const char *value)
{
	return is_line(value, 24);
}

static bool is_what(const char *value)
{
	return is_line(value, 256);
}

/* Blanks stand between what is told of it. */
static bool is_unit(const char *value)
{
	return is_line(value, 128) && !strchr(value, ' ');
}

static bool is_program(const char *value)
{
	return is_path(value) && is_unit(value);
}

static bool is_place(const char *value)
{
	static const char *const places[] = { "server", "realm", "certificate", "path",
					      "model",	"type",	 "protocol" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(places); i++) {
		if (strcmp(value, places[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* What state keeps of it; less says nothing. */
static bool is_beginning(const char *value)
{
	return strlen(value) >= 3 && is_line(value, 48);
}

static bool is_spot(const char *value)
{
	return nw_spots_wrong(value) == NULL;
}

/* A file's name, long enough to say something; what stands behind it is a version. The kernel side takes
 * a name to end at its first ".so" with nothing, '.' or '-' behind it: bpf/hooks/lib_scan.bpf.c. */
static bool is_library(const char *value)
{
	size_t len = strlen(value);
	const char *at = value;

	while ((at = strstr(at, ".so")) && !strchr(".-", at[3])) {
		at += 3;
	}
	return len >= 6 && len < 48 && !strpbrk(value, "/\t \\") && at && !at[3];
}

static const struct {
	const char *path; /* of any list: "[].date" */
	bool (*is_good)(const char *value);
	const char *expects;
} rules[] = {
	{ "makers[].id", nw_vendor_is_word, "a word of a-z, 0-9 and -, of 25 at most" },
	{ "makers[].name", is_name, "one line of 63 bytes at most" },
	{ "rebrands[].name", is_brand, "one line of 47 bytes at most" },
	{ "restrictions[].where", is_where, "one line of 23 bytes at most" },
	{ "restrictions[].what", is_what, "one line of 255 bytes at most" },
	{ "makers[].country", is_country, "two capitals such as NL" },
	{ "domains[].name", nw_vendor_is_domain, "a domain in lower case, such as example.org" },
	{ "ranges[].network", is_network, "a network such as 192.0.2.0/24" },
	{ "ports[].port", is_port, "a port from 1 to 65535" },
	{ "ports[].last", is_port, "a port from 1 to 65535" },
	{ "ports[].proto", is_proto, "tcp or udp" },
	{ "signs[].place", is_place, "server, realm, certificate, path, model, type or protocol" },
	{ "signs[].begins", is_beginning, "a text of 3 to 47 bytes" },
	{ "others[].place", is_place, "server, realm, certificate, path, model, type or protocol" },
	{ "others[].begins", is_beginning, "a text of 3 to 47 bytes" },
	{ "others[].kind", nw_vendor_is_word, "a word of a-z, 0-9 and -, of 25 at most" },
	{ "spots[].path", is_spot, NW_SPOTS_PATTERN },
	{ "spots[].kind", nw_vendor_is_word, "a word of a-z, 0-9 and -, of 25 at most" },
	{ "spots[].technique", nw_spots_is_technique, "a technique such as T1543.002" },
	{ "libraries[].name", is_library,
	  "a file's name up to its version, such as libx.so, of 6 to 47 bytes" },
	{ "recorders[].name", is_name, "one line of 63 bytes at most" },
	{ "recorders[].exe[]", is_program,
	  "an absolute path of 127 bytes at most, without blanks" },
	{ "recorders[].units[]", is_unit, "a unit's name, of 127 bytes at most" },
	{ "recorders[].roots[]", is_path, "an absolute path" },
	{ "[].maker", nw_vendor_is_word, "the id of a maker" },
	{ "[].service", nw_vendor_is_word, "a word of a-z, 0-9 and -, of 25 at most" },
	{ "[].since", is_date, "YYYY, YYYY-MM or YYYY-MM-DD" },
	{ "[].date", is_date, "YYYY, YYYY-MM or YYYY-MM-DD" },
};

static const char *expects(const char *path, const char *value, char *buf, size_t size)
{
	const char *in_row = strchr(path, '[');

	(void)buf;
	(void)size;
	if (!in_row) {
		in_row = path;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(rules); i++) {
		const char *at = rules[i].path[0] == '[' ? in_row : path;

		if (strcmp(at, rules[i].path) == 0 && !rules[i].is_good(value)) {
			return rules[i].expects;
		}
	}
	return NULL;
}

/* A row without its source is hearsay. */
static const char *mapping_wrong(const char *path, nw_has_key_fn has, const void *mapping)
{
	static const struct {
		const char *list;
		const char *needs[4];
		const char *says;
	} lists[] = {
		{ "makers[]", { "id", "name" }, "a maker needs 'id' and 'name'" },
		{ "rebrands[]", { "name", "maker" }, "a rebrand needs 'name' and 'maker'" },
		{ "domains[]",
		  { "name", "maker", "service" },
		  "a domain needs 'name', 'maker' and 'service'" },
		{ "ranges[]",
		  { "network", "maker", "service" },
		  "a range needs 'network', 'maker' and 'service'" },
		{ "ports[]",
		  { "port", "proto", "maker", "service" },
		  "a port needs 'port', 'proto', 'maker' and 'service'" },
		{ "restrictions[]",
		  { "maker", "what", "where", "since" },
		  "a restriction needs 'maker', 'what', 'where' and 'since'" },
		{ "signs[]",
		  { "place", "begins", "maker" },
		  "a sign needs 'place', 'begins' and 'maker'" },
		{ "others[]",
		  { "place", "begins", "kind" },
		  "what is no camera needs 'place', 'begins' and 'kind'" },
		{ "spots[]",
		  { "path", "kind", "technique" },
		  "a spot needs 'path', 'kind' and 'technique'" },
		{ "recorders[]", { "name" }, "a recorder needs 'name'" },
		{ "libraries[]", { "name", "maker" }, "a library needs 'name' and 'maker'" },
	};

	if (!*path) {
		return NULL;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(lists); i++) {
		if (strcmp(lists[i].list, path) != 0) {
			continue;
		}
		for (size_t k = 0; k < 4 && lists[i].needs[k]; k++) {
			if (!has(mapping, lists[i].needs[k])) {
				return lists[i].says;
			}
		}
	}
	return has(mapping, "source") && has(mapping, "date")
		       ? NULL
		       : "a row needs 'source' and 'date': who says so, and when";
}

static const struct nw_config_rules catalogue_rules = {
	.whole = "the catalogue",
	.expects = expects,
	.mapping_wrong = mapping_wrong,
};

/* ---- files ---------------------------------------------------------------------------------- */

void nw_catalogue_free(struct nw_catalogue *c)
{
	(void)cyaml_free(&cyaml, &schema, c, 0);
}

/* What only two values together tell. */
static int check_ports(const char *file, const struct nw_catalogue *c)
{
	for (unsigned i = 0; i < c->ports_count; i++) {
		const struct nw_catalogue_row *r = &c->ports[i];

		if (r->last && r->last < r->port) {
			nw_err("%s: ports from %u to %u: 'last' is before 'port'", file, r->port,
			       r->last);
			return -EINVAL;
		}
	}
	return 0;
}

int nw_catalogue_load(const char *file, struct nw_catalogue **ret)
{
	static const char nothing[] = "{}";
	struct nw_config_present present = { 0 };
	struct nw_config_error err = { 0 };
	NW_CLEANUP_FREE char *buf = NULL;
	struct nw_catalogue *c = NULL;
	const char *yaml;
	struct stat st;
	size_t len = 0;
	cyaml_err_t cr;
	int r;

	if (stat(file, &st) == 0 && S_ISFIFO(st.st_mode)) { /* would be waited for */
		nw_err("%s is a pipe, expected a file", file);
		return -EINVAL;
	}
	r = nw_config_file(file, "the catalogue", &buf, &len);
	if (r < 0) {
		return r;
	}
	r = nw_config_check(buf, len, &schema, &catalogue_rules, &present, &err);
	if (r < 0 && err.line > 0) {
		nw_err("%s:%u: %s", file, err.line, err.text);
		return r;
	}
	if (r < 0) {
		nw_err("%s: %s", file, err.text);
		return r;
	}
	yaml = present.any ? buf : nothing;
	len = present.any ? len : strlen(nothing);
	cr = cyaml_load_data((const uint8_t *)yaml, len, &cyaml, &schema, (cyaml_data_t **)&c,
			     NULL);
	if (cr != CYAML_OK) {
		nw_err("%s: cannot be loaded: %s", file, cyaml_strerror(cr));
		return cr == CYAML_ERR_OOM ? -ENOMEM : -EINVAL;
	}
	r = check_ports(file, c);
	if (r < 0) {
		nw_catalogue_free(c);
		return r;
	}
	*ret = c;
	return 0;
}

static int is_yaml(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 && strcmp(d->d_name + len - 5, ".yaml") == 0;
}

int nw_catalogue_each(const char *folder, nw_catalogue_fn each, void *ctx)
{
	struct dirent **entry = NULL;
	int n = scandir(folder, &entry, is_yaml, alphasort);
	int r = 0;

	if (n < 0) {
		return errno == ENOENT ? 0 : nw_err_r(-errno, "cannot read the folder %s", folder);
	}
	if (n > FILES_MAX) {
		nw_err("%s: more than %u files", folder, FILES_MAX);
		r = -E2BIG;
	}
	for (int i = 0; i < n; i++) {
		struct nw_catalogue *c = NULL;
		char file[1024];

		(void)snprintf(file, sizeof(file), "%s/%s", folder, entry[i]->d_name);
		r = r < 0 ? r : nw_catalogue_load(file, &c);
		r = r < 0 ? r : each(ctx, file, c);
		nw_catalogue_free(c);
		free(entry[i]);
	}
	free(entry);
	return r;
}

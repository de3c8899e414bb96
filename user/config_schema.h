/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between who loads YAML (config.c, enrich/catalogue.c) and config_check.c, which finds what is wrong
 * and where. One schema, libcyaml's, says what keys there are; nobody else includes this.
 */
#pragma once

#include <cyaml/cyaml.h>

#include "config.h"

/* Top-level keys whose absence is not the same as an empty list or false. */
struct nw_config_present {
	bool trusted_networks;
	bool heads;
	bool any; /* the text holds a document at all */
};

/*
 * What a schema does not say. Is this a good value for the key at path ("cameras[].address")? NULL,
 * or what is expected there; buf: room for a sentence that is made for this value. And keys of one
 * mapping that depend on each other: NULL, or what is wrong. has() asks for a key.
 */
typedef bool (*nw_has_key_fn)(const void *mapping, const char *key);
struct nw_config_rules {
	const char *whole; /* "the configuration" */
	const char *(*expects)(const char *path, const char *value, char *buf, size_t size);
	const char *(*mapping_wrong)(const char *path, nw_has_key_fn has, const void *mapping);
};
extern const struct nw_config_rules nw_config_rules;

/* Anew, after something changed. */
NW_MUST_CHECK int nw_config_make_hash(struct nw_config *c);

/* The text of a file, of NW_CONFIG_BYTES_MAX + 1 bytes at most; free() it. Logs: "cannot open <what>
 * <name>". */
NW_MUST_CHECK int nw_config_file(const char *name, const char *what, char **ret, size_t *ret_len);

/*
 * Walk the text beside the schema. 0 means that libcyaml will take it. libcyaml itself says neither
 * the nearest key nor what was expected, takes octal, any word as a boolean, and aliases that grow.
 */
NW_MUST_CHECK int nw_config_check(const char *text, size_t len, const cyaml_schema_value_t *schema,
				  const struct nw_config_rules *rules,
				  struct nw_config_present *present, struct nw_config_error *err);

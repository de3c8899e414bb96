/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration text beside libcyaml's schema: the first mistake, with its line and what was
 * expected. First libyaml's events, which tell depth, aliases and further documents while nothing
 * is kept, then its document, which is walked with the schema. Owns both while it works; never logs.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <yaml.h>

#include "config_schema.h"
#include "util/nearest.h"

#define PATH_MAX_LEN 128
#define DEPTH_MAX    8 /* the schema's is 4 */

struct walk {
	yaml_document_t doc;
	const struct nw_config_rules *rules;
	struct nw_config_present *present;
	struct nw_config_error *err;
	char path[PATH_MAX_LEN]; /* "cameras[].address" */
};

static int wrong(struct nw_config_error *err, size_t line0, const char *fmt, ...) NW_PRINTF(3, 4);

static int wrong(struct nw_config_error *err, size_t line0, const char *fmt, ...)
{
	va_list ap;

	err->line = (unsigned)line0 + 1;
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int check_value(struct walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema);

static const char *scalar(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

/* Nothing is written there. What is quoted is text, and so is "null" where text is wanted. */
static bool is_null(const yaml_node_t *node, cyaml_type_e wanted)
{
	if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
		return false;
	}
	return node->data.scalar.length == 0 ||
	       (wanted != CYAML_STRING &&
		(strcmp(scalar(node), "~") == 0 || strcmp(scalar(node), "null") == 0));
}

static const char *type_name(const cyaml_schema_value_t *schema)
{
	switch (schema->type) {
	case CYAML_MAPPING:
		return "keys with values";
	case CYAML_SEQUENCE:
		return "a list";
	case CYAML_BOOL:
		return "true or false";
	case CYAML_UINT:
		return "a whole number";
	default:
		return "text";
	}
}

static const char *shown(const struct walk *w)
{
	return *w->path ? w->path : w->rules->whole;
}

/* ---- mappings ---- */

static const cyaml_schema_field_t *field_of(const cyaml_schema_value_t *schema, const char *key)
{
	for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key; f++) {
		if (strcmp(f->key, key) == 0) {
			return f;
		}
	}
	return NULL;
}

static int unknown_key(struct walk *w, const yaml_node_t *key, const cyaml_schema_value_t *schema)
{
	struct nw_nearest best = { 0 };

	for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key; f++) {
		nw_nearest_try(&best, scalar(key), f->key);
	}
	if (best.word) {
		return wrong(w->err, key->start_mark.line,
			     "unknown key '%.64s' in %s; did you mean '%s'?", scalar(key), shown(w),
			     best.word);
	}
	return wrong(w->err, key->start_mark.line, "unknown key '%.64s' in %s", scalar(key),
		     shown(w));
}

struct mapping {
	struct walk *w;
	const yaml_node_t *node;
};

static bool has_key(const void *mapping, const char *key)
{
	const struct mapping *m = mapping;
	const yaml_node_pair_t *end = m->node->data.mapping.pairs.top;

	for (const yaml_node_pair_t *p = m->node->data.mapping.pairs.start; p < end; p++) {
		const yaml_node_t *k = yaml_document_get_node(&m->w->doc, p->key);

		if (k->type == YAML_SCALAR_NODE && strcmp(scalar(k), key) == 0) {
			return true;
		}
	}
	return false;
}

static int check_key(struct walk *w, const yaml_node_t *mapping, const yaml_node_pair_t *pair,
		     const cyaml_schema_value_t *schema)
{
	const yaml_node_t *key = yaml_document_get_node(&w->doc, pair->key);

	if (key->type != YAML_SCALAR_NODE || strlen(scalar(key)) != key->data.scalar.length) {
		return wrong(w->err, key->start_mark.line, "a key of %s is not plain text",
			     shown(w));
	}
	if (!field_of(schema, scalar(key))) {
		return unknown_key(w, key, schema);
	}
	for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < pair; p++) {
		const yaml_node_t *other = yaml_document_get_node(&w->doc, p->key);

		if (strcmp(scalar(other), scalar(key)) == 0) {
			return wrong(w->err, key->start_mark.line,
				     "key '%s' is already given in line %zu", scalar(key),
				     other->start_mark.line + 1);
		}
	}
	return 0;
}

static void note_present(struct walk *w)
{
	if (strcmp(w->path, "trusted_networks") == 0) {
		w->present->trusted_networks = true;
	}
	if (strcmp(w->path, "heads") == 0) {
		w->present->heads = true;
	}
}

static int check_mapping(struct walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	const struct mapping m = { .w = w, .node = node };
	size_t depth = strlen(w->path);
	const char *sentence;

	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		const char *key;
		int r = check_key(w, node, p, schema);

		if (r < 0) {
			return r;
		}
		key = scalar(yaml_document_get_node(&w->doc, p->key));
		(void)snprintf(w->path + depth, sizeof(w->path) - depth, "%s%s", depth ? "." : "",
			       key);
		note_present(w);
		r = check_value(w, yaml_document_get_node(&w->doc, p->value),
				&field_of(schema, key)->value);
		w->path[depth] = '\0';
		if (r < 0) {
			return r;
		}
	}
	sentence = w->rules->mapping_wrong(w->path, has_key, &m);
	if (sentence) {
		return wrong(w->err, node->start_mark.line, "%s", sentence);
	}
	return 0;
}

/* ---- lists and scalars ---- */

static int check_list(struct walk *w, const yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	const yaml_node_item_t *start = node->data.sequence.items.start;
	size_t depth = strlen(w->path);

	if (node->data.sequence.items.top - start > (ptrdiff_t)schema->sequence.max) {
		return wrong(w->err, node->start_mark.line, "'%s' has more than %u entries",
			     w->path, schema->sequence.max);
	}
	(void)snprintf(w->path + depth, sizeof(w->path) - depth, "[]");
	for (const yaml_node_item_t *i = start; i < node->data.sequence.items.top; i++) {
		int r = check_value(w, yaml_document_get_node(&w->doc, *i), schema->sequence.entry);

		if (r < 0) {
			return r;
		}
	}
	w->path[depth] = '\0';
	return 0;
}

static const char *expects(const struct walk *w, const cyaml_schema_value_t *schema,
			   const char *value, size_t len, char *buf, size_t size)
{
	uint64_t number;

	switch (schema->type) {
	case CYAML_BOOL:
		if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
			return type_name(schema);
		}
		return NULL;
	case CYAML_UINT:
		if (nw_parse_u64(value, 0, UINT64_MAX, &number) < 0) {
			return type_name(schema);
		}
		break;
	default:
		if (len < schema->string.min || len > schema->string.max || strlen(value) != len) {
			return "text of 1 to 4096 bytes without NUL";
		}
	}
	return w->rules->expects(w->path, value, buf, size);
}

static int check_scalar(struct walk *w, const yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	char buf[160];
	const char *sentence =
		expects(w, schema, scalar(node), node->data.scalar.length, buf, sizeof(buf));

	if (sentence) {
		return wrong(w->err, node->start_mark.line, "'%s' is '%.64s', expected %s", w->path,
			     scalar(node), sentence);
	}
	return 0;
}

static int check_value(struct walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	yaml_node_type_t type = schema->type == CYAML_MAPPING	 ? YAML_MAPPING_NODE
				: schema->type == CYAML_SEQUENCE ? YAML_SEQUENCE_NODE
								 : YAML_SCALAR_NODE;

	if (is_null(node, schema->type)) {
		return wrong(w->err, node->start_mark.line, "'%s' is empty, expected %s", shown(w),
			     type_name(schema));
	}
	if (node->type != type) {
		return wrong(w->err, node->start_mark.line, "'%s' must be %s", shown(w),
			     type_name(schema));
	}
	switch (type) {
	case YAML_MAPPING_NODE:
		return check_mapping(w, node, schema);
	case YAML_SEQUENCE_NODE:
		return check_list(w, node, schema);
	default:
		return check_scalar(w, node, schema);
	}
}

/* ---- the document ---- */

/* Does line (from 0) begin with a tab? YAML's own words for it help nobody. */
static bool has_tab(const char *text, size_t len, size_t line)
{
	const char *end = text + len;

	for (; line > 0; line--) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));

		if (!nl) {
			return false;
		}
		text = nl + 1;
	}
	while (text < end && *text == ' ') {
		text++;
	}
	return text < end && *text == '\t';
}

static int not_yaml(const yaml_parser_t *parser, const char *text, size_t len,
		    struct nw_config_error *err)
{
	const char *problem = parser->problem ? parser->problem : "not readable";
	size_t line = parser->problem_mark.line;

	if (parser->error == YAML_MEMORY_ERROR) {
		(void)snprintf(err->text, sizeof(err->text), "out of memory");
		return -ENOMEM;
	}
	if (parser->error == YAML_READER_ERROR) {
		line = 0; /* no mark, but an offset */
		for (size_t i = 0; i < parser->problem_offset && i < len; i++) {
			line += text[i] == '\n';
		}
	}
	if (has_tab(text, len, line)) {
		return wrong(err, line, "a tab at the start of the line: YAML indents with spaces");
	}
	if (parser->context && parser->context_mark.line != line) {
		return wrong(err, line, "not YAML: %s (%s in line %zu)", problem, parser->context,
			     parser->context_mark.line + 1);
	}
	return wrong(err, line, "not YAML: %s", problem);
}

/* One event; 1 when the text ends, and *depth follows the brackets. */
static int check_event(const yaml_event_t *event, unsigned *depth, unsigned *documents,
		       struct nw_config_error *err)
{
	size_t line = event->start_mark.line;

	switch (event->type) {
	case YAML_STREAM_END_EVENT:
		return 1;
	case YAML_ALIAS_EVENT:
		return wrong(err, line, "an alias (*name), which is not supported");
	case YAML_DOCUMENT_START_EVENT:
		if (++*documents > 1) {
			return wrong(err, line,
				     "a second document ('---') begins here; only one is read");
		}
		return 0;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		if (++*depth > DEPTH_MAX) {
			return wrong(err, line, "nested deeper than any key is");
		}
		return 0;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		--*depth;
		return 0;
	default:
		return 0;
	}
}

/* libyaml's time grows with the square of the depth, so this stops at the first step too deep. */
static int check_events(yaml_parser_t *parser, const char *text, size_t len,
			struct nw_config_error *err)
{
	unsigned depth = 0;
	unsigned documents = 0;
	yaml_event_t event;
	int r = 0;

	while (r == 0) {
		if (!yaml_parser_parse(parser, &event)) {
			return not_yaml(parser, text, len, err);
		}
		r = check_event(&event, &depth, &documents, err);
		yaml_event_delete(&event);
	}
	return r < 0 ? r : 0;
}

static int check_document(yaml_parser_t *parser, struct walk w, const cyaml_schema_value_t *schema)
{
	yaml_node_t *root;
	int r = 0;

	if (!yaml_parser_load(parser, &w.doc)) {
		(void)snprintf(w.err->text, sizeof(w.err->text),
			       "out of memory"); /* it parsed before */
		return -ENOMEM;
	}
	root = yaml_document_get_root_node(&w.doc);
	if (root && !is_null(root, schema->type)) {
		r = check_value(&w, root, schema);
		w.present->any = true;
	}
	yaml_document_delete(&w.doc);
	return r;
}

int nw_config_check(const char *text, size_t len, const cyaml_schema_value_t *schema,
		    const struct nw_config_rules *rules, struct nw_config_present *present,
		    struct nw_config_error *err)
{
	const struct walk walk = { .rules = rules, .present = present, .err = err };
	int r = 0;

	if (len > NW_CONFIG_BYTES_MAX) {
		(void)snprintf(err->text, sizeof(err->text), "larger than %u bytes",
			       NW_CONFIG_BYTES_MAX);
		return -E2BIG;
	}
	for (unsigned pass = 0; pass < 2 && r == 0; pass++) {
		yaml_parser_t parser;

		if (!yaml_parser_initialize(&parser)) {
			(void)snprintf(err->text, sizeof(err->text), "out of memory");
			return -ENOMEM;
		}
		yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
		r = pass == 0 ? check_events(&parser, text, len, err)
			      : check_document(&parser, walk, schema);
		yaml_parser_delete(&parser);
	}
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two tables of prefixes, ours and the registry's. Owns both, and until it is read the registry's
 * open files. The registry's takes at most 3 MiB; what finds no room there is not known, and a
 * file of it that cannot be read ends where it ends.
 */
#include "enrich/oui.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "util/lru.h"

#define OURS_ROWS     4096
#define OURS_TEXT     (128U << 10)
#define REGISTRY_ROWS 65536
#define REGISTRY_TEXT (1536U << 10)
#define FILES	      4
#define FIELD_MAX     256

struct row {
	uint64_t key; /* prefix, left-aligned in 48 bits, then its length in bits */
	uint32_t maker;
	uint32_t organisation; /* offsets in text; 0 = none */
};

struct table {
	uint32_t rows_max; /* power of two */
	uint32_t rows;
	uint32_t text_max;
	uint32_t text_len;
	struct row *row;
	uint32_t *slot; /* row + 1, open addressing, 2 * rows_max */
	char *text;
};

struct nw_oui {
	struct table ours;
	struct table registry; /* no rows: not read yet */
	int file[FILES];
};

/* ---- a table -------------------------------------------------------------------------------- */

static int table_init(struct table *t, uint32_t rows, uint32_t text)
{
	*t = (struct table){ .rows_max = rows, .text_max = text, .text_len = 1 };
	t->row = calloc(rows, sizeof(*t->row));
	t->slot = calloc(2 * (size_t)rows, sizeof(*t->slot));
	t->text = calloc(1, text);
	return t->row && t->slot && t->text ? 0 : -ENOMEM;
}

static void table_free(struct table *t)
{
	free(t->row);
	free(t->slot);
	free(t->text);
	*t = (struct table){ 0 };
}

/* Its place, or the free one where it would be. */
static uint32_t *slot_of(const struct table *t, uint64_t key)
{
	uint32_t mask = 2 * t->rows_max - 1;
	uint32_t i = (uint32_t)nw_hash_mix(0, key) & mask;

	while (t->slot[i] && t->row[t->slot[i] - 1].key != key) {
		i = (i + 1) & mask;
	}
	return &t->slot[i];
}

/* 0 when there is none, or no room. */
static uint32_t put_text(struct table *t, const char *text)
{
	size_t len = strnlen(text, NW_OUI_TEXT_MAX - 1);
	uint32_t at = t->text_len;

	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
		len--; /* never within a character */
	}
	if (len == 0 || at + len + 1 > t->text_max) {
		return 0;
	}
	memcpy(t->text + at, text, len);
	t->text[at + len] = '\0';
	t->text_len += (uint32_t)len + 1;
	return at;
}

/* -EEXIST when the prefix is there, -ENOSPC when there is no room. */
static int table_add(struct table *t, uint64_t key, const char *maker, const char *organisation)
{
	uint32_t *slot = slot_of(t, key);
	struct row row = { .key = key };

	if (*slot) {
		return -EEXIST;
	}
	row.maker = put_text(t, maker);
	row.organisation = put_text(t, organisation);
	if (t->rows == t->rows_max || !row.organisation || (*maker && !row.maker)) {
		return -ENOSPC;
	}
	t->row[t->rows++] = row;
	*slot = t->rows;
	return 0;
}

static const struct row *table_find(const struct table *t, uint64_t mac)
{
	static const uint8_t bits[] = { 36, 28, 24 };

	for (size_t i = 0; t->rows && i < NW_ARRAY_SIZE(bits); i++) {
		uint64_t prefix = mac >> (48 - bits[i]) << (48 - bits[i]);
		uint32_t found = *slot_of(t, prefix << 8 | bits[i]);

		if (found) {
			return &t->row[found - 1];
		}
	}
	return NULL;
}

/* "8C11CB", "70B3D5F2F": 6, 7 or 9 hex digits; 0 when it is none. */
static uint64_t key_of(const char *text)
{
	size_t len = strlen(text);
	char *end;
	uint64_t prefix;

	if ((len != 6 && len != 7 && len != 9) || !isxdigit((unsigned char)text[0])) {
		return 0;
	}
	prefix = strtoull(text, &end, 16);
	return *end ? 0 : prefix << (48 - 4 * len) << 8 | 4 * len;
}

/* ---- ours: prefix, maker, organisation, source ------------------------------------------------- */

static int take_line(struct nw_oui *o, char *line)
{
	char *part[4];

	line[strcspn(line, "\n")] = '\0';
	if (!*line || *line == '#') {
		return 0;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(part); i++) {
		part[i] = line ? strsep(&line, "\t") : NULL;
		if (!part[i] || !*part[i]) {
			return -EINVAL;
		}
	}
	if (line || !key_of(part[0])) {
		return -EINVAL;
	}
	return table_add(&o->ours, key_of(part[0]), part[1], part[2]);
}

static int read_ours(struct nw_oui *o, FILE *f, const char *name)
{
	char line[2 * FIELD_MAX];
	unsigned n = 0;
	int r = 0;

	while (r == 0 && fgets(line, sizeof(line), f)) {
		n++;
		r = strchr(line, '\n') ? take_line(o, line) : -EINVAL;
	}
	if (r == -EEXIST) {
		nw_err("%s:%u: this prefix is already given", name, n);
	} else if (r == -ENOSPC) {
		nw_err("%s:%u: more than there is room for", name, n);
	} else if (r < 0) {
		nw_err("%s:%u: expected prefix, maker, organisation, source, tabs between", name,
		       n);
	} else if (ferror(f)) {
		return nw_err_r(-EIO, "cannot read %s", name);
	}
	return r;
}

int nw_oui_open(const char *file, struct nw_oui **ret)
{
	FILE *f = fopen(file, "re");
	struct nw_oui *o;
	int r;

	if (!f) {
		return nw_err_r(-errno, "cannot open %s", file);
	}
	o = calloc(1, sizeof(*o));
	for (unsigned i = 0; o && i < FILES; i++) {
		o->file[i] = -1;
	}
	r = o ? table_init(&o->ours, OURS_ROWS, OURS_TEXT) : -ENOMEM;
	r = r < 0 ? r : read_ours(o, f, file);
	fclose(f);
	if (r < 0) {
		nw_oui_free(o);
		return r;
	}
	*ret = o;
	return 0;
}

/* ---- the registry: CSV with one line of headings --------------------------------------------- */

/* Registry, Assignment, Organization Name, Organization Address */
struct csv {
	struct table *table;
	unsigned field;
	size_t len;
	bool is_quoted;
	bool was_quote; /* within quotes: the end of them, or the first of two */
	char text[3][FIELD_MAX];
};

static void end_field(struct csv *c)
{
	if (c->field < NW_ARRAY_SIZE(c->text)) {
		c->text[c->field][c->len] = '\0';
		while (c->len > 0 && c->text[c->field][c->len - 1] == ' ') {
			c->text[c->field][--c->len] = '\0';
		}
	}
	c->field++;
	c->len = 0;
}

/* Blocks that are handed on in parts, and owners who are not told, are no answer. */
static void end_row(struct csv *c)
{
	static const char *const nobody[] = { "IEEE Registration Authority", "Private" };
	uint64_t key;
	bool is_somebody = c->field >= 3;

	for (size_t i = 0; is_somebody && i < NW_ARRAY_SIZE(nobody); i++) {
		is_somebody = strcmp(c->text[2], nobody[i]) != 0;
	}
	key = is_somebody ? key_of(c->text[1]) : 0;
	if (key) {
		(void)table_add(c->table, key, "", c->text[2]);
	}
	c->field = 0;
	c->len = 0;
}

static void take_byte(struct csv *c, char b)
{
	if (c->was_quote) {
		c->was_quote = false;
		c->is_quoted = b == '"';
	} else if (b == '"') {
		c->was_quote = c->is_quoted;
		c->is_quoted = true;
		return;
	}
	if (!c->is_quoted && (b == ',' || b == '\n')) {
		end_field(c);
		if (b == '\n') {
			end_row(c);
		}
	} else if (b != '\r' && c->field < NW_ARRAY_SIZE(c->text) && c->len < FIELD_MAX - 1) {
		c->text[c->field][c->len++] = b;
	}
}

static void read_registry(struct nw_oui *o)
{
	static const size_t size = 32768;
	NW_CLEANUP_FREE char *buf = malloc(size);
	struct csv *c = calloc(1, sizeof(*c));

	if (!buf || !c || table_init(&o->registry, REGISTRY_ROWS, REGISTRY_TEXT) < 0) {
		table_free(&o->registry);
		free(c);
		return; /* tried again with the next address */
	}
	c->table = &o->registry;
	for (unsigned i = 0; i < FILES; i++) {
		ssize_t n = 0;

		while (o->file[i] >= 0 && (n = read(o->file[i], buf, size)) > 0) {
			for (ssize_t k = 0; k < n; k++) {
				take_byte(c, buf[k]);
			}
		}
		end_row(c); /* the last one may lack its line's end; of a cut one who it is is whole */
		if (o->file[i] >= 0) {
			close(nw_take_fd(&o->file[i]));
		}
		*c = (struct csv){ .table = &o->registry };
	}
	free(c);
}

void nw_oui_add_registry(struct nw_oui *o, const char *const folders[], unsigned count)
{
	static const char *const names[FILES] = { "oui36.csv", "mam.csv", "oui.csv", "iab.csv" };
	bool has_any = false;

	for (unsigned k = 0; k < count && !has_any; k++) {
		for (unsigned i = 0; i < FILES; i++) {
			char path[256];
			int n = snprintf(path, sizeof(path), "%s/%s", folders[k], names[i]);

			if (n < 0 || (size_t)n >= sizeof(path)) {
				return;
			}
			o->file[i] = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
			has_any = has_any || o->file[i] >= 0;
		}
	}
}

static bool has_unread(const struct nw_oui *o)
{
	for (unsigned i = 0; i < FILES; i++) {
		if (o->file[i] >= 0) {
			return true;
		}
	}
	return false;
}

/* ---- all of it ------------------------------------------------------------------------------ */

void nw_oui_free(struct nw_oui *o)
{
	if (!o) {
		return;
	}
	for (unsigned i = 0; i < FILES; i++) {
		if (o->file[i] >= 0) {
			close(o->file[i]);
		}
	}
	table_free(&o->ours);
	table_free(&o->registry);
	free(o);
}

bool nw_oui_find(struct nw_oui *o, const uint8_t mac[6], struct nw_oui_made *ret)
{
	const struct table *t = &o->ours;
	const struct row *row;
	uint64_t key = 0;

	if (mac[0] & 3) { /* bit 0: a group of hosts; bit 1: given by whoever runs the host */
		return false;
	}
	for (unsigned i = 0; i < 6; i++) {
		key = key << 8 | mac[i];
	}
	row = key ? table_find(t, key) : NULL;
	if (!row && key) {
		if (has_unread(o)) {
			read_registry(o);
		}
		t = &o->registry;
		row = table_find(t, key);
	}
	if (!row) {
		return false;
	}
	ret->maker = row->maker ? t->text + row->maker : NULL;
	ret->organisation = t->text + row->organisation;
	return true;
}

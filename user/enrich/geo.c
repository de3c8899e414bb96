/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups by libmaxminddb, which checks every offset in a file. Owns the mappings. What a record
 * of a file lacks, or has in another form, is not known.
 */
#include "enrich/geo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "log.h"
#include "util/parse.h"
#include "util/text.h"

#define WALK_MAX  4096 /* nodes that are looked at to see what answers a file has */
#define DEPTH_MAX 128

struct file {
	bool is_open;
	MMDB_s db;
};

struct nw_geo {
	struct file country;
	struct file asn;
};

typedef bool (*take_fn)(MMDB_entry_s *entry, struct nw_geo_answer *ret);

/* ---- one record ----------------------------------------------------------------------------- */

static bool take_country(MMDB_entry_s *entry, struct nw_geo_answer *ret)
{
	MMDB_entry_data_s d;

	if (MMDB_get_value(entry, &d, "country", "iso_code", NULL) != MMDB_SUCCESS || !d.has_data ||
	    d.type != MMDB_DATA_TYPE_UTF8_STRING || d.data_size != 2) {
		return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (d.utf8_string[i] < 'A' || d.utf8_string[i] > 'Z') {
			return false;
		}
	}
	memcpy(ret->country, d.utf8_string, 2);
	ret->country[2] = '\0';
	return true;
}

/* Whole characters, and none that could part a line. */
static void copy_name(char *buf, size_t size, const char *text, size_t len)
{
	size_t used = 0;

	while (len > 0) {
		int32_t c;
		size_t n = nw_utf8_next(text, len, &c);

		if (used + n >= size) {
			break;
		}
		if (c >= ' ' && c != 0x7f) {
			memcpy(buf + used, text, n);
			used += n;
		}
		text += n;
		len -= n;
	}
	buf[used] = '\0';
}

static bool take_asn(MMDB_entry_s *entry, struct nw_geo_answer *ret)
{
	MMDB_entry_data_s d;

	if (MMDB_get_value(entry, &d, "autonomous_system_number", NULL) != MMDB_SUCCESS ||
	    !d.has_data || d.type != MMDB_DATA_TYPE_UINT32 || d.uint32 == 0) {
		return false;
	}
	ret->asn = d.uint32;
	if (MMDB_get_value(entry, &d, "autonomous_system_organization", NULL) == MMDB_SUCCESS &&
	    d.has_data && d.type == MMDB_DATA_TYPE_UTF8_STRING) {
		copy_name(ret->organisation, sizeof(ret->organisation), d.utf8_string, d.data_size);
	}
	return true;
}

/* ---- a file --------------------------------------------------------------------------------- */

struct place {
	uint32_t node;
	uint8_t depth;
};

/* Does any of the first records give such an answer? Two files are easily given for each other. */
static bool has_answers(MMDB_s *db, take_fn take)
{
	struct place stack[2 * DEPTH_MAX + 2];
	unsigned depth = 0;

	stack[depth++] = (struct place){ 0, 0 };
	for (unsigned n = 0; n < WALK_MAX && depth > 0; n++) {
		struct place at = stack[--depth];
		struct nw_geo_answer ignored = { 0 };
		MMDB_search_node_s node;

		if (MMDB_read_node(db, at.node, &node) != MMDB_SUCCESS) {
			return false;
		}
		for (unsigned side = 0; side < 2; side++) {
			uint8_t type = side ? node.left_record_type : node.right_record_type;
			uint64_t to = side ? node.left_record : node.right_record;

			if (type == MMDB_RECORD_TYPE_DATA &&
			    take(side ? &node.left_record_entry : &node.right_record_entry,
				 &ignored)) {
				return true;
			}
			if (type == MMDB_RECORD_TYPE_SEARCH_NODE && at.depth < DEPTH_MAX) {
				stack[depth++] =
					(struct place){ (uint32_t)to, (uint8_t)(at.depth + 1) };
			}
		}
	}
	return false;
}

/* A pipe would be waited for, and of what has no bytes the library says only that it cannot map it. */
static int check_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		return nw_err_r(-errno, "cannot open %s", path);
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		nw_err("%s is %s, expected an MMDB file", path,
		       S_ISREG(st.st_mode) ? "empty" : "no file");
		return -EINVAL;
	}
	return 0;
}

static int open_file(struct file *f, const char *path, take_fn take, const char *what)
{
	int r;

	if (!path) {
		return 0;
	}
	r = check_file(path);
	if (r < 0) {
		return r;
	}
	r = MMDB_open(path, MMDB_MODE_MMAP, &f->db);
	if (r == MMDB_FILE_OPEN_ERROR || r == MMDB_IO_ERROR) {
		return nw_err_r(errno ? -errno : -EIO, "cannot open %s", path);
	}
	if (r != MMDB_SUCCESS) {
		nw_err("%s: %s", path, MMDB_strerror(r));
		return -EINVAL;
	}
	f->is_open = true;
	if (!has_answers(&f->db, take)) {
		nw_err("%s: has no %s; it says that it is '%s'", path, what,
		       f->db.metadata.database_type ? f->db.metadata.database_type : "");
		return -EINVAL;
	}
	return 0;
}

int nw_geo_open(const char *country, const char *asn, struct nw_geo **ret)
{
	struct nw_geo *g = calloc(1, sizeof(*g));
	int r = g ? 0 : -ENOMEM;

	r = r < 0 ? r : open_file(&g->country, country, take_country, "countries");
	r = r < 0 ? r : open_file(&g->asn, asn, take_asn, "numbers of autonomous systems");
	if (r < 0) {
		nw_geo_free(g);
		return r;
	}
	*ret = g;
	return 0;
}

void nw_geo_free(struct nw_geo *g)
{
	if (!g) {
		return;
	}
	if (g->country.is_open) {
		MMDB_close(&g->country.db);
	}
	if (g->asn.is_open) {
		MMDB_close(&g->asn.db);
	}
	free(g);
}

/* ---- an address ----------------------------------------------------------------------------- */

static bool find(const struct file *f, const struct sockaddr *addr, take_fn take,
		 struct nw_geo_answer *ret)
{
	MMDB_lookup_result_s found;
	int error = MMDB_SUCCESS;

	if (!f->is_open || (f->db.metadata.ip_version == 4 && addr->sa_family == AF_INET6)) {
		return false;
	}
	found = MMDB_lookup_sockaddr(&f->db, addr, &error);
	return error == MMDB_SUCCESS && found.found_entry && take(&found.entry, ret);
}

bool nw_geo_find(const struct nw_geo *g, const uint8_t addr[16], struct nw_geo_answer *ret)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	const struct sockaddr *sa = (const struct sockaddr *)&v6;
	struct nw_geo_answer answer = { 0 };
	bool is_known;

	nw_address_unwrap(addr, v6.sin6_addr.s6_addr);
	if (nw_addr_is_v4(v6.sin6_addr.s6_addr)) {
		memcpy(&v4.sin_addr, v6.sin6_addr.s6_addr + 12, sizeof(v4.sin_addr));
		sa = (const struct sockaddr *)&v4;
	}
	is_known = find(&g->country, sa, take_country, &answer);
	is_known = find(&g->asn, sa, take_asn, &answer) || is_known;
	if (is_known) {
		*ret = answer;
	}
	return is_known;
}

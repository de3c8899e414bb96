/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue that comes with nvrwatch is whole and fair, and what is wrong in one is named with
 * its file and line.
 */
#include "enrich/catalogue.h"

#include <errno.h>
#include <sys/stat.h>

#include "decoders/decoder.h"
#include "enrich/files.h"

/* ---- the project's own ------------------------------------------------------------------------- */

#define ROWS_MAX 1024

/* All files together; rows are copies whose text lives as long as their file. */
struct all {
	struct nw_catalogue *file[16];
	unsigned files;
	const struct nw_catalogue_row *maker[ROWS_MAX], *row[ROWS_MAX], *domain[ROWS_MAX];
	unsigned makers, rows, domains;
	unsigned count[11];
};

static void take_rows(struct all *a, const struct nw_catalogue_row *rows, unsigned n, unsigned list)
{
	a->count[list] += n;
	for (unsigned i = 0; i < n; i++) {
		assert_true(a->rows < ROWS_MAX);
		a->row[a->rows++] = &rows[i];
		if (list == 0) {
			a->maker[a->makers++] = &rows[i];
		}
		if (list == 2) {
			a->domain[a->domains++] = &rows[i];
		}
	}
}

static void load_all(struct all *a)
{
	static const char *const names[] = { "domains",	 "makers",    "ports",	      "ranges",
					     "rebrands", "recorders", "restrictions", "signs",
					     "spots",	 "libraries", "others" };

	memset(a, 0, sizeof(*a));
	for (size_t i = 0; i < NW_ARRAY_SIZE(names); i++) {
		struct nw_catalogue *c = NULL;
		char path[128];

		snprintf(path, sizeof(path), "data/catalogue/%s.yaml", names[i]);
		assert_int_equal(nw_catalogue_load(path, &c), 0);
		a->file[a->files++] = c;
		take_rows(a, c->makers, c->makers_count, 0);
		take_rows(a, c->rebrands, c->rebrands_count, 1);
		take_rows(a, c->domains, c->domains_count, 2);
		take_rows(a, c->ranges, c->ranges_count, 3);
		take_rows(a, c->ports, c->ports_count, 4);
		take_rows(a, c->restrictions, c->restrictions_count, 5);
		take_rows(a, c->recorders, c->recorders_count, 6);
		take_rows(a, c->signs, c->signs_count, 7);
		take_rows(a, c->spots, c->spots_count, 8);
		take_rows(a, c->libraries, c->libraries_count, 9);
		take_rows(a, c->others, c->others_count, 10);
	}
}

static void free_all(struct all *a)
{
	for (unsigned i = 0; i < a->files; i++) {
		nw_catalogue_free(a->file[i]);
	}
}

static bool has_maker(const struct all *a, const char *id)
{
	for (unsigned i = 0; i < a->makers; i++) {
		if (strcmp(a->maker[i]->id, id) == 0) {
			return true;
		}
	}
	return false;
}

static void every_row_has_source_and_date_and_a_known_maker(void **state)
{
	static struct all a;

	(void)state;
	load_all(&a);
	for (unsigned i = 0; i < 11; i++) {
		assert_true(a.count[i] > 0);
	}
	for (unsigned i = 0; i < a.rows; i++) {
		const struct nw_catalogue_row *r = a.row[i];

		assert_non_null(r->source);
		assert_non_null(r->date);
		if (r->maker && !has_maker(&a, r->maker)) {
			fail_msg("nobody is called '%s'", r->maker);
		}
		if (r->last && r->last <= r->port) {
			fail_msg("port %u to %u", r->port, r->last);
		}
	}
	free_all(&a);
}

/* A protocol is called as its decoder is: another word would never be heard. */
static void every_protocol_has_a_decoder(void **state)
{
	static struct all a;
	unsigned n = 0;

	(void)state;
	load_all(&a);
	for (unsigned i = 0; i < a.rows; i++) {
		const struct nw_catalogue_row *r = a.row[i];
		unsigned d = 0;

		if (!r->place || strcmp(r->place, "protocol") != 0) {
			continue;
		}
		while (nw_decoders[d] && strcmp(nw_decoders[d]->name, r->begins) != 0) {
			d++;
		}
		if (!nw_decoders[d]) {
			fail_msg("no decoder is called '%s'", r->begins);
		}
		n++;
	}
	assert_true(n > 0);
	free_all(&a);
}

static void every_maker_of_a_mac_is_in_it(void **state)
{
	FILE *f = fopen("data/oui.tsv", "re");
	static struct all a;
	char line[512], maker[64];

	(void)state;
	load_all(&a);
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] != '#' && sscanf(line, "%*[^\t]\t%63[^\t]", maker) == 1 &&
		    !has_maker(&a, maker)) {
			fail_msg("data/oui.tsv: nobody is called '%s'", maker);
		}
	}
	fclose(f);
	free_all(&a);
}

static void a_domain_of_two_makers_has_a_note(void **state)
{
	static struct all a;

	(void)state;
	load_all(&a);
	for (unsigned i = 0; i < a.domains; i++) {
		for (unsigned k = 0; k < i; k++) {
			const struct nw_catalogue_row *one = a.domain[i], *two = a.domain[k];

			if (strcmp(one->name, two->name) == 0 &&
			    (strcmp(one->maker, two->maker) == 0 || !one->note || !two->note)) {
				fail_msg("domain '%s' stands there twice", one->name);
			}
		}
	}
	for (unsigned i = 0; i < a.makers; i++) {
		for (unsigned k = 0; k < i; k++) {
			assert_string_not_equal(a.maker[i]->id, a.maker[k]->id);
		}
	}
	free_all(&a);
}

/* Makers of every part of the world are measured with the same yardstick. */
static void services_of_many_makers_are_in_it(void **state)
{
	static const char *const some[] = {
		"hikvision", "dahua",	      "axis",	 "bosch",   "hanwha",	  "genetec",
		"reolink",   "network-optix", "tuya",	 "tplink",  "ezviz",	  "xiaomi",
		"ubiquiti",  "avigilon",      "verkada", "ring",    "blink",	  "nest",
		"arlo",	     "eufy",	      "wyze",	 "amcrest", "lorex",	  "uniview",
		"tvt",	     "xiongmai",      "v380",	 "gwell",   "throughtek", "jovision"
	};
	static struct all a;

	(void)state;
	load_all(&a);
	for (size_t i = 0; i < NW_ARRAY_SIZE(some); i++) {
		unsigned n = 0;

		for (unsigned k = 0; k < a.domains; k++) {
			n += strcmp(a.domain[k]->maker, some[i]) == 0;
		}
		assert_true(n > 0);
	}
	free_all(&a);
}

/* ---- anybody's ------------------------------------------------------------------------------ */

#define SOURCE ", source: x, date: 2024-02}\n"
#define LONG   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void mistakes_have_file_and_line(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} bad[] = {
		{ "domains:\n  - {name: a.example, maker: m, service: cloud, date: 2024}\n",
		  "a.yaml:2: a row needs 'source' and 'date'" },
		{ "domains:\n  - {name: a.example, maker: m, service: cloud, source: x}\n",
		  "a.yaml:2: a row needs 'source' and 'date'" },
		{ "domains:\n  - {name: a.example, service: cloud" SOURCE,
		  "a.yaml:2: a domain needs" },
		{ "domains:\n  - {name: A.example, maker: m, service: cloud" SOURCE,
		  "a.yaml:2: 'domains[].name' is 'A.example', expected a domain" },
		{ "domains:\n  - {name: example, maker: m, service: cloud" SOURCE, "a domain" },
		{ "domains:\n  - {name: a.example, maker: M m, service: cloud" SOURCE,
		  "expected the id of a maker" },
		{ "domain:\n  - {name: a.example" SOURCE, "a.yaml:1: unknown key 'domain' in the "
							  "catalogue; did you mean 'domains'?" },
		{ "makers:\n  - {id: m, name: M, contry: NL" SOURCE, "did you mean 'country'?" },
		{ "makers:\n  - {id: m, name: M, country: Netherlands" SOURCE, "two capitals" },
		{ "ranges:\n  - {network: 192.0.2.1, maker: m, service: s" SOURCE, "a network" },
		{ "ranges:\n  - {network: '::/0', maker: m, service: s" SOURCE, "a network" },
		{ "ports:\n  - {port: 0, proto: tcp, maker: m, service: s" SOURCE,
		  "a port from 1" },
		{ "ports:\n  - {port: 65536, proto: tcp, maker: m, service: s" SOURCE,
		  "a port from 1" },
		{ "ports:\n  - {port: 1, proto: ip, maker: m, service: s" SOURCE, "tcp or udp" },
		{ "rebrands:\n  - {name: B, maker: m, source: x, date: 24}\n", "YYYY" },
		{ "rebrands:\n  - {name: B, maker: m, source: x, date: 2024-13}\n", "YYYY" },
		{ "rebrands:\n  - {name: B, maker: m, source: x, date: 2024-02-00}\n", "YYYY" },
		{ "recorders:\n  - {name: R, roots: [srv]" SOURCE, "an absolute path" },
		{ "recorders:\n  - {name: R, egress: [a.example]" SOURCE, "unknown key 'egress'" },
		{ "libraries:\n  - {name: libx.so.6, maker: m" SOURCE, "up to its version" },
		{ "libraries:\n  - {name: libx-so, maker: m" SOURCE, "up to its version" },
		{ "libraries:\n  - {name: lib.so.so, maker: m" SOURCE, "up to its version" },
		{ "makers: {\n", "a.yaml:2: not YAML" },
		/* what state would not keep, or not as one part */
		{ "makers:\n  - {id: m, name: \"M\\tM\"" SOURCE, "a.yaml:2: 'makers[].name' is " },
		{ "makers:\n  - {id: m, name: " LONG SOURCE, "one line of 63 bytes" },
		{ "rebrands:\n  - {name: \"B\\nB\", maker: m" SOURCE, "one line of 47 bytes" },
		{ "restrictions:\n  - {maker: m, where: " LONG ", since: 2024, what: w" SOURCE,
		  "one line of 23 bytes" },
		{ "restrictions:\n  - {maker: m, where: EU, since: 2024, what: " LONG LONG LONG LONG
			  SOURCE,
		  "one line of 255 bytes" },
		{ "signs:\n  - {place: server, begins: \"abc\\ndef\", maker: m" SOURCE, "3 to 47" },
		{ "recorders:\n  - {name: R, exe: [bin]" SOURCE, "without blanks" },
		{ "recorders:\n  - {name: R, exe: [/opt/a b]" SOURCE, "without blanks" },
		{ "recorders:\n  - {name: R, units: [a b.service]" SOURCE, "a unit's name" },
		{ "ports:\n  - {port: 700, last: 5, proto: tcp, maker: m, service: s" SOURCE,
		  "a.yaml: ports from 700 to 5: 'last' is before 'port'" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		struct nw_catalogue *c = NULL;
		struct logged said;
		struct files f;
		int r;

		files_begin(&f);
		logged_begin(&said);
		r = nw_catalogue_load(files_text(&f, "a.yaml", bad[i].text), &c);
		assert_logged(&said, bad[i].says);
		assert_true(r < 0);
		assert_null(c);
		files_end(&f);
	}
}

/* Somebody would be waited for. */
static void a_pipe_is_no_file(void **state)
{
	struct nw_catalogue *c = NULL;
	struct logged said;
	struct files f;
	char path[128];
	int r;

	(void)state;
	files_begin(&f);
	snprintf(path, sizeof(path), "%s/a.yaml", f.folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	logged_begin(&said);
	r = nw_catalogue_load(path, &c);
	assert_logged(&said, "a.yaml is a pipe, expected a file");
	assert_int_equal(r, -EINVAL);
	assert_int_equal(unlink(path), 0);
	files_end(&f);
}

static int collect(void *ctx, const char *file, const struct nw_catalogue *c)
{
	char *to = ctx;

	(void)file;
	for (unsigned i = 0; i < c->domains_count; i++) {
		strcat(strcat(to, c->domains[i].name), " ");
	}
	return 0;
}

static void a_folder_is_read_in_the_order_of_its_names(void **state)
{
	static const char row[] = "domains:\n  - {name: %s.example, maker: m, service: s" SOURCE;
	char text[256], got[256] = "";
	struct logged said;
	struct files f;
	int r;

	(void)state;
	files_begin(&f);
	for (const char *p = "ba"; *p; p++) {
		snprintf(text, sizeof(text), row, (char[]){ *p, '\0' });
		files_text(&f, *p == 'b' ? "20.yaml" : "10.yaml", text);
	}
	files_text(&f, "empty.yaml", "# nothing\n");
	files_text(&f, "README", "not: [yaml");
	files_text(&f, ".hidden.yaml", "not: [yaml");
	assert_int_equal(nw_catalogue_each(f.folder, collect, got), 0);
	assert_string_equal(got, "a.example b.example ");
	assert_int_equal(nw_catalogue_each("/nonexistent", collect, got), 0);
	files_text(&f, "15.yaml", "domains: 7\n");
	got[0] = '\0';
	logged_begin(&said);
	r = nw_catalogue_each(f.folder, collect, got);
	assert_logged(&said, "15.yaml:1: 'domains' must be a list");
	assert_int_equal(r, -EINVAL);
	assert_string_equal(got, "a.example ");
	files_end(&f);
}

NW_TESTS(enrich_catalogue, cmocka_unit_test(every_row_has_source_and_date_and_a_known_maker),
	 cmocka_unit_test(every_maker_of_a_mac_is_in_it),
	 cmocka_unit_test(every_protocol_has_a_decoder),
	 cmocka_unit_test(a_domain_of_two_makers_has_a_note),
	 cmocka_unit_test(services_of_many_makers_are_in_it),
	 cmocka_unit_test(mistakes_have_file_and_line), cmocka_unit_test(a_pipe_is_no_file),
	 cmocka_unit_test(a_folder_is_read_in_the_order_of_its_names));

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Captures of real programs (tests/data/README.md) against what tshark says of the same file, line
 * by line; no secret in them reaches an output or a recording; what is no capture, cut, or lies
 * about itself is said and harms nothing.
 */
#include <json-c/json.h>

#include "capture_run.h"
#include "ecs_lines.h"

enum {
	LINES_MAX = 64,
	FILE_MAX = 32 * 1024,
};

struct lines {
	char *line[LINES_MAX];
	unsigned count;
	bool has_http; /* something here reads HTTP */
};

static void add(struct lines *l, const char *fmt, ...) NW_PRINTF(2, 3);
static void add(struct lines *l, const char *fmt, ...)
{
	va_list ap;

	assert_true(l->count < LINES_MAX);
	va_start(ap, fmt);
	assert_true(vasprintf(&l->line[l->count++], fmt, ap) > 0);
	va_end(ap);
}

static const char *word(struct json_object *o, const char *path)
{
	struct json_object *v = nw_line_get(o, path);

	return v ? json_object_get_string(v) : "";
}

static void add_flow(struct lines *l, struct json_object *o)
{
	struct json_object *alpn = nw_line_get(o, "nvrwatch.tls.alpn");

	add(l, "%s %s %s %s %s %s %s", word(o, "network.transport"), word(o, "source.ip"),
	    word(o, "source.port"), word(o, "destination.ip"), word(o, "destination.port"),
	    word(o, "nvrwatch.total.source.bytes"), word(o, "nvrwatch.total.destination.bytes"));
	if (*word(o, "tls.client.server_name")) {
		add(l, "sni %s", word(o, "tls.client.server_name"));
	}
	if (alpn) {
		char text[128] = "";

		for (size_t i = 0; i < json_object_array_length(alpn); i++) {
			strcat(text, i ? "," : "");
			strcat(text, json_object_get_string(json_object_array_get_idx(alpn, i)));
		}
		add(l, "alpn %s", text);
	}
	if (strcmp(word(o, "network.protocol"), "http") == 0) {
		l->has_http = true;
		if (strcmp(word(o, "destination.port"), "8080") == 0) {
			add(l, "http %s:8080 %s", word(o, "url.domain"),
			    word(o, "user_agent.original"));
		}
	}
}

static unsigned number(const char *name, const char *(*name_of)(uint16_t))
{
	for (unsigned i = 0; i < 256; i++) {
		if (name_of((uint16_t)i) && strcmp(name_of((uint16_t)i), name) == 0) {
			return i;
		}
	}
	fail_msg("no number for %s", name);
	return 0;
}

static void add_dns(struct lines *l, struct json_object *o)
{
	add(l, "dns %s %u %u", word(o, "dns.question.name"),
	    number(word(o, "dns.question.type"), nw_dns_type_name),
	    number(word(o, "dns.response_code"), nw_dns_rcode_name));
}

static void tell(struct lines *l, char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		struct json_object *o = json_tokener_parse(line);

		assert_non_null(o);
		if (strcmp(word(o, "event.dataset"), "nvrwatch.flow") == 0) {
			add_flow(l, o);
		} else if (strcmp(word(o, "event.dataset"), "nvrwatch.dns") == 0) {
			add_dns(l, o);
		}
		json_object_put(o);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Line by line; tshark's HTTP lines only where something here reads HTTP. */
static void is_as_tshark_says(const char *name)
{
	char path[64], line[512];
	struct lines l = { .count = 0 };
	struct nw_capture_run *r;
	unsigned n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/%s.pcap", name);
	r = nw_capture_run(fopen(path, "re"), "jsonl", 1024);
	assert_int_equal(r->result, 0);
	assert_int_equal(r->counts.others + r->counts.fragments + r->counts.bad + r->counts.shorts +
				 r->counts.backwards + r->counts.no_start + r->counts.strays +
				 r->counts.missing + r->counts.evicted + r->counts.heads,
			 0);
	tell(&l, r->text);
	qsort(l.line, l.count, sizeof(l.line[0]), by_text);
	snprintf(path, sizeof(path), "tests/data/%s.out", name);
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "http ", 5) == 0 && !l.has_http) {
			continue;
		}
		if (n >= l.count || strcmp(line, l.line[n]) != 0) {
			fail_msg("%s: tshark says '%s', we say '%s'", path, line,
				 n < l.count ? l.line[n] : "nothing");
		}
		n++;
	}
	fclose(f);
	assert_int_equal(n, l.count);
	while (l.count > 0) {
		free(l.line[--l.count]);
	}
	nw_capture_run_free(r);
}

static void we_say_what_tshark_says(void **state)
{
	(void)state;
	is_as_tshark_says("dns");
	is_as_tshark_says("http");
	is_as_tshark_says("https");
	is_as_tshark_says("rtsp");
	is_as_tshark_says("interfaces");
}

/* ---- secrets ------------------------------------------------------------------------------------ */

static size_t slurp(const char *path, char buf[FILE_MAX])
{
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, FILE_MAX, f);
	assert_in_range(n, 1, FILE_MAX - 1);
	fclose(f);
	return n;
}

static void no_secret_comes_out(void **state)
{
	static const struct {
		const char *path, *secret;
	} planted[] = {
		{ "tests/data/http.pcap", "c2VjcmV0LW5hbWU6c2VjcmV0LXdvcmQ=" }, /* Authorization */
		{ "tests/data/http.pcap", "planted-query" },
		{ "tests/data/rtsp.pcap", "1dbd791498e581d05b665810d8ae1ca5" }, /* digest */
	};
	static const char *const sinks[] = { "jsonl", "text" };
	char file[FILE_MAX];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(planted); i++) {
		const char *s = planted[i].secret;
		size_t len = slurp(planted[i].path, file);

		assert_non_null(memmem(file, len, s, strlen(s))); /* else this tests nothing */
		for (size_t k = 0; k < NW_ARRAY_SIZE(sinks); k++) {
			struct nw_capture_run *r =
				nw_capture_run(fopen(planted[i].path, "re"), sinks[k], 1024);

			assert_true(r->heads_len > 100);
			assert_null(strstr(r->text, s));
			assert_null(memmem(r->heads, r->heads_len, s, strlen(s)));
			nw_capture_run_free(r);
		}
	}
}

/* ---- hostile files ------------------------------------------------------------------------------ */

static struct nw_capture_run *run_bytes(void *data, size_t len)
{
	return nw_capture_run(fmemopen(data, len, "r"), "jsonl", 1024);
}

static void what_is_no_capture_is_refused(void **state)
{
	char text[] = "this is no capture, though it is long enough to be one's header";
	struct nw_capture_run *r = run_bytes(text, sizeof(text));
	char file[FILE_MAX];
	size_t len = slurp("tests/data/http.pcap", file);

	(void)state;
	assert_int_equal(r->result, -EBADMSG);
	assert_string_equal(r->error, "unknown file format");
	nw_capture_run_free(r);
	file[20] = 105; /* IEEE 802.11 */
	r = run_bytes(file, len);
	assert_int_equal(r->result, -EBADMSG);
	assert_non_null(strstr(r->error, "IEEE802_11 (105) is not known here"));
	nw_capture_run_free(r);
}

static void a_cut_file_is_used_up_to_its_cut(void **state)
{
	char file[FILE_MAX];
	size_t len = slurp("tests/data/dns.pcap", file);
	uint64_t packets = 0;

	(void)state;
	for (size_t n = 24; n < len; n += 13) {
		struct nw_capture_run *r = run_bytes(file, n);

		assert_true(r->result == 0 || r->result == -ENODATA);
		assert_true(r->counts.packets >= packets);
		packets = r->counts.packets;
		nw_capture_run_free(r);
	}
	assert_true(packets > 15);
}

/* Each packet of a pcap file, in its order: where its header stands. */
static size_t headers(const char *file, size_t len, size_t at[LINES_MAX])
{
	size_t count = 0;

	for (size_t p = 24; p + 16 <= len && count < LINES_MAX;) {
		uint32_t kept;

		at[count++] = p;
		memcpy(&kept, file + p + 8, sizeof(kept));
		p += 16 + kept;
	}
	return count;
}

static void what_the_snaplen_cut_is_counted_by_its_length_on_the_wire(void **state)
{
	char file[FILE_MAX], cut[FILE_MAX];
	size_t at[LINES_MAX];
	size_t n = headers(file, slurp("tests/data/https.pcap", file), at);
	size_t len = 24;
	struct nw_capture_run *r;
	char said[32];

	(void)state;
	memcpy(cut, file, 24);
	for (size_t i = 0; i < n; i++) {
		uint32_t kept;

		memcpy(&kept, file + at[i] + 8, sizeof(kept));
		kept = NW_MIN(kept, 96U);
		memcpy(cut + len, file + at[i], 16 + kept);
		memcpy(cut + len + 8, &kept, sizeof(kept));
		len += 16 + kept;
	}
	r = run_bytes(cut, len);
	assert_int_equal(r->result, 0);
	assert_true(r->counts.heads >= 2);
	(void)snprintf(said, sizeof(said), "\"head\":%" PRIu64, r->counts.heads);
	assert_non_null(strstr(r->text, said));
	assert_non_null(strstr(r->text, "\"bytes\":729,"));
	assert_non_null(strstr(r->text, "\"bytes\":6567,"));
	nw_capture_run_free(r);
}

static void what_is_sent_again_counts_once(void **state)
{
	char file[FILE_MAX], twice[2 * FILE_MAX];
	size_t at[LINES_MAX];
	size_t end = slurp("tests/data/https.pcap", file);
	size_t n = headers(file, end, at);
	size_t len = 24;
	struct nw_capture_run *r;

	(void)state;
	memcpy(twice, file, len);
	for (size_t i = 0; i < 2 * n; i++) {
		size_t next = i / 2 + 1 < n ? at[i / 2 + 1] : end;

		memcpy(twice + len, file + at[i / 2], next - at[i / 2]);
		len += next - at[i / 2];
	}
	r = run_bytes(twice, len);
	assert_int_equal(r->result, 0);
	assert_int_equal(r->counts.packets, 2 * n);
	assert_non_null(strstr(r->text, "\"bytes\":729,"));
	assert_non_null(strstr(r->text, "\"bytes\":6567,"));
	assert_non_null(strstr(r->text, "p2p.example.net"));
	nw_capture_run_free(r);
}

static void time_never_goes_back(void **state)
{
	static const uint32_t times[] = { 0, 5, UINT32_MAX, 1000000000 };
	char file[FILE_MAX];
	size_t at[LINES_MAX];
	size_t len = slurp("tests/data/dns.pcap", file);
	size_t n = headers(file, len, at);
	struct nw_capture_run *r;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		memcpy(file + at[i], &times[i % NW_ARRAY_SIZE(times)], sizeof(uint32_t));
		memset(file + at[i] + 4, 0, sizeof(uint32_t));
	}
	r = run_bytes(file, len);
	assert_int_equal(r->result, 0);
	assert_int_equal(r->counts.packets, n);
	/* all but the first two, and those of the year 2106 */
	assert_int_equal(r->counts.backwards, n - 2 - n / 4);
	assert_non_null(strstr(r->text, "cloud.example.org"));
	nw_capture_run_free(r);
}

static void a_full_table_loses_no_byte(void **state)
{
	struct nw_capture_run *r = nw_capture_run(fopen("tests/data/dns.pcap", "re"), "jsonl", 1);

	(void)state;
	assert_int_equal(r->counts.evicted, 4);
	assert_non_null(strstr(r->text, "\"bytes\":651,"));
	assert_non_null(strstr(r->text, "\"link\":4")); /* and it is said */
	nw_capture_run_free(r);
}

NW_TESTS(user_capture, cmocka_unit_test(we_say_what_tshark_says),
	 cmocka_unit_test(no_secret_comes_out), cmocka_unit_test(what_is_no_capture_is_refused),
	 cmocka_unit_test(a_cut_file_is_used_up_to_its_cut),
	 cmocka_unit_test(what_the_snaplen_cut_is_counted_by_its_length_on_the_wire),
	 cmocka_unit_test(what_is_sent_again_counts_once), cmocka_unit_test(time_never_goes_back),
	 cmocka_unit_test(a_full_table_loses_no_byte));

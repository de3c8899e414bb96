/* SPDX-License-Identifier: Apache-2.0 */
/* download-execute: what is fetched and fed to a program, which does what is said there. */
#include "download_scene.h"

static void feed_pipe(struct nw_feed *f, uint32_t pid, uint64_t inode, unsigned mode)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_PIPE),
			      .scan_ns = f->now_ns,
			      .self = nw_feed_pid(pid),
			      .inode = inode,
			      .fd = 9,
			      .flags = (uint16_t)mode };

	nw_feed_event(f, &e.ev);
}

static void end_scan(struct nw_feed *f)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_END),
			      .scan_ns = f->now_ns };

	nw_feed_event(f, &e.ev);
}

static void get_at(struct nw_feed *f, const char *from, uint16_t port)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE, FETCHER);

	nw_feed_addr(e.raddr, from);
	e.rport_be = htons(port);
	e.cookie += port == 53;
	e.flags = NW_SOCK_CONNECTED;
	nw_feed_bytes(&e, 100, 4000);
	nw_feed_event(f, &e.ev);
}

static void get(struct nw_feed *f, const char *from)
{
	get_at(f, from, 443);
}

/* fetcher | [middle |] interpreter */
static void fetch(struct nw_feed *f, struct nw_feed_exec x, bool is_through, const char *from)
{
	x.pid = SHELL;
	x.flags |= IN(NW_STDIO_PIPE);
	x.stdio_ino[0] = 60;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = FETCHER,
					       .exe = "/usr/bin/curl",
					       .flags = IN(NW_STDIO_PIPE) << 3,
					       .stdio_ino = { 0, is_through ? 61 : 60 } });
	nw_feed_proc(f, x);
	feed_pipe(f, SHELL, 60, NW_FD_READ);
	feed_pipe(f, is_through ? MIDDLE : FETCHER, 60, NW_FD_WRITE);
	feed_pipe(f, FETCHER, is_through ? 61 : 60, NW_FD_WRITE);
	if (is_through) {
		feed_pipe(f, MIDDLE, 61, NW_FD_READ);
	}
	nw_feed_forget(f);
	if (from) {
		get(f, from);
	}
}

static void what_is_piped_to_an_interpreter(void **state)
{
	static const struct {
		const char *args;
		size_t len;
		uint64_t ino;
		bool is_through;
		const char *from, *found;
	} rows[] = {
		{ "sh", 2, DASH, false, "203.0.113.7", "stdin 80" },
		{ "bash\0-eux", 9, DASH, false, "203.0.113.7", "stdin 80" },
		{ "sh\0-s\0--\0x", 10, DASH, true, "203.0.113.7", "stdin 80" }, /* | gunzip | */
		{ "perl\0-", 6, PERL, false, "203.0.113.7", "stdin 80" },
		{ "perl", 4, PERL, false, "10.0.0.8", "stdin 45" },
		{ "bash\0/dev/fd/63", 15, DASH, false, "203.0.113.7", "stdin 80" },
		{ "bash\0/proc/7/fd/63", 18, DASH, false, "203.0.113.7", "stdin 80" },
		{ "bash\0/proc/fd.sh", 16, DASH, false, "203.0.113.7", "" },
		/* it has a program, and reads data */
		{ "sh\0-c\0cat", 9, DASH, false, "203.0.113.7", "" },
		{ "sh\0script.sh", 12, DASH, false, "203.0.113.7", "" },
		{ "perl\0-ne\0print", 14, PERL, false, "203.0.113.7", "" },
		{ "perl\0tool.pl", 12, PERL, false, "203.0.113.7", "" },
		/* no interpreter; and from this host */
		{ "jq", 2, 99, false, "203.0.113.7", "" },
		{ "sh", 2, DASH, false, "127.0.0.1", "" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		fetch(f,
		      (struct nw_feed_exec){ .exe = "/usr/bin/x",
					     .exe_ino = rows[i].ino,
					     .args = rows[i].args,
					     .args_len = rows[i].len },
		      rows[i].is_through, rows[i].from);
		assert_string_equal(found(f), rows[i].found);
		nw_feed_free(f);
	}
}

/* No script names it: then what it does tells. */
static void what_acts_on_what_it_is_fed(void **state)
{
	static const struct {
		const char *args;
		size_t len;
		const char *from, *to; /* to: NULL = it starts a program */
		const char *found;
	} rows[] = {
		{ "node", 4, "203.0.113.7", "203.0.113.9", "told 60" },
		{ "lli\0-", 5, "203.0.113.7", NULL, "told 60" },
		{ "node", 4, "10.0.0.8", "203.0.113.9", "told 25" },
		{ "node", 4, "203.0.113.7", "127.0.0.1", "" },
		{ "node", 4, "203.0.113.7", "", "" }, /* it sorts, and is done */
		{ "node\0app.js", 11, "203.0.113.7", "203.0.113.9", "" },
		{ "nc\0host", 7, "203.0.113.7", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();
		struct nw_ev_sock e;

		fetch(f,
		      (struct nw_feed_exec){ .exe = "/usr/bin/x",
					     .exe_ino = 99,
					     .args = rows[i].args,
					     .args_len = rows[i].len },
		      true, rows[i].from);
		assert_string_equal(found(f), "");
		if (!rows[i].to) {
			nw_feed_proc(f, (struct nw_feed_exec){
						.pid = 77, .parent = SHELL, .exe = "/bin/uname" });
		} else if (rows[i].to[0]) {
			e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE + 9, SHELL);
			nw_feed_addr(e.raddr, rows[i].to);
			e.flags = NW_SOCK_CONNECTED |
				  (strcmp(rows[i].to, "127.0.0.1") ? 0 : NW_SOCK_LOOPBACK);
			nw_feed_bytes(&e, 100, 100);
			nw_feed_event(f, &e.ev);
		}
		assert_string_equal(found(f), rows[i].found);
		nw_feed_free(f);
	}
}

/* dig | base64 -d | sh: what a resolver inside says comes from outside. Who asks and goes on, before or
 * behind what is told of the resolver, is judged by where he goes. */
static void what_a_name_brings(void **state)
{
	static const struct {
		const char *first, *then, *found;
	} rows[] = {
		{ "10.0.0.53", NULL, "stdin 60" },
		{ "10.0.0.53", "10.0.0.8", "stdin 45" },
		{ "10.0.0.8", "10.0.0.53", "stdin 45" },
		{ "10.0.0.53", "203.0.113.7", "stdin 80" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		fetch(f,
		      (struct nw_feed_exec){
			      .exe = "/usr/bin/x", .exe_ino = DASH, .args = "sh", .args_len = 2 },
		      true, NULL);
		get_at(f, rows[i].first, strcmp(rows[i].first, "10.0.0.53") ? 443 : 53);
		if (rows[i].then) {
			get_at(f, rows[i].then, strcmp(rows[i].then, "10.0.0.53") ? 443 : 53);
		} else {
			nw_feed_tick(f, 4 * NW_FEED_SEC);
			assert_string_equal(found(f), "");
		}
		nw_feed_tick(f, 6 * NW_FEED_SEC);
		assert_string_equal(found(f), rows[i].found);
		nw_feed_free(f);
	}
}

/* socat -u TCP-LISTEN:4444 - | python3 -: somebody outside brings it. */
static void what_is_brought(void **state)
{
	static const struct {
		const char *yaml, *found;
	} rows[] = { { "", "stdin 80" }, { "listeners: [{port: 4444}]", "" } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start_with(rows[i].yaml);
		struct nw_ev_sock e;

		fetch(f,
		      (struct nw_feed_exec){ .exe = "/usr/bin/x",
					     .exe_ino = PERL,
					     .args = "perl\0-",
					     .args_len = 6 },
		      false, NULL);
		e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE, FETCHER);
		nw_feed_addr(e.raddr, "203.0.113.7");
		e.flags = NW_SOCK_ACCEPTED;
		e.lport_be = htons(4444);
		e.rport_be = htons(40000);
		nw_feed_bytes(&e, 0, 4000);
		nw_feed_event(f, &e.ev);
		assert_string_equal(found(f), rows[i].found);
		nw_feed_free(f);
	}
}

static void end(struct nw_feed *f, uint32_t pid)
{
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = pid });
}

/* bash <(wget): the fetcher is gone before anybody looks at open files, which alone tell whose pipe the
 * shell's script is; or before the shell runs at all. */
static void a_script_that_is_a_pipe(void **state)
{
	static const struct {
		const char *what, *args;
		size_t len;
		bool is_fetched_first, is_other_pipe, is_answered;
		unsigned after_s;
		const char *found;
	} rows[] = {
		{ "bash <(wget)", "bash\0/dev/fd/63", 15, false, false, false, 0, "stdin 80" },
		{ "it was fetched already", "bash\0/dev/fd/63", 15, true, false, false, 0,
		  "stdin 80" },
		{ "by the number of its process", "sh\0/proc/self/fd/9", 18, false, false, false, 0,
		  "stdin 80" },
		{ "another's pipe", "bash\0/dev/fd/63", 15, false, true, false, 0, "" },
		{ "a script of a file, with such an argument", "bash\0x.sh\0/dev/fd/63", 20, false,
		  false, false, 0, "" },
		{ "a dialogue", "bash\0/dev/fd/63", 15, false, false, true, 0, "" },
		{ "long after", "bash\0/dev/fd/63", 15, false, false, false, 70, "" },
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();
		struct nw_feed_exec shell = { .pid = SHELL,
					      .exe = "/usr/bin/dash",
					      .exe_ino = DASH,
					      .args = rows[i].args,
					      .args_len = rows[i].len };

		nw_feed_proc(f, (struct nw_feed_exec){
					.pid = FETCHER,
					.exe = "/usr/bin/wget",
					.flags = IN(NW_STDIO_PIPE) << 3 |
						 NW_FD_WRITE << (NW_PROC_STDIO_MODE_SHIFT + 2),
					.stdio_ino = { 0, 60 } });
		if (rows[i].is_fetched_first) {
			get(f, "203.0.113.7");
			end(f, FETCHER);
		}
		nw_feed_proc(f, shell);
		if (!rows[i].is_fetched_first) {
			get(f, "203.0.113.7");
			end(f, FETCHER);
		}
		seconds(f, rows[i].after_s);
		nw_feed_forget(f);
		feed_pipe(f, SHELL, rows[i].is_other_pipe ? 70 : 60, NW_FD_READ);
		if (rows[i].is_answered) {
			feed_pipe(f, SHELL, 62, NW_FD_WRITE);
			feed_pipe(f, FETCHER, 62, NW_FD_READ);
		}
		end_scan(f);
		if (strcmp(found(f), rows[i].found) != 0) {
			print_message("%s: %s\n", rows[i].what, found(f));
			wrong++;
		}
		nw_feed_forget(f);
		end_scan(f);
		assert_string_equal(found(f), ""); /* once */
		nw_feed_free(f);
	}
	assert_int_equal(wrong, 0);
}

/* A shell that is fed by somebody else, while that one fetches for itself. */
static void who_fetches_feeds_another(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL + 10,
					       .exe = "/usr/bin/dash",
					       .exe_ino = DASH,
					       .args = "sh",
					       .flags = IN(NW_STDIO_PIPE),
					       .stdio_ino = { 70 } });
	feed_pipe(f, SHELL + 10, 70, NW_FD_READ);
	feed_pipe(f, MIDDLE, 70, NW_FD_WRITE);
	fetch(f, (struct nw_feed_exec){ .exe = "/usr/bin/jq", .args = "jq" }, false, "203.0.113.7");
	assert_string_equal(found(f), "");
	nw_feed_free(f);
}

/* What the shell says goes back to who feeds it: that is reverse-shell's. */
static void a_dialogue(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	fetch(f, (struct nw_feed_exec){ .exe = "/usr/bin/dash", .exe_ino = DASH, .args = "sh" },
	      false, NULL);
	feed_pipe(f, FETCHER, 62, NW_FD_READ);
	feed_pipe(f, SHELL, 62, NW_FD_WRITE);
	get(f, "203.0.113.7");
	assert_string_equal(found(f), "");
	nw_feed_free(f);
}

NW_TESTS(indicators_download_execute_fed, cmocka_unit_test(what_is_piped_to_an_interpreter),
	 cmocka_unit_test(what_acts_on_what_it_is_fed), cmocka_unit_test(what_a_name_brings),
	 cmocka_unit_test(what_is_brought), cmocka_unit_test(a_script_that_is_a_pipe),
	 cmocka_unit_test(who_fetches_feeds_another), cmocka_unit_test(a_dialogue));

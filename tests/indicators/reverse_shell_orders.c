/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reverse-shell: who has each line that comes done by a shell of its own, and who runs shells beside a
 * connection for other reasons.
 */
#include "indicators/say_hello.h"

#define SEC	NW_FEED_SEC
#define SH_INO	4242
#define PIPE(i) ((uint32_t)NW_STDIO_PIPE << (NW_PROC_STDIO_SHIFT + (i)*NW_PROC_STDIO_BITS))

enum {
	OWNER = 100,
	SHELL = 400,
};

struct errands {
	const char *what;
	const char *text[6]; /* of the shells, one after the other */
	unsigned heard[6];   /* bytes that came with each */
	unsigned news;	     /* other times that something comes, between two */
	const char *to;	     /* NULL = 203.0.113.7 */
	bool is_tls, is_own_output, is_new_connection, is_late, is_silent;
	uint8_t score;
};

static const struct errands rows[] = {
	{ "gawk, Perl's qx, os.popen in a loop",
	  { "id", "ls /", "uname -a" },
	  { 3, 5, 9 },
	  .news = 0,
	  .score = 75 },
	{ "… in words of its own",
	  { "id", "ls /", "uname -a" },
	  { 40, 44, 52 },
	  .news = 0,
	  .score = 75 },
	{ "… and the first answer was not seen",
	  { "id", "ls /", "uname -a", "ps", "w" },
	  { 0, 5, 9, 3, 2 },
	  .news = 0,
	  .score = 75 },
	{ "… a command takes a while",
	  { "id", "ls /", "uname -a" },
	  { 3, 5, 9 },
	  .news = 0,
	  .is_late = true,
	  .score = 75 },
	{ "inside",
	  { "id", "ls /", "uname -a" },
	  { 3, 5, 9 },
	  .news = 0,
	  .to = "10.0.0.9",
	  .score = 45 },
	/* who reports, is told to, or has other business */
	{ "two only", { "id", "ls /" }, { 3, 5 }, .news = 0 },
	{ "a report that is acknowledged",
	  { "df -P /", "free -m", "uptime --pretty" },
	  { 3, 3, 3 },
	  .news = 0 },
	{ "… as long as a command", { "df", "free", "uptime" }, { 8, 8, 8 }, .news = 0 },
	{ "… in other words each time",
	  { "df -P /srv", "free --mega", "uptime --pretty" },
	  { 6, 7, 8 },
	  .news = 0 },
	{ "the same again", { "df", "df", "df", "df", "df" }, { 3, 4, 5, 6, 7 }, .news = 0 },
	{ "news come all the time", { "id", "ls /", "uname -a" }, { 30, 50, 90 }, .news = 5 },
	{ "an agent, in TLS",
	  { "id", "ls /", "uname -a" },
	  { 30, 50, 90 },
	  .news = 0,
	  .is_tls = true },
	{ "what shells say is for the journal",
	  { "id", "ls /", "uname -a" },
	  { 3, 5, 9 },
	  .news = 0,
	  .is_own_output = true },
	{ "a connection for each",
	  { "id", "ls /", "uname -a" },
	  { 3, 5, 9 },
	  .news = 0,
	  .is_new_connection = true },
	{ "nobody is answered",
	  { "id", "ls /", "uname -a" },
	  { 3, 5, 9 },
	  .news = 0,
	  .is_silent = true },
};

struct line {
	uint64_t cookie, birth, tx, rx;
};

static void move(struct nf *n, const struct errands *r, struct line *l, uint64_t tx, uint64_t rx)
{
	struct nf_contact c = { .pid = OWNER,
				.to = r->to,
				.port = 4444,
				.lport = 40000,
				.cookie = l->cookie,
				.birth_ns = l->birth,
				.tx = l->tx += tx,
				.rx = l->rx += rx };

	nf_bin(n, c);
	if (r->is_tls && l->rx == rx && l->tx == tx) {
		struct nw_ev_sock s = nf_sock(n, NW_SOCK_BIN, c);

		say_hello(n, &s, "agent.example.net", NULL);
	}
}

static void run(struct nf *n, const struct errands *r, unsigned i)
{
	char args[64] = "sh\0-c\0";
	size_t len = strlen(r->text[i]);

	memcpy(args + 6, r->text[i], len);
	nw_feed_proc(n->feed,
		     (struct nw_feed_exec){ .pid = SHELL + i,
					    .parent = OWNER,
					    .exe = "/usr/bin/dash",
					    .exe_ino = SH_INO,
					    .args = args,
					    .args_len = len + 7,
					    .flags = PIPE(1),
					    .stdio_ino = { 0, r->is_own_output ? 61 : 70 + i } });
	nf_take(n);
}

static void play(struct nf *n, const struct errands *r)
{
	struct line l = { .cookie = 7000, .birth = n->feed->now_ns };

	nw_feed_fact(n->feed, "program.0.4242", "shell /usr/bin/dash");
	nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = OWNER,
						     .exe = "/opt/p100/bin/agent",
						     .flags = PIPE(1),
						     .stdio_ino = { 0, 61 } });
	nf_take(n);
	move(n, r, &l, 0, 0);
	for (unsigned i = 0; i < 6 && r->text[i]; i++) {
		if (r->is_new_connection) {
			l = (struct line){ .cookie = 7100 + i, .birth = n->feed->now_ns };
		}
		run(n, r, i);
		move(n, r, &l, r->is_late || r->is_silent ? 0 : 200, r->heard[i]);
		nf_tick(n, 2 * SEC);
		if (r->is_late) {
			move(n, r, &l, 200, 0);
		}
		for (unsigned k = 0; k < r->news; k++) {
			move(n, r, &l, 0, 30);
			nf_tick(n, SEC);
		}
	}
	nf_tick(n, SEC);
}

static void who_has_lines_done_by_shells(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n = nf_new("reverse-shell", "");

		play(n, &rows[i]);
		if (n->best != rows[i].score) {
			print_message("%s: score %u\n", rows[i].what, n->best);
			wrong++;
		}
		nf_free(n);
	}
	assert_int_equal(wrong, 0);
}

/* Whose shells they were is told, once. */
static void it_is_told_once(void **state)
{
	struct nf *n = nf_new("reverse-shell", "");

	(void)state;
	play(n, &rows[0]);
	assert_int_equal(n->all, 1);
	assert_int_equal(n->finding[0].proc->id.tgid, OWNER);
	assert_string_equal(n->finding[0].evidence[0].text, "orders");
	nf_free(n);
}

NW_TESTS(indicators_reverse_shell_orders, cmocka_unit_test(who_has_lines_done_by_shells),
	 cmocka_unit_test(it_is_told_once));

/* SPDX-License-Identifier: Apache-2.0 */
/* learn: who is there already is not learnt by it, and what it prints can be put in force as it is. */
#include "user/shown.h"

#include "config.h"
#include "indicators/net_feed.h"
#include "state/camera_feed.h"

extern const struct nw_command nw_command_findings;
extern const struct nw_command nw_command_learn;

#define KIT "/dev/shm/kit" /* download-execute says what a program there is */

struct one {
	struct shown s;
	struct nf n;
};

static void start(struct one *o)
{
	shown_start(&o->s, "");
	o->n = (struct nf){ .rule = "none", .cookie = 1000, .feed = o->s.f };
	nw_feed_tick(o->s.f, NW_FEED_SEC);
}

static void listens(struct one *o, uint32_t pid, uint16_t port)
{
	struct nw_ev_sock e = nw_feed_sock(o->s.f, NW_SOCK_LISTEN, ++o->n.cookie, pid);

	e.proto = IPPROTO_TCP;
	e.lport_be = htons(port);
	e.flags = 0;
	nw_feed_addr(e.laddr, "0.0.0.0");
	nw_feed_event(o->s.f, &e.ev);
}

/* Each of its programs connects, listens, and reads a camera. */
static void does(struct one *o, uint32_t pid, const char *to, uint16_t port)
{
	struct talk camera = {
		.proto = IPPROTO_TCP,
		.port = 554,
		.sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
		.heard = BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"),
		.pid = pid,
	};

	nf_contact(&o->n, (struct nf_contact){ .pid = pid, .to = to, .tx = 900, .rx = 900 });
	listens(o, pid, port);
	camera_talk(o->s.f, &camera, o->n.cookie += 10, "10.0.0.9",
		    (struct volume){ 50000, 100, 20 });
}

/* What was printed, as a policy in force. */
static struct nw_config *in_force(const struct one *o)
{
	struct nw_config *c = NULL;

	assert_int_equal(nw_config_parse("test", "", 0, &c), 0);
	assert_int_equal(nw_config_add_policy(c, "learnt", o->s.text, strlen(o->s.text)), 0);
	return c;
}

static void who_is_spoken_against_gets_no_row(void **state)
{
	static struct one o;
	struct nw_config *c;

	(void)state;
	start(&o);
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/opt/vms/recorder" });
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 101, .exe = KIT });
	nw_feed_proc(o.s.f,
		     (struct nw_feed_exec){ .pid = 102, .parent = 101, .exe = "/usr/bin/ssh" });
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 103, .exe = "/usr/bin/curl" });
	does(&o, 100, "203.0.113.5", 5000);
	does(&o, 101, "203.0.113.66", 6666);
	does(&o, 102, "203.0.113.67", 6667);
	nf_contact(&o.n, (struct nf_contact){ .pid = 103, .to = "203.0.113.5", .tx = 900 });
	assert_int_equal(shown_run(&o.s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&o.s, "  - {to: \"203.0.113.5\", port: 443, program: \"/opt/vms/recorder\"");
	shown_has(&o.s, "  # not accepted: - {to: \"203.0.113.66\"");
	shown_has(&o.s, "  # not accepted: - {to: \"203.0.113.67\"");
	shown_has(&o.s, "  # not accepted: - {name: \"kit\"");
	shown_has(&o.s, "} # download-execute, " KIT "\n");
	shown_has(&o.s, "#    60 download-execute   ");
	c = in_force(&o);
	assert_int_equal(c->allowed_count, 2);
	assert_int_equal(c->recorders_count, 1);
	assert_string_equal(c->recorders[0].exe[0], "/opt/vms/recorder");
	assert_int_equal(c->listeners_count, 1);
	assert_int_equal(c->listeners[0].port, 5000);
	nw_config_free(c);
}

/* Lists of comments alone. */
static void nobody_is_accepted(void **state)
{
	static struct one o;
	struct nw_config *c;

	(void)state;
	start(&o);
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 101, .exe = KIT });
	does(&o, 101, "203.0.113.66", 6666);
	assert_int_equal(shown_run(&o.s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&o.s, "\nallowed: [] # ");
	c = in_force(&o);
	assert_int_equal(c->allowed_count + c->recorders_count + c->listeners_count, 0);
	nw_config_free(c);
}

/* The shells and tools that a recorder starts, by whatever is between; not those of others, nor what an
 * alert speaks against. In force nothing of it is told. */
static void what_a_recorder_starts(void **state)
{
	static struct one o;
	struct nw_config *c;

	(void)state;
	start(&o);
	nw_feed_fact(o.s.f, "program.0.10", "shell /usr/bin/dash");
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/opt/vms/recorder" });
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 101, .exe = "/opt/vms/other" });
	does(&o, 100, "203.0.113.5", 5000);
	does(&o, 101, "203.0.113.5", 5001);
	nw_feed_proc(o.s.f,
		     (struct nw_feed_exec){
			     .pid = 110, .parent = 100, .exe = "/usr/bin/dash", .exe_ino = 10 });
	nw_feed_proc(o.s.f,
		     (struct nw_feed_exec){ .pid = 111, .parent = 110, .exe = "/usr/bin/wget" });
	nw_feed_proc(o.s.f,
		     (struct nw_feed_exec){ .pid = 112, .parent = 110, .exe = "/usr/bin/ffmpeg" });
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 113, .parent = 110, .exe = KIT });
	nf_contact(&o.n, (struct nf_contact){ .pid = 111, .to = "203.0.113.9", .tx = 900 });
	nf_contact(&o.n, (struct nf_contact){ .pid = 113, .to = "203.0.113.66", .tx = 900 });
	assert_int_equal(shown_run(&o.s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&o.s, "starts: [\"/usr/bin/dash\", \"/usr/bin/wget\"]}");
	shown_has(&o.s, "starts: [nothing]}");
	shown_has(&o.s, "  # not accepted among what it starts: \"" KIT "\" # download-execute\n");
	shown_lacks(&o.s, "ffmpeg");
	c = in_force(&o);
	assert_int_equal(c->recorders_count, 2);
	assert_string_equal(c->recorders[0].starts[0], NW_STARTS_NOTHING);
	assert_int_equal(c->recorders[1].starts_count, 2);
	nw_config_free(c);
}

static void asks(struct one *o, uint32_t pid, const char *to, uint16_t port, uint64_t got)
{
	nf_datagrams(&o->n, (struct nf_contact){ .pid = pid,
						 .to = to,
						 .port = port,
						 .tx = 48,
						 .rx = got,
						 .tx_packets = 1,
						 .rx_packets = got > 0 });
}

static void services(struct one *o, const char *config)
{
	shown_start(&o->s, config);
	o->n = (struct nf){ .rule = "none", .cookie = 1000, .feed = o->s.f };
	nw_feed_tick(o->s.f, NW_FEED_SEC);
	nw_feed_fact(o->s.f, "files.0", "/srv/rec\nopened");
	nw_feed_fact(o->s.f, "files.1", "/srv/old\nopened");
	for (uint32_t pid = 100; pid < 103; pid++) {
		char exe[24];

		(void)snprintf(exe, sizeof(exe), "/opt/p%u", pid);
		nw_feed_proc(o->s.f, (struct nw_feed_exec){ .pid = pid, .exe = exe });
	}
	nw_feed_file(o->s.f, (struct nw_feed_file){ .what = NW_FILE_USED,
						    .pid = 100,
						    .inode = 7,
						    .path = "door/1.mp4",
						    .size = 90000,
						    .flags = NW_FILE_CLOSED_WRITE });
	asks(o, 100, "9.9.9.9", 53, 90);
	asks(o, 101, "9.9.9.9", 53, 90);
	asks(o, 100, "10.0.0.53", 53, 90);
	asks(o, 102, "8.8.8.8", 53, 90);
	asks(o, 101, "1.1.1.1", 53, 0); /* nobody answers */
	asks(o, 100, "127.0.0.53", 53, 90);
	asks(o, 100, "203.0.113.123", 123, 48);
	asks(o, 100, "203.0.113.124", 123, 480);
	assert_int_equal(shown_run(&o->s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
}

/* Folders, resolvers and clocks: as the configuration has them, and loaded there is none left. */
static void services_of_the_site(void **state)
{
	static struct one o;
	struct nw_config *c;

	(void)state;
	services(&o, "");
	shown_has(&o.s, "\nrecording_roots: # ");
	shown_has(&o.s, "  - \"/srv/rec\" # recordings were written here\n");
	shown_has(&o.s, "  - \"/srv/old\" # nobody was seen to record here\n");
	shown_has(&o.s, "  - \"9.9.9.9\" # asked by /opt/p100 and others\n");
	shown_has(&o.s, "  - \"10.0.0.53\" # asked by /opt/p100\n");
	shown_has(
		&o.s,
		"  # not accepted: - \"8.8.8.8\" # one program alone asks it, asked by /opt/p102\n");
	shown_has(&o.s, "  - \"203.0.113.123\" # asked by /opt/p100\n");
	shown_has(&o.s, "  # not accepted: - \"203.0.113.124\" # not only the time, ");
	shown_lacks(&o.s, "- \"1.1.1.1\"");
	shown_lacks(&o.s, "127.0.0.53");
	shown_lacks(&o.s, "{to: \"9.9.9.9\""); /* one row is enough */
	shown_has(&o.s, "{to: \"8.8.8.8\"");
	c = in_force(&o);
	assert_int_equal(c->recording_roots_count, 2);
	assert_string_equal(c->recording_roots[0], "/srv/rec");
	assert_int_equal(c->resolvers_count, 2);
	assert_string_equal(c->resolvers[0], "9.9.9.9");
	assert_int_equal(c->ntp_count, 1);
	assert_string_equal(c->ntp[0], "203.0.113.123");
	nw_config_free(c);
	services(&o, "recording_roots: [/srv/rec, /srv/old]\n"
		     "resolvers: [9.9.9.9, 10.0.0.53, 8.8.8.8]\n"
		     "ntp: [203.0.113.123, 203.0.113.124]\n");
	shown_has(&o.s, "\nrecording_roots: [] #");
	shown_has(&o.s, "\nresolvers: [] #");
	shown_has(&o.s, "\nntp: [] #");
	shown_lacks(&o.s, "8.8.8.8");
	c = in_force(&o);
	assert_int_equal(c->recording_roots_count + c->resolvers_count + c->ntp_count, 0);
	nw_config_free(c);
}

/* By its name a clock is the same whatever its address; what an alert is about is nobody's. */
static void services_by_name_and_against(void **state)
{
	static struct one o;

	(void)state;
	start(&o);
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/usr/sbin/chronyd" });
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 101, .exe = KIT });
	nw_feed_fact(o.s.f, "files.0", "/srv/read\nopened");
	nw_feed_file(o.s.f, (struct nw_feed_file){ .what = NW_FILE_USED,
						   .pid = 100,
						   .inode = 7,
						   .size = 90000,
						   .age_s = 3600,
						   .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ });
	nf_ask(&o.n, "time.example.org", (struct nf_dns){ .address = "203.0.113.123" });
	asks(&o, 100, "203.0.113.123", 123, 48);
	asks(&o, 101, "203.0.113.66", 123, 48);
	asks(&o, 101, "10.0.0.54", 53, 90);
	assert_int_equal(shown_run(&o.s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&o.s, "  - \"/srv/read\" # nobody was seen to record here\n");
	shown_has(&o.s, "  - \"time.example.org\" # asked by /usr/sbin/chronyd\n");
	shown_has(&o.s, "  # not accepted: - \"203.0.113.66\" # download-execute, asked by " KIT);
	shown_has(&o.s, "  # not accepted: - \"10.0.0.54\" # download-execute, asked by " KIT);
}

static void somebody_outside_reaches(struct one *o, uint16_t port)
{
	start(o);
	nw_feed_proc(o->s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/usr/bin/nc" });
	nw_feed_proc(o->s.f, (struct nw_feed_exec){ .pid = 101, .exe = "/usr/bin/socat" });
	listens(o, 100, port);
	nf_contact(&o->n, (struct nf_contact){ .pid = 100,
					       .to = "203.0.113.66",
					       .lport = port,
					       .flags = NW_SOCK_ACCEPTED,
					       .tx = 900,
					       .rx = 900 });
}

/* What a policy would have made of a night is asked of its recording. */
static void a_policy_is_tried_on_a_recording(void **state)
{
	static struct one o;
	char folder[] = "/tmp/nvrwatch-learnt-XXXXXX";
	char site[64];
	char policy[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(site, sizeof(site), "%s/site.yaml", folder);
	(void)snprintf(policy, sizeof(policy), "%s/policy.yaml", folder);
	nw_test_write(site, "site: {name: x}\n");
	somebody_outside_reaches(&o, 4444);
	assert_int_equal(
		shown_run(&o.s, &nw_command_findings, (struct nw_options){ .config = site }),
		NW_EXIT_OK);
	shown_has(&o.s, "    80  new-listener");
	nw_test_write(policy, "listeners: [{port: 4444, proto: tcp}]\n");
	somebody_outside_reaches(&o, 4444);
	assert_int_equal(
		shown_run(&o.s, &nw_command_findings, (struct nw_options){ .config = site }),
		NW_EXIT_OK);
	shown_lacks(&o.s, "new-listener");
	nw_test_write(policy, "listners: []\n");
	somebody_outside_reaches(&o, 4444);
	o.s.text[0] = '\0';
	assert_int_equal(
		shown_run(&o.s, &nw_command_findings, (struct nw_options){ .config = site }),
		NW_EXIT_INPUT);
	assert_int_equal(unlink(site) | unlink(policy) | rmdir(folder), 0);
}

#define STARTS	2048 /* of user/starts.c */
#define SERVERS 256  /* of user/site_seen.c */

/* What found no room is said. */
static void more_is_started_than_there_is_room_for(void **state)
{
	static struct one o;
	char exe[32];

	(void)state;
	start(&o);
	for (uint32_t i = 0; i < STARTS + 3; i++) {
		if (i % 500 == 0) { /* it is there as long as what it starts */
			nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/opt/vms" });
		}
		(void)snprintf(exe, sizeof(exe), "/opt/tool%u", i);
		nw_feed_proc(o.s.f,
			     (struct nw_feed_exec){ .pid = 1000 + i, .parent = 100, .exe = exe });
		nw_feed_forget(o.s.f);
	}
	assert_int_equal(shown_run(&o.s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&o.s, "# 3 more found no room here\n");
}

static void more_is_asked_than_there_is_room_for(void **state)
{
	static struct one o;
	char to[32];

	(void)state;
	start(&o);
	nw_feed_proc(o.s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/usr/bin/dig" });
	for (unsigned i = 0; i < SERVERS + 2; i++) {
		(void)snprintf(to, sizeof(to), "10.1.%u.%u", i / 200, i % 200 + 1);
		asks(&o, 100, to, 53, 90);
		nw_feed_forget(o.s.f);
	}
	assert_int_equal(shown_run(&o.s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&o.s, "# 2 more found no room here\n");
}

/* A port that an alert is about, whoever else listens there by another program. */
static void a_port_is_spoken_against(void **state)
{
	static struct one o;

	(void)state;
	somebody_outside_reaches(&o, 4444);
	listens(&o, 101, 4444);
	assert_int_equal(shown_run(&o.s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&o.s, "  # not accepted: - {port: 4444, proto: tcp} # new-listener, /usr/bin/nc");
	shown_has(&o.s,
		  "  # not accepted: - {port: 4444, proto: tcp} # new-listener, /usr/bin/socat");
}

NW_TESTS(user_learnt, cmocka_unit_test(who_is_spoken_against_gets_no_row),
	 cmocka_unit_test(nobody_is_accepted), cmocka_unit_test(services_of_the_site),
	 cmocka_unit_test(services_by_name_and_against), cmocka_unit_test(what_a_recorder_starts),
	 cmocka_unit_test(more_is_started_than_there_is_room_for),
	 cmocka_unit_test(more_is_asked_than_there_is_room_for),
	 cmocka_unit_test(a_port_is_spoken_against),
	 cmocka_unit_test(a_policy_is_tried_on_a_recording));

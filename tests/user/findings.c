/* SPDX-License-Identifier: Apache-2.0 */
/* findings: one of them, by its number or by the id of any of its records, and only those that are wanted. */
#include "user/shown.h"

#include <json-c/json.h>

#include "exe_file.h"

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff"

extern const struct nw_command nw_command_findings;
extern const struct nw_command nw_command_replay;

/* Three programs that no file keeps; the second one is worst, the third one has two connections. */
static void start(struct shown *s)
{
	shown_start(s, "");
	nw_feed_fact(s->f, "session.id", "0123456789abcdef");
	nw_feed_tick(s->f, NW_FEED_SEC);
	nw_feed_proc(s->f,
		     (struct nw_feed_exec){ .pid = 100, .comm = "one", .exe = "/dev/shm/one" });
	nw_feed_proc(s->f, (struct nw_feed_exec){ .pid = 101,
						  .comm = "two",
						  .exe = "memfd:two",
						  .exe_ino = 131,
						  .exe_dev = 8 << 20 | 1,
						  .flags = NW_PROC_MEMFD });
	nw_feed_proc(s->f,
		     (struct nw_feed_exec){ .pid = 102, .comm = "onerous", .exe = "/dev/shm/3" });
}

static void show(struct shown *s, struct nw_options options)
{
	start(s);
	assert_int_equal(shown_run(s, &nw_command_findings, options), NW_EXIT_OK);
}

/* What was read is told behind the connection that it went over, which has ended by then. */
static void where_it_went_although_that_is_over(void **state)
{
	struct nw_ev_sock e;
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	nw_feed_fact(s.f, "files.0", "/srv/rec\nopened, position");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .comm = "copier", .exe = "/bin/c" });
	e = nw_feed_sock(s.f, NW_SOCK_BIN, 7, 100);
	nw_feed_bytes(&e, 38 << 20, 1000);
	nw_feed_event(s.f, &e.ev);
	nw_feed_tick(s.f, NW_FEED_SEC / 5);
	e = nw_feed_sock(s.f, NW_SOCK_CLOSE, 7, 100);
	nw_feed_bytes(&e, 38 << 20, 1000);
	nw_feed_event(s.f, &e.ev);
	nw_feed_tick(s.f, NW_FEED_SEC / 5);
	nw_feed_file(s.f, (struct nw_feed_file){ .pid = 100,
						 .inode = 1,
						 .size = 38 << 20,
						 .age_s = 3600,
						 .what = NW_FILE_USED,
						 .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ });
	assert_int_equal(shown_run(&s, &nw_command_findings, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "recording-export   match       copier[100]          to 203.0.113.7:443");
}

static void only_those_that_are_wanted(void **state)
{
	static struct shown s;

	(void)state;
	show(&s, (struct nw_options){ .score = 70 });
	shown_has(&s, "two[101]");
	shown_lacks(&s, "one[100]");
	show(&s, (struct nw_options){ .process = "one" });
	shown_has(&s, "   1    60  download-execute");
	shown_lacks(&s, "two[101]");
	shown_lacks(&s, "onerous[102]");
	show(&s, (struct nw_options){ .process = "onerous" });
	shown_lacks(&s, "one[100]");
	show(&s, (struct nw_options){ .process = "102" });
	shown_has(&s, "   3    60  download-execute"); /* the number stays the same */
	shown_lacks(&s, "one[100]");
	show(&s, (struct nw_options){ .question = "live" });
	shown_has(&s, "none of 3 findings is such a one");
	show(&s, (struct nw_options){ .camera = "gate" });
	shown_has(&s, "none of 3 findings is such a one");
	show(&s, (struct nw_options){ .question = "back door", .format = NW_FORMAT_JSON });
	shown_has(&s, "memfd:two");
	show(&s, (struct nw_options){ .process = "two", .format = NW_FORMAT_JSON });
	shown_has(&s, "memfd:two");
	shown_lacks(&s, "/dev/shm/one");
}

/* The id of a record of this process, as a SIEM has it. */
static void id_of(const struct shown *s, const char *process, char ret[64])
{
	for (const char *line = s->text; *line; line += strcspn(line, "\n") + 1) {
		json_object *o = json_tokener_parse(line);
		json_object *event = json_object_object_get(o, "event");
		json_object *proc = json_object_object_get(o, "process");
		const char *name = json_object_get_string(json_object_object_get(proc, "name"));
		const char *id = json_object_get_string(json_object_object_get(event, "id"));

		if (name && strcmp(name, process) == 0) {
			(void)snprintf(ret, 64, "%s", id);
		}
		json_object_put(o);
	}
}

static int replayed(struct shown *s)
{
	struct nw_options options = { .only = 1U << NW_DATASET_FINDING, .format = NW_FORMAT_JSON };

	start(s);
	options.operand = s->path;
	return shown_run(s, &nw_command_replay, options);
}

static void one_of_them_whole(void **state)
{
	static struct shown s;
	char id[64] = "";

	(void)state;
	show(&s, (struct nw_options){ .operand = "2" });
	shown_has(&s, "process                  two[101]\n");
	shown_has(&s, "file                     inode 131 of device 8:1\n");
	shown_has(&s, "\nclock                    not known whether synchronised\n");
	shown_has(&s, "known ways to be wrong");
	show(&s, (struct nw_options){ .operand = "2", .format = NW_FORMAT_JSON });
	shown_has(&s, "memfd:two");
	shown_lacks(&s, "/dev/shm/one");
	assert_int_equal(replayed(&s), NW_EXIT_OK);
	id_of(&s, "onerous", id);
	assert_memory_equal(id, "0123456789abcdef-", 17);
	show(&s, (struct nw_options){ .operand = id });
	shown_has(&s, "process                  onerous[102]\n");
	show(&s, (struct nw_options){ .operand = id, .format = NW_FORMAT_JSON });
	shown_has(&s, id);
	assert_ptr_equal(strchr(s.text, '\n'), strrchr(s.text, '\n'));
	show(&s, (struct nw_options){ .operand = "0123456789abcdef-99999" });
	shown_has(&s, "no finding 0123456789abcdef-99999: there are 3");
	show(&s, (struct nw_options){ .operand = "4" });
	shown_has(&s, "no finding 4: there are 3");
}

/* What is known of its program comes behind it, and the next finding of the same has it at once. */
static void what_it_runs(void **state)
{
	static struct shown s;
	char key[NW_EXE_KEY];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		start(&s);
		(void)snprintf(key, sizeof(key), NW_EXE_FRONT "101.%llu",
			       (unsigned long long)nw_feed_pid(101).start_ns);
		nw_feed_fact(s.f, key,
			     i ? "gone 8388609 131 0 0 - - -"
			       : "read 8388609 131 1234 1700000000123456789 " HASH " elsewhere -");
		assert_int_equal(
			shown_run(&s, &nw_command_findings, (struct nw_options){ .operand = "2" }),
			NW_EXIT_OK);
		if (i == 0) {
			shown_has(&s, "\nSHA-256                  " HASH "\n");
			shown_has(&s, "\nsize                     1234 bytes\n");
			shown_has(&s, "\nlast changed             2023-11-1");
			shown_has(&s, "\npackage                  elsewhere\n");
		} else {
			shown_has(&s, "\nits program was not read gone\n");
			shown_lacks(&s, "SHA-256");
			shown_lacks(&s, "last changed");
		}
	}
	show(&s, (struct nw_options){ .operand = "1" });
	shown_lacks(&s, "SHA-256");
	shown_lacks(&s, "not read");
}

/* What was not seen of its time is said with it: by which cause, and which hook. */
static void how_much_of_its_time_was_seen(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	nw_feed_fact(s.f, "clock", "synchronised 4001");
	nw_feed_fact(s.f, "hook.file_map", "off: no such function");
	for (unsigned i = 0; i < 3; i++) {
		nw_feed_tick(s.f, NW_FEED_SEC);
	}
	nw_feed_loss(s.f, NW_LOSS_RING_FULL, 5);
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/dev/shm/one" });
	nw_feed_tick(s.f, NW_FEED_SEC);
	assert_int_equal(shown_run(&s, &nw_command_findings, (struct nw_options){ .operand = "1" }),
			 NW_EXIT_OK);
	shown_has(&s, " of 1.0 s seen, ");
	shown_has(&s, "whole; why not all: ");
	shown_has(&s, "\nhooks off                file_map\n");
	shown_has(&s, "\nclock                    synchronised, wrong by at most 5 ms\n");
}

NW_TESTS(user_findings, cmocka_unit_test(only_those_that_are_wanted),
	 cmocka_unit_test(one_of_them_whole), cmocka_unit_test(what_it_runs),
	 cmocka_unit_test(how_much_of_its_time_was_seen),
	 cmocka_unit_test(where_it_went_although_that_is_over));

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who changes what a host starts by itself, in a host's root of the test's own: each way to make,
 * write, move, link and remove a file is told with its path, kind and process; folders that come to be
 * are taken up, private ones too; what lies beside the places is not told; a flood is counted, and what
 * is too deep or too much for a look. The
 * truth is what the process that did it was asked to do. Where this kernel has no such notifications
 * for this file system (tmpfs before 5.13), that is said.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "root/support.h"

#define CHANGE "event.dataset=nvrwatch.file nvrwatch.change.kind=%s file.path=%s/%s process.pid=%d"

static char dir[96]; /* the root */

static void put(const char *name, const char *text)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	nw_test_write(path, text);
}

static void make_root(void)
{
	static const char *const folders[] = {
		"",	"etc",	"etc/cron.d", "etc/systemd", "etc/systemd/system",
		"root", "home", "home/ann",   "opt",	     "etc/other"
	};

	snprintf(dir, sizeof(dir), "%s/host", nw_place_files());
	for (size_t i = 0; i < NW_ARRAY_SIZE(folders); i++) {
		char path[192];

		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		/* root's own: nobody else may look into it */
		assert_true(mkdir(path, strcmp(folders[i], "root") ? 0755 : 0700) == 0 ||
			    errno == EEXIST);
	}
	put("etc/shells", "/bin/sh\n");
	put("etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n"
			  "news:x:9:9::/opt:/usr/sbin/nologin\n");
}

#define D_4 "/d/d/d/d"

#define QUEUE	    "/proc/sys/fs/fanotify/max_queued_events"
#define QUEUED_MOST "16384" /* that wait to be read, fs/notify/fanotify/fanotify_user.c */
#define QUEUED_FEW  "1024"

static const char *queued = QUEUED_MOST;

/* An emulated kernel takes its time with so many. */
static void limit_queue(const char *events)
{
	if (nw_emulated_set(QUEUE, events)) {
		queued = QUEUED_FEW;
	}
}

/* NULL: this kernel can't, which it says. */
static struct nw_tool *trace(void)
{
	struct nw_tool *t;
	struct json_object *status;
	char yaml[512];
	const char *said;

	make_root();
	snprintf(yaml, sizeof(yaml),
		 "host_root: %s\nspots:\n"
		 "  - {path: /etc/cron.*/*, kind: cron}\n"
		 "  - {path: /etc/systemd/system/**, kind: systemd-unit}\n"
		 "  - {path: /etc/ld.so.preload, kind: preload}\n"
		 "  - {path: ~/.ssh/authorized_keys, kind: ssh-key}\n"
		 "  - {path: ~/.bashrc, kind: shell-start}\n"
		 "  - {path: ~/.config/autostart/*, kind: autostart}\n",
		 dir);
	limit_queue(QUEUED_FEW);
	t = nw_tool_trace_with(yaml, "");
	status = nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	limit_queue(QUEUED_MOST); /* for those that other tests make */
	said = nw_rec_str(status, "nvrwatch.changes");
	assert_non_null(said);
	if (strncmp(said, "off: ", 5) == 0) {
		print_message("changes are %s\n", said);
		return NULL;
	}
	return t;
}

/* One run for all of them; NULL as of trace(). */
static struct nw_tool *shared(void)
{
	static struct nw_tool *t;
	static bool is_there;

	if (!is_there) {
		t = trace();
		is_there = true;
		if (t) {
			t->is_lasting = true;
		}
	}
	return t;
}

/* Everything that one process did to one name, as far as told: in words, each once. */
static bool is_told(struct nw_tool *t, int pid, const char *path, const char *kind,
		    const char *word)
{
	return nw_tool_count(t, CHANGE " event.action=%s", kind, dir, path, pid, word) > 0;
}

struct way {
	const char *before, *script; /* %s: the root, as often as it is there */
	const char *path, *kind, *word;
};

static const struct way ways[] = {
	{ "", "make @/etc/cron.d/made", "etc/cron.d/made", "cron", "created" },
	{ "make @/etc/cron.d/t", "truncate @/etc/cron.d/t", "etc/cron.d/t", "cron", "modified" },
	{ "make @/etc/cron.d/m", "map @/etc/cron.d/m", "etc/cron.d/m", "cron", "opened" },
	{ "make @/etc/cron.d/c", "chmod @/etc/cron.d/c", "etc/cron.d/c", "cron", "attributes" },
	{ "make @/etc/cron.d/r", "remove @/etc/cron.d/r", "etc/cron.d/r", "cron", "deleted" },
	{ "make @/opt/a", "move @/opt/a @/etc/cron.d/in", "etc/cron.d/in", "cron", "moved" },
	{ "make @/opt/b", "link @/opt/b @/etc/cron.d/ln", "etc/cron.d/ln", "cron", "created" },
	{ "", "symlink /opt/c @/etc/cron.d/sy", "etc/cron.d/sy", "cron", "created" },
	{ "make @/etc/ld.so.preload remove @/etc/ld.so.preload", "make @/etc/ld.so.preload",
	  "etc/ld.so.preload", "preload", "created" },
	/* folders that were not there when it began; the second is root's alone */
	{ "", "mkdir @/etc/cron.daily make @/etc/cron.daily/d", "etc/cron.daily/d", "cron",
	  "created" },
	{ "", "mkdir @/root/.ssh make @/root/.ssh/authorized_keys", "root/.ssh/authorized_keys",
	  "ssh-key", "created" },
	{ "",
	  "mkdir @/home/ann/.config mkdir @/home/ann/.config/autostart "
	  "make @/home/ann/.config/autostart/x.desktop",
	  "home/ann/.config/autostart/x.desktop", "autostart", "created" },
	/* a folder with what is in it, from elsewhere */
	{ "mkdir @/opt/x.d make @/opt/x.d/o.conf", "move @/opt/x.d @/etc/systemd/system/x.d",
	  "etc/systemd/system/x.d/o.conf", "systemd-unit", "created" },
	/* ... and under its new name it is watched, too */
	{ "", "make @/etc/systemd/system/x.d/later", "etc/systemd/system/x.d/later", "systemd-unit",
	  "created" },
};

static void expand(const char *script, char *ret, size_t size)
{
	size_t n = 0;

	for (; *script && n < size - 1; script++) {
		int k = *script == '@' ? snprintf(ret + n, size - n, "%s", dir) : 1;

		ret[n] = *script == '@' ? ret[n] : *script;
		n += (size_t)k;
	}
	assert_true(n < size);
	ret[n] = '\0';
}

static void run(enum nw_place place, const char *script, struct nw_actor **ret)
{
	char text[512];

	expand(script, text, sizeof(text));
	*ret = nw_actor_start(place, "files %s", text);
	nw_actor_done(*ret);
}

static void test_every_way(void **state)
{
	struct nw_tool *t = shared();
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; t && i < NW_ARRAY_SIZE(ways); i++) {
		const struct way *w = &ways[i];
		struct nw_actor *a;
		int pid;

		if (w->before[0]) {
			run(NW_PLACE_FAR, w->before, &a);
			nw_tool_settle(t); /* not to be one with what comes */
		}
		run(NW_PLACE_SEEN, w->script, &a);
		pid = a->pid;
		nw_tool_settle(t);
		nw_tool_settle(t);
		if (!is_told(t, pid, w->path, w->kind, w->word)) {
			print_message("not told: %s: %s\n", w->script, w->word);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Beside the places, by who is not observed, and below a home of somebody who can't log in. The first
 * test: nothing was told before. */
static void test_nothing_else(void **state)
{
	struct nw_tool *t = shared();
	struct nw_actor *a;

	(void)state;
	if (!t) {
		return;
	}
	run(NW_PLACE_SEEN,
	    "make @/etc/other/x make @/etc/motd mkdir @/etc/cron.d/folder "
	    "make @/etc/cron.d/folder/x make @/opt/.bashrc make @/home/ann/notes",
	    &a);
	run(NW_PLACE_FAR, "make @/etc/cron.d/far", &a);
	run(NW_PLACE_SEEN, "make @/etc/cron.d/last", &a);
	nw_tool_await(t, CHANGE, "cron", dir, "etc/cron.d/last", a->pid);
	/* made and written may be told apart */
	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.file"),
			 nw_tool_count(t, CHANGE, "cron", dir, "etc/cron.d/last", a->pid));
}

/* What stands in a terminal's way, no UTF-8, and as long as a name can be. */
static void test_odd_names(void **state)
{
	static const char *const names[] = { "1b5d303b78", "0a0d", "ff80", "2e2e2e", "25732573" };
	struct nw_tool *t = shared();
	char longest[2 * 255 + 1];
	struct nw_actor *a;

	(void)state;
	if (!t) {
		return;
	}
	memset(longest, '7', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i <= NW_ARRAY_SIZE(names); i++) {
		a = nw_actor_start(NW_PLACE_SEEN, "files odd %s/etc/cron.d %s", dir,
				   i < NW_ARRAY_SIZE(names) ? names[i] : longest);
		nw_actor_done(a);
		nw_tool_await(
			t, "event.dataset=nvrwatch.file nvrwatch.change.kind=cron process.pid=%d",
			a->pid);
	}
}

/* More than the queue has, while nobody reads it. */
static void test_flood(void **state)
{
	struct nw_tool *t = shared();
	unsigned most = (unsigned)atoi(queued);
	struct nw_actor *a;
	char script[64];

	(void)state;
	if (!t) {
		return;
	}
	nw_tool_pause(t);
	snprintf(script, sizeof(script), "flood @/etc/cron.d %u", most * 5 / 4);
	run(NW_PLACE_SEEN, script, &a);
	nw_tool_resume(t);
	/* what found room is told, and takes its time: the loss stands behind it */
	for (unsigned i = 0; i < most; i += most / 8) {
		char name[32];

		snprintf(name, sizeof(name), "etc/cron.d/%u", i);
		nw_tool_await(t, CHANGE, "cron", dir, name, a->pid);
	}
	nw_tool_await_loss(t, "change");
}

/* A folder is taken up with what is in it, but not deeper than 16, nor with more than 48 KiB of names: what
 * is not seen is said, and counted once. */
static void test_more_than_a_look(void **state)
{
	static const char *const scripts[] = {
		"nest @/opt/deep.d d 17 move @/opt/deep.d @/etc/systemd/system/deep.d",
		"mkdir @/opt/many.d crowd @/opt/many.d 260 "
		"move @/opt/many.d @/etc/systemd/system/many.d",
	};
	struct nw_tool *t = shared();

	(void)state;
	if (!t) {
		return;
	}
	t->is_lasting = false; /* the last one */
	for (size_t i = 0; i < NW_ARRAY_SIZE(scripts); i++) {
		struct nw_actor *a;
		uint64_t before;

		nw_tool_settle(t);
		before = nw_tool_lost_so_far(t, "change");
		run(NW_PLACE_SEEN, scripts[i], &a);
		if (i == 0) {
			nw_tool_await(t, CHANGE " nvrwatch.change.unwatched=true", "folder", dir,
				      "etc/systemd/system/deep.d" D_4 D_4 D_4 D_4, a->pid);
		}
		assert_int_equal(nw_tool_await_more_loss(t, "change", before), before + 1);
	}
}

NW_TESTS(e2e_changes, NW_ROOT_TEST(test_nothing_else), NW_ROOT_TEST(test_every_way),
	 NW_ROOT_TEST(test_odd_names), NW_ROOT_TEST(test_flood),
	 NW_ROOT_TEST(test_more_than_a_look));

/* SPDX-License-Identifier: Apache-2.0 */
/* What a command prints of a recording, which is made of hand-made events. Included by tests only. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "commands/command.h"
#include "feed.h"
#include "recording.h"

#define SHOWN_CONFIG \
	"cameras: [{name: door, address: 10.0.0.9}, {name: lost, address: 10.0.0.99}]\n"

struct shown {
	struct nw_feed *f;
	struct nw_recorder_file *file;
	char path[64];
	char text[4 << 20];
};

static inline void shown_tap(void *ctx, const struct nw_event *ev)
{
	nw_recording_add(ctx, ev);
}

static inline void shown_start(struct shown *s, const char *config)
{
	int fd;

	strcpy(s->path, "/tmp/nw-shown-XXXXXX");
	assert_true(close(mkstemp(s->path)) == 0 && unlink(s->path) == 0);
	s->f = nw_feed_new(config, NW_FEED_SEC);
	fd = nw_recording_create(s->path);
	assert_true(fd >= 0);
	assert_int_equal(nw_recording_start(fd, s->f->config, NW_FEED_SEC, &s->file), 0);
	nw_pipeline_set_tap(s->f->pipeline, shown_tap, s->file);
	nw_feed_fact(s->f, "session", "start");
}

/* Ends the recording and runs the command on it, which prints to fd. */
static inline int shown_run_to(struct shown *s, const struct nw_command *command,
			       struct nw_options options, int fd)
{
	int out = dup(STDOUT_FILENO);
	int code;

	nw_feed_tick(s->f, NW_FEED_SEC);
	nw_feed_fact(s->f, "session", "end");
	assert_int_equal(nw_recording_end(s->file), 0);
	options.command = command;
	options.file = s->path;
	(void)fflush(stdout);
	assert_true(fd >= 0 && out >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
	code = command->run(&options);
	(void)fflush(stdout);
	assert_true(dup2(out, STDOUT_FILENO) >= 0);
	close(out);
	unlink(s->path);
	nw_feed_free(s->f);
	return code;
}

/* The same; what it printed is s->text. */
static inline int shown_run(struct shown *s, const struct nw_command *command,
			    struct nw_options options)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int code = shown_run_to(s, command, options, fd);
	ssize_t n = pread(fd, s->text, sizeof(s->text) - 1, 0);

	s->text[n > 0 ? n : 0] = '\0';
	close(fd);
	return code;
}

static inline void shown_has(const struct shown *s, const char *what)
{
	if (!strstr(s->text, what)) {
		fail_msg("'%s' is not in:\n%s", what, s->text);
	}
}

static inline void shown_lacks(const struct shown *s, const char *what)
{
	if (strstr(s->text, what)) {
		fail_msg("'%s' is in:\n%s", what, s->text);
	}
}

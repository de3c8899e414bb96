/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: a line for people for each thing that happens; user/plain.h says what is no line. Owns its
 * buffer. A record that finds no room is refused, and so counted by the pipeline.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "plain.h"
#include "sinks/lines.h"
#include "sinks/sink.h"

static_assert(NW_PLAIN_LINE_MAX <= NW_WRITER_LINE_MAX, "a record's line finds room");

struct text {
	struct nw_plain plain;
	struct nw_writer writer;
};

static int text_open(const struct nw_sink_options *options, void **ret)
{
	struct text *s = calloc(1, sizeof(*s));

	if (!s) {
		return -ENOMEM;
	}
	tzset(); /* now, while the zone's file can be read */
	s->plain.has_colour = options->is_terminal;
	s->plain.is_quiet = options->is_quiet;
	nw_writer_init(&s->writer, options->fd);
	*ret = s;
	return 0;
}

static int text_write(void *self, const struct nw_output *out)
{
	struct text *s = self;
	int error = 0;
	char *p = nw_writer_room(&s->writer, NW_PLAIN_LINE_MAX, &error);

	if (!p) {
		return error;
	}
	nw_writer_add(&s->writer, nw_plain_line(&s->plain, out, p, NW_PLAIN_LINE_MAX));
	return 0;
}

static int text_flush(void *self)
{
	struct text *s = self;

	return nw_writer_flush(&s->writer);
}

static void text_close(void *self)
{
	struct text *s = self;

	nw_sink_end_lines(&s->writer, "text");
	free(s);
}

const struct nw_sink nw_sink_text = {
	.name = "text",
	.doc = "one line for people, in local time",
	.open = text_open,
	.write = text_write,
	.flush = text_flush,
	.close = text_close,
};

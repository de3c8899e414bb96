/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonl: one ECS line for each record, made right where it is written from. Owns its buffer. A
 * record that finds no room is refused, and so counted by the pipeline; records that were taken
 * and then could not be written are told at the end.
 */
#include <errno.h>
#include <stdlib.h>

#include "ecs.h"
#include "sinks/lines.h"
#include "sinks/sink.h"

static_assert(NW_ECS_LINE_MAX <= NW_WRITER_LINE_MAX, "a record's line finds room");

struct jsonl {
	struct nw_ecs ecs;
	struct nw_writer writer;
};

static int jsonl_open(const struct nw_sink_options *options, void **ret)
{
	struct jsonl *s = calloc(1, sizeof(*s));

	if (!s) {
		return -ENOMEM;
	}
	nw_writer_init(&s->writer, options->fd);
	*ret = s;
	return 0;
}

static int jsonl_write(void *self, const struct nw_output *out)
{
	struct jsonl *s = self;
	int error = 0;
	char *p = nw_writer_room(&s->writer, NW_ECS_LINE_MAX, &error);
	size_t len;

	if (!p) {
		return error;
	}
	len = nw_ecs_line(&s->ecs, out, p, NW_ECS_LINE_MAX);
	if (len == 0) {
		return -EMSGSIZE;
	}
	nw_writer_add(&s->writer, len);
	return 0;
}

static int jsonl_flush(void *self)
{
	struct jsonl *s = self;

	return nw_writer_flush(&s->writer);
}

static void jsonl_close(void *self)
{
	struct jsonl *s = self;

	nw_sink_end_lines(&s->writer, "jsonl");
	free(s);
}

const struct nw_sink nw_sink_jsonl = {
	.name = "jsonl",
	.doc = "ECS JSON, one record per line",
	.open = jsonl_open,
	.write = jsonl_write,
	.flush = jsonl_flush,
	.close = jsonl_close,
};

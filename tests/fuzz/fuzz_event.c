/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as events, through the whole pipeline to lines of JSON. What passes nw_event_check()
 * holds all bytes that it says it has, and no event, however strange, may break what comes after.
 * Input: records as in the ring, each at a multiple of 8.
 */
#include "ecs.h"
#include "event.h"
#include "fuzz.h"
#include "pipeline.h"

static const char settings[] = "limits:\n"
			       "  processes: 64\n"
			       "  flows: 64\n"
			       "  listeners: 64\n"
			       "  names: 64\n"
			       "  heads: 64\n";

static struct nw_config *config;
static struct nw_ecs *ecs;
static char line[NW_ECS_LINE_MAX];

static int write_line(void *self, const struct nw_output *out)
{
	size_t len;

	(void)self;
	len = nw_ecs_line(ecs, out, line, sizeof(line));
	must(len <= sizeof(line));
	must(len == 0 || (line[0] == '{' && line[len - 1] == '\n' && line[len - 2] == '}'));
	must(len == 0 || !memchr(line, '\n', len - 1));
	return 0;
}

static int flush(void *self)
{
	(void)self;
	return 0;
}

static void close_sink(void *self)
{
	(void)self;
}

static const struct nw_sink sink = {
	.name = "fuzz",
	.write = write_line,
	.flush = flush,
	.close = close_sink,
};

static void check_event(const struct nw_event *ev, size_t room)
{
	must(ev->size >= sizeof(*ev) && ev->size <= room && ev->size <= NW_EVENT_MAX);
	must(ev->hook < _NW_HOOK_MAX && ev->shape > NW_SHAPE_NONE && ev->shape < _NW_SHAPE_MAX);
	touch(ev, ev->size);
}

static void feed(struct nw_pipeline *p, const uint8_t *data, size_t size)
{
	while (size >= sizeof(struct nw_event)) {
		const struct nw_event *ev;
		uint32_t step;

		memcpy(&step, data, sizeof(step)); /* its size, if it is one */
		step = (step + 7) & ~7U;
		step = step < sizeof(*ev) || step > size ? (uint32_t)size : step;
		if (nw_event_check(data, step, &ev) == 0) {
			check_event(ev, step);
		}
		nw_pipeline_raw(p, data, step);
		data += step;
		size -= step;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nw_pipeline *p;
	struct nw_config_error err;
	uint8_t *copy = aligned_alloc(8, (size + 7) & ~(size_t)7);

	if (!config) {
		must(nw_config_read(settings, sizeof(settings) - 1, &err, &config) == 0);
		ecs = malloc(sizeof(*ecs));
	}
	must(copy && ecs);
	memset(ecs, 0, sizeof(*ecs));
	memcpy(copy, data, size);
	must(nw_pipeline_new(config, NW_NSEC_PER_SEC, &p) == 0);
	must(nw_pipeline_add_sink(p, &sink, NULL, UINT32_MAX) == 0);
	feed(p, copy, size);
	must(nw_pipeline_flush(p) == 0);
	nw_pipeline_free(p);
	free(copy);
	return 0;
}

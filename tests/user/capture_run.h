/* SPDX-License-Identifier: Apache-2.0 */
/* A capture through the real pipeline: what is written of it, and what is counted. */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture.h"
#include "config.h"
#include "harness.h"
#include "pipeline.h"

#define NW_CAPTURE_TEXT_MAX (1 << 20)

struct nw_capture_run {
	struct nw_pipeline *pipeline;
	struct nw_capture_counts counts;
	int result;
	char error[NW_CAPTURE_ERROR_MAX];
	char *text;	     /* JSON lines */
	char heads[1 << 16]; /* all bytes of all heads, one behind the other */
	size_t heads_len;
	unsigned socks;
};

static inline void nw_capture_run_feed(void *ctx, const void *data, size_t len)
{
	struct nw_capture_run *r = ctx;

	nw_pipeline_raw(r->pipeline, data, len);
}

static inline bool nw_capture_run_on(void *ctx)
{
	(void)ctx;
	return true;
}

static inline void nw_capture_run_tap(void *ctx, const struct nw_event *ev)
{
	struct nw_capture_run *r = ctx;

	r->socks += ev->shape == NW_SHAPE_SOCK;
	if (ev->shape == NW_SHAPE_HEAD) {
		const struct nw_ev_head *h = nw_event_head(ev);

		assert_true(r->heads_len + h->len < sizeof(r->heads));
		memcpy(r->heads + r->heads_len, h->data, h->len);
		r->heads_len += h->len;
	}
}

/* file is closed. */
static inline struct nw_capture_run *nw_capture_run(FILE *file, const char *sink_name,
						    uint32_t flows)
{
	static const char yaml[] = "limits: { flows: 1024, processes: 64, listeners: 64 }\n";
	struct nw_capture_run *r = calloc(1, sizeof(*r));
	int fd = memfd_create("lines", MFD_CLOEXEC);
	const struct nw_sink *sink = nw_sink_find(sink_name);
	const struct nw_sink_options options = { .fd = fd };
	struct nw_capture_options opt = {
		.flows = flows, .has_heads = true, .feed = nw_capture_run_feed, .ctx = r
	};
	struct nw_config *config;
	struct nw_capture *c = NULL;
	void *self;

	assert_non_null(file);
	assert_true(r && fd >= 0);
	r->text = calloc(1, NW_CAPTURE_TEXT_MAX);
	assert_int_equal(nw_config_parse("test", yaml, sizeof(yaml) - 1, &config), 0);
	assert_int_equal(nw_pipeline_new(config, 60 * NW_NSEC_PER_SEC, &r->pipeline), 0);
	assert_int_equal(sink->open(&options, &self), 0);
	assert_int_equal(nw_pipeline_add_sink(r->pipeline, sink, self, UINT32_MAX), 0);
	nw_pipeline_set_tap(r->pipeline, nw_capture_run_tap, r);
	r->result = nw_capture_open(file, &opt, r->error, &c);
	if (r->result == 0) {
		r->result = nw_capture_read(c, nw_capture_run_on, r->error);
		r->counts = *nw_capture_counts(c);
	}
	nw_capture_free(c);
	assert_int_equal(nw_pipeline_flush(r->pipeline), 0);
	assert_in_range(pread(fd, r->text, NW_CAPTURE_TEXT_MAX - 1, 0), 0, NW_CAPTURE_TEXT_MAX - 2);
	nw_pipeline_free(r->pipeline);
	nw_config_free(config);
	close(fd);
	return r;
}

static inline void nw_capture_run_free(struct nw_capture_run *r)
{
	free(r->text);
	free(r);
}

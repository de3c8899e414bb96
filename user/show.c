/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records on stdout, from this host or from a recording: the same pipeline, so the same bytes.
 * Owns nothing for longer than a call.
 */
#include "show.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "probe.h"
#include "state/coverage.h"

static int add_sink(const struct nw_show *show, struct nw_pipeline *p, const struct nw_sink *sink)
{
	const struct nw_sink_options o = {
		.fd = STDOUT_FILENO,
		.is_terminal = nw_cli_wants_colour(STDOUT_FILENO),
		.is_quiet = show->opt->quiet,
	};
	void *self;
	int r = sink->open(&o, &self);

	if (r < 0) {
		return nw_err_r(r, "cannot open the output");
	}
	return nw_pipeline_add_sink(p, sink, self, show->only ? show->only : UINT32_MAX);
}

int nw_show_add(void *ctx, struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	const struct nw_config *config = nw_pipeline_config(p);
	const struct nw_sink *sink = show->sink;
	int r = 0;

	nw_pipeline_set_indicators(p, show->opt->indicators);
	if (show->is_configured && config->sinks_count) {
		for (unsigned i = 0; r == 0 && i < config->sinks_count; i++) {
			r = add_sink(show, p, nw_sink_find(config->sinks[i]));
		}
		return r;
	}
	if (!sink) {
		sink = nw_sink_find(show->opt->format == NW_FORMAT_JSON ? "jsonl" : "text");
	}
	return add_sink(show, p, sink);
}

struct nw_live_options nw_show_live(const struct nw_options *opt)
{
	return (struct nw_live_options){
		.config = opt->config,
		.cgroup = opt->cgroup,
		.btf = opt->btf,
		.record = opt->record,
		.state = opt->state,
		.duration_ns = opt->duration_ns,
		.flow_interval_s = 60,
		.no_heads = opt->no_heads,
		.probe = opt->probe,
		.is_quiet = opt->quiet,
	};
}

/* ---- recordings ----------------------------------------------------------------------------- */

struct replay {
	struct nw_pipeline *pipeline;
	struct nw_recorder_file *recorder;
	int error;
};

static void on_tap(void *ctx, const struct nw_event *ev)
{
	struct replay *r = ctx;

	nw_recording_add(r->recorder, ev);
}

static void on_event(void *ctx, const struct nw_event *ev)
{
	struct replay *r = ctx;

	if (r->error) {
		return;
	}
	nw_pipeline_event(r->pipeline, ev);
	if (ev->shape == NW_SHAPE_TICK) {
		r->error = nw_pipeline_flush(r->pipeline);
	}
}

static int record_again(struct replay *r, const struct nw_recording *rec, const char *path)
{
	int fd = nw_recording_create(path);
	int err = fd;

	if (fd >= 0) {
		err = nw_recording_start(fd, rec->config, rec->flow_interval_ns, &r->recorder);
	}
	if (err == 0) {
		nw_pipeline_set_tap(r->pipeline, on_tap, r);
	}
	return err;
}

static void say_about(const struct nw_recording *rec, const char *path)
{
	if (strcmp(rec->tool_version, NW_VERSION) != 0) {
		nw_warn("%s was made by nvrwatch %s; this is " NW_VERSION
			", which may tell it differently",
			path, rec->tool_version);
	}
}

static uint64_t block_of(const void *ctx)
{
	const struct nw_recording *rec = ctx;

	return rec->block;
}

static int run(struct replay *r, struct nw_recording *rec, const char *path)
{
	int err;

	nw_pipeline_set_block(r->pipeline, block_of, rec);
	err = nw_recording_read(rec, on_event, r);

	if (err < 0) {
		nw_err("%s is damaged behind event %llu; what stands before it was used", path,
		       (unsigned long long)rec->events);
	} else if (rec->is_cut) {
		nw_warn("%s was cut: it ends inside a block, behind event %llu", path,
			(unsigned long long)rec->events);
	}
	if (rec->unknown) {
		nw_warn("%llu events come from hooks that this version does not have",
			(unsigned long long)rec->unknown);
	}
	if (r->error == 0) {
		r->error = nw_pipeline_flush(r->pipeline);
	}
	if (r->error && r->error != -EPIPE) {
		nw_err_r(r->error, "cannot write the output");
		return NW_EXIT_FAILURE;
	}
	return err < 0 ? NW_EXIT_INPUT : NW_EXIT_OK;
}

/* One that is named is in force in place of the recording's own: so a policy can be tried on what was. */
static int use_config(struct nw_recording *rec, const char *file)
{
	struct nw_config *c = NULL;

	if (nw_config_load(file, &c) < 0) {
		return -EINVAL;
	}
	nw_config_free(rec->config);
	rec->config = c;
	return 0;
}

int nw_show_recording(struct nw_show *show, const char *path,
		      void (*done)(void *ctx, const struct nw_pipeline *p))
{
	struct nw_recording *rec = NULL;
	struct replay r = {};
	int code = NW_EXIT_FAILURE;

	(void)signal(SIGPIPE, SIG_IGN);
	tzset();
	if (nw_recording_open(path, &rec) < 0) {
		return NW_EXIT_INPUT;
	}
	say_about(rec, path);
	if (show->opt->config && use_config(rec, show->opt->config) < 0) {
		nw_recording_close(rec);
		return NW_EXIT_INPUT;
	}
	if (show->flow_interval_ns) {
		rec->flow_interval_ns = show->flow_interval_ns;
	}
	if (nw_pipeline_new(rec->config, rec->flow_interval_ns, &r.pipeline) == 0 &&
	    nw_show_add(show, r.pipeline) == 0 &&
	    (!show->opt->record || record_again(&r, rec, show->opt->record) == 0)) {
		code = run(&r, rec, path);
		if (done) {
			done(show, r.pipeline);
		}
	}
	if (nw_recording_end(r.recorder) < 0 && code == NW_EXIT_OK) {
		code = NW_EXIT_FAILURE;
	}
	nw_pipeline_free(r.pipeline);
	nw_recording_close(rec);
	return code;
}

static int watch(struct nw_show *show, uint64_t duration_ns,
		 void (*done)(void *ctx, const struct nw_pipeline *p))
{
	struct nw_live_options live = nw_show_live(show->opt);

	if (!live.duration_ns) {
		live.duration_ns = duration_ns;
	}
	if (show->flow_interval_s) {
		live.flow_interval_s = show->flow_interval_s;
	}
	if (show->opt->format != NW_FORMAT_JSON && !show->is_document) {
		printf(live.probe ? NW_PROBE_SAID " and watching this host for %.1f s\n"
				  : "watching this host for %.1f s; a recording is read with "
				    "--file\n",
		       (double)live.duration_ns / 1e9);
		(void)fflush(stdout);
	}
	return nw_live_run(&live, nw_show_add, done, show);
}

int nw_show_table(struct nw_show *show, uint64_t duration_ns,
		  void (*done)(void *ctx, const struct nw_pipeline *p))
{
	int code = show->opt->file ? nw_show_recording(show, show->opt->file, done)
				   : watch(show, duration_ns, done);

	return code == NW_EXIT_OK && show->has_failed ? NW_EXIT_FAILURE : code;
}

/* ---- what stands in several tables ----------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct nw_camera *x = *(const struct nw_camera *const *)a;
	const struct nw_camera *y = *(const struct nw_camera *const *)b;

	return memcmp(x->addr, y->addr, sizeof(x->addr));
}

unsigned nw_show_cameras(const struct nw_state *st, const struct nw_camera *list[NW_CAMERAS_MAX])
{
	const struct nw_camera *c = NULL;
	unsigned n = 0;

	while (n < NW_CAMERAS_MAX && (c = nw_camera_next(st, c))) {
		list[n++] = c;
	}
	qsort(list, n, sizeof(const struct nw_camera *), by_address);
	return n;
}

void nw_show_coverage(const struct nw_pipeline *p)
{
	struct nw_coverage c;

	nw_coverage_of_session(nw_pipeline_state(p), &c);
	(void)printf("%.1f s observed, %.1f s of them whole\n", (double)c.observed_ns / 1e9,
		     (double)c.full_ns / 1e9);
}

void nw_show_time(char buf[NW_SHOW_TIME], uint64_t wall_ns)
{
	time_t second = (time_t)(wall_ns / NW_NSEC_PER_SEC);
	struct tm tm;

	if (!localtime_r(&second, &tm) ||
	    !strftime(buf, NW_SHOW_TIME, "%Y-%m-%d %H:%M:%S %z", &tm)) {
		buf[0] = '\0';
	}
}

void nw_show_span(char buf[NW_SHOW_SPAN], uint64_t from_wall_ns, uint64_t to_wall_ns)
{
	enum {
		TIME_AT = sizeof("2026-11-24"),
		ZONE_AT = sizeof("2026-11-24 11:02:55") - 1,
	};
	char from[NW_SHOW_TIME];
	char to[NW_SHOW_TIME];

	nw_show_time(from, from_wall_ns);
	nw_show_time(to, to_wall_ns);
	if (strlen(from) < ZONE_AT || strlen(to) < ZONE_AT) {
		buf[0] = '\0';
		return;
	}
	if (strcmp(from + ZONE_AT, to + ZONE_AT) == 0) {
		from[ZONE_AT] = '\0';
	}
	(void)snprintf(buf, NW_SHOW_SPAN, "%s to %s", from,
		       strncmp(from, to, TIME_AT) == 0 ? to + TIME_AT : to);
}

/* ---- records of a command ------------------------------------------------------------------- */

static int fail(struct nw_show *show, int r, const char *what)
{
	if (r == 0 || r == -EPIPE) {
		return r;
	}
	show->has_failed = true;
	return nw_err_r(r, "%s", what);
}

int nw_show_records(struct nw_show *show, const struct nw_pipeline *p, struct nw_show_records *ret)
{
	const struct nw_sink_options o = { .fd = STDOUT_FILENO };

	*ret = (struct nw_show_records){ .show = show,
					 .state = nw_pipeline_state(p),
					 .sink = nw_sink_find("jsonl"),
					 .sequence = nw_pipeline_records(p) };
	return fail(show, ret->sink->open(&o, &ret->self), "cannot open the output");
}

void nw_show_record(struct nw_show_records *r, struct nw_output out)
{
	out.state = r->state;
	out.ts_ns = nw_state_now_ns(r->state);
	out.sequence = ++r->sequence;
	(void)fail(r->show, r->sink->write(r->self, &out), "a record could not be written");
}

void nw_show_records_end(struct nw_show_records *r)
{
	(void)fail(r->show, r->sink->flush(r->self), "cannot write the output");
	r->sink->close(r->self);
}

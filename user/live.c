/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop. Two timers: one takes what waits in the ring, one lets the kernel's ledger report and
 * then says what time it is; the ring's own wake-up comes only when it fills. Owns loader, pipeline
 * and recording. Any error ends the session in order: what was seen is written, then said.
 */
#include "live.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "changes.h"
#include "cli.h"
#include "files.h"
#include "helper.h"
#include "host.h"
#include "keeping.h"
#include "load.h"
#include "log.h"
#include "looks.h"
#include "notify.h"
#include "output.h"
#include "priv.h"
#include "probe.h"
#include "realtime.h"
#include "recording.h"

#define CONSUME_MS   50
#define SWEEP_MS     200
#define SWEEP_MAX_MS 5000
#define LEAVE_SWEEPS 50	 /* between looks for network namespaces that nobody lives in any more */
#define BLOCKS_MAX   100 /* of notifications in one go: all that the kernel queues, 16,384 */
#define SCAN_MS	     10000
#define EXES_MS	     1000 /* at the end: programs that are being read */

struct live {
	const struct nw_live_options *opt;
	struct nw_config *config;
	struct nw_loader *loader;
	struct nw_pipeline *pipeline;
	struct nw_recorder_file *recorder;
	struct nw_enrich *enrich;
	struct nw_keeping keeping;
	int notify;
	struct nw_probe *probe;
	struct nw_host host;
	struct nw_helper helper;
	struct nw_looks looks;
	uv_loop_t loop;
	uv_poll_t wake;
	uv_poll_t links;
	uv_timer_t consume;
	uv_timer_t sweep;
	uv_timer_t scan;
	uv_timer_t deadline;
	uv_signal_t sigint;
	uv_signal_t sigterm;
	uint64_t period_ms;
	unsigned sweeps;
	bool has_loop;
	uint64_t losses[_NW_LOSS_MAX];
	int error;
	bool is_ending;
};

static void stop(struct live *v, int err)
{
	v->error = v->error ? v->error : err;
	v->is_ending = true;
	uv_stop(&v->loop);
}

static void feed(void *ctx, const void *data, size_t len)
{
	struct live *v = ctx;

	nw_pipeline_raw(v->pipeline, data, len);
}

static void feed_ring(void *ctx, const void *data, size_t len)
{
	struct live *v = ctx;

	if (!nw_host_takes(&v->host, data, len)) {
		feed(v, data, len);
	}
}

static void on_tap(void *ctx, const struct nw_event *ev)
{
	struct live *v = ctx;

	nw_recording_add(v->recorder, ev);
}

static uint64_t block_of(const void *ctx)
{
	return nw_recording_block(ctx);
}

/* What was done with files comes behind the processes that did it. */
static void consume(struct live *v)
{
	bool more = true;

	for (unsigned i = 0; more && i < BLOCKS_MAX && !v->error; i++) {
		int r;

		more = nw_host_read_notified(&v->host);
		r = nw_load_consume(v->loader, feed_ring, v);
		if (r < 0) {
			stop(v, nw_err_r(r, "cannot read the ring buffer"));
		}
		nw_host_tell_notified(&v->host);
	}
}

static void feed_losses(struct live *v)
{
	struct nw_ev_loss e = { .ev = { .size = sizeof(e),
					.hook = NW_HOOK_HOST,
					.shape = NW_SHAPE_LOSS,
					.ts_ns = nw_host_boot_ns() } };

	nw_load_losses(v->loader, (uint64_t *)e.total);
	nw_pipeline_losses(v->pipeline, &e);
	nw_host_losses(&v->host, v->is_ending, &e);
	e.total[NW_LOSS_STATE] = nw_keeping_lost(&v->keeping);
	e.total[NW_LOSS_RECORD] = v->recorder ? nw_recording_lost(v->recorder) : 0;
	if (memcmp(v->losses, e.total, sizeof(v->losses)) != 0) {
		memcpy(v->losses, e.total, sizeof(v->losses));
		feed(v, &e, sizeof(e));
	}
}

static void feed_tick(struct live *v)
{
	struct nw_ev_tick e = { .ev = { .size = sizeof(e),
					.hook = NW_HOOK_HOST,
					.shape = NW_SHAPE_TICK,
					.ts_ns = nw_host_boot_ns() },
				.wall_ns = nw_host_wall_ns(),
				.period_ns = v->period_ms * NW_NSEC_PER_MSEC,
				.mono_ns = nw_host_mono_ns() };

	feed(v, &e, sizeof(e));
}

static void flush(struct live *v, bool now)
{
	int r = nw_pipeline_flush(v->pipeline);

	if (r < 0 && !v->is_ending) {
		if (r != -EPIPE) {
			nw_err_r(r, "cannot write the output");
		}
		stop(v, r);
	}
	if (v->recorder) {
		nw_recording_flush(v->recorder, nw_host_boot_ns(), now);
	}
}

/* The ledger reports into the ring, the ring is read, and only then is it later. */
static void sweep(struct live *v)
{
	uint64_t began = nw_host_boot_ns();
	uint64_t took_ms;
	int r = nw_load_sweep(v->loader);

	if (r < 0) {
		stop(v, nw_err_r(r, "cannot read the ledger"));
	}
	nw_host_count(&v->host, v->is_ending);
	took_ms = (nw_host_boot_ns() - began) / NW_NSEC_PER_MSEC;
	v->period_ms = NW_MIN(NW_MAX(took_ms * NW_LOOKS_COST, SWEEP_MS), SWEEP_MAX_MS);
	nw_looks_link(&v->looks);
	consume(v);
	nw_host_tell_counted(&v->host);
	nw_host_tell_clock(&v->host, v->is_ending);
	nw_looks_reads(&v->looks, nw_pipeline_births(v->pipeline), began);
	feed_losses(v);
	feed_tick(v);
	nw_realtime_keep(began);
}

static void look_at_mapped(struct live *v, bool is_awaited)
{
	int r = nw_looks_mapped(&v->looks, is_awaited);

	if (r < 0) {
		stop(v, nw_err_r(r, "cannot read what processes have mapped"));
	}
}

static void scan(struct live *v)
{
	int r;

	look_at_mapped(v, true); /* before the end of the scan, which is when chains are followed */
	r = nw_looks_files(&v->looks);
	if (r < 0) {
		stop(v, nw_err_r(r, "cannot read the tables of open files"));
	}
	consume(v);
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void on_consume(uv_timer_t *t)
{
	struct live *v = t->data;

	nw_links_read(v->host.links); /* a flow's first record can tell who is at the other end */
	look_at_mapped(v, false);
	consume(v);
	nw_host_tell_exes(&v->host, 0);
	if (nw_looks_may_files(&v->looks) && nw_pipeline_wants_scan(v->pipeline)) {
		scan(v);
	}
	flush(v, false);
}

static void on_wake(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	consume(poll->data);
}

static void on_links(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	nw_links_read(((const struct live *)poll->data)->host.links);
}

static bool is_empty(void *ctx, uint32_t netns)
{
	const struct live *v = ctx;

	return !nw_netns_has_process(nw_pipeline_state(v->pipeline), netns);
}

static void on_sweep(uv_timer_t *t)
{
	struct live *v = t->data;
	uint64_t before = v->period_ms;

	sweep(v);
	if (v->sweeps++ % LEAVE_SWEEPS == 0) {
		nw_links_leave(v->host.links, is_empty, v);
	}
	flush(v, false);
	if (v->period_ms != before) {
		uv_timer_start(t, on_sweep, v->period_ms, v->period_ms);
	}
}

static void on_scan(uv_timer_t *t)
{
	struct live *v = t->data;

	nw_load_forget_folders(v->loader);
	scan(v);
}

static void on_deadline(uv_timer_t *t)
{
	stop(t->data, 0);
}

static void on_signal(uv_signal_t *s, int signum)
{
	(void)signum;
	stop(s->data, 0);
}

static int start_loop(struct live *v)
{
	int r = nw_priv_no_io_uring();

	r = r < 0 ? r : uv_loop_init(&v->loop);
	if (r < 0) {
		return r;
	}
	v->has_loop = true;
	uv_poll_init(&v->loop, &v->wake, nw_load_wake_fd(v->loader));
	uv_poll_init(&v->loop, &v->links, nw_links_fd(v->host.links));
	uv_timer_init(&v->loop, &v->consume);
	uv_timer_init(&v->loop, &v->sweep);
	uv_timer_init(&v->loop, &v->scan);
	uv_timer_init(&v->loop, &v->deadline);
	uv_signal_init(&v->loop, &v->sigint);
	uv_signal_init(&v->loop, &v->sigterm);
	v->wake.data = v->consume.data = v->sweep.data = v->scan.data = v->deadline.data = v;
	v->sigint.data = v->sigterm.data = v->links.data = v;
	r = uv_poll_start(&v->wake, UV_READABLE, on_wake);
	r = r < 0 ? r : uv_poll_start(&v->links, UV_READABLE, on_links);
	r = r < 0 ? r : uv_timer_start(&v->consume, on_consume, CONSUME_MS, CONSUME_MS);
	r = r < 0 ? r : uv_timer_start(&v->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	r = r < 0 ? r : uv_timer_start(&v->scan, on_scan, SCAN_MS, SCAN_MS);
	r = r < 0 ? r : uv_signal_start(&v->sigint, on_signal, SIGINT);
	r = r < 0 ? r : uv_signal_start(&v->sigterm, on_signal, SIGTERM);
	if (r == 0 && v->opt->duration_ns) {
		r = uv_timer_start(&v->deadline, on_deadline,
				   v->opt->duration_ns / NW_NSEC_PER_MSEC, 0);
	}
	return r;
}

static void on_walk(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle)) {
		uv_close(handle, NULL);
	}
}

static void end_loop(struct live *v)
{
	if (!v->has_loop) {
		return;
	}
	uv_walk(&v->loop, on_walk, NULL);
	(void)uv_run(&v->loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&v->loop);
}

/* ---- from start to end ---------------------------------------------------------------------- */

static int open_recording(struct live *v, uint64_t interval)
{
	int fd = nw_recording_create(v->opt->record);

	return fd < 0 ? fd : nw_recording_start(fd, v->config, interval, &v->recorder);
}

/* An exit code. What the user may have got wrong comes before what takes time. */
static int open_all(struct live *v, nw_live_sinks_fn add_sinks, void *ctx)
{
	const struct nw_live_options *opt = v->opt;
	struct nw_load_options load = { .cgroup = opt->cgroup, .btf = opt->btf };
	uint64_t interval;
	int r;

	if (nw_config_load(opt->config, &v->config) < 0 ||
	    nw_enrich_open(&v->config->geo, &v->enrich) < 0) {
		return NW_EXIT_INPUT;
	}
	interval = v->config->flow_interval_s ? v->config->flow_interval_s : opt->flow_interval_s;
	interval *= NW_NSEC_PER_SEC;
	load.ring_bytes = v->config->limits.ring_bytes;
	load.heads = v->config->heads && !opt->no_heads;
	load.files = nw_host_has_roots(v->config, v->enrich);
	r = nw_load(&load, &v->loader);
	if (r < 0) {
		return nw_live_exit_of_load(r);
	}
	if (nw_pipeline_new(v->config, interval, &v->pipeline) < 0) {
		nw_err("not enough memory for the tables; see limits in the configuration");
		return NW_EXIT_FAILURE;
	}
	if (opt->record) {
		if (open_recording(v, interval) < 0) {
			return NW_EXIT_FAILURE;
		}
		nw_pipeline_set_tap(v->pipeline, on_tap, v);
		nw_pipeline_set_block(v->pipeline, block_of, v->recorder);
	}
	nw_keeping_open(&v->keeping, opt->state, v->pipeline);
	return add_sinks(ctx, v->pipeline) < 0 ? NW_EXIT_FAILURE : NW_EXIT_OK;
}

static int begin(struct live *v)
{
	int r;

	v->host = (struct nw_host){ .loader = v->loader,
				    .config = v->config,
				    .feed = feed,
				    .ctx = v,
				    .enrich = v->enrich,
				    .exes = { .fd = -1 },
				    .state = nw_pipeline_state(v->pipeline) };
	v->looks = (struct nw_looks){ .loader = v->loader, .host = &v->host, .helper = &v->helper };
	nw_pipeline_set_ask(v->pipeline, nw_host_asks(&v->host), &v->host);
	nw_pipeline_set_identify(v->pipeline, nw_host_identify, &v->host);
	tzset(); /* while the zone's file can be read */
	feed_tick(v);
	r = nw_host_facts(&v->host);
	nw_keeping_read(&v->keeping, &v->host);
	r = r < 0 ? r : nw_host_processes(&v->host);
	r = r < 0 ? r : nw_load_watch_packets(v->loader);
	if (r < 0) {
		return r;
	}
	nw_host_libraries(&v->host);
	nw_host_files(&v->host);
	nw_load_freeze(v->loader); /* before children of ours have its memory, too */
	nw_host_changes(&v->host);
	nw_host_exes_start(&v->host);
	nw_host_hooks(&v->host);
	if (nw_helper_start(nw_load_link_program(v->loader), &v->helper) < 0) {
		nw_host_fact(&v->host, "hook.dev_queue", "off: its helper can't start");
	}
	sweep(v);
	scan(v);
	r = start_loop(v);
	if (r < 0) {
		nw_err("cannot start the event loop: %s", uv_strerror(r));
	}
	if (r == 0 && v->opt->probe) {
		r = nw_probe_send(&v->host, &v->loop, &v->probe);
	}
	(void)nw_realtime_raise();
	r = r < 0 ? r : nw_priv_drop(nw_keeping_start, &v->keeping);
	if (r < 0) {
		return r;
	}
	nw_host_fact(&v->host, "session", "start");
	flush(v, true);
	nw_notify_say(v->notify, "READY=1");
	return v->error;
}

static void finish(struct live *v)
{
	nw_notify_say(v->notify, "STOPPING=1");
	sweep(v);
	nw_host_tell_exes(&v->host, EXES_MS);
	flush(v, true);
	feed_losses(v); /* also what that flush lost */
	nw_host_fact(&v->host, "session", "end");
	flush(v, true);
}

static int exit_of_run(const struct live *v)
{
	return v->error == 0 || v->error == -EPIPE ? NW_EXIT_OK : NW_EXIT_FAILURE;
}

int nw_live_run(const struct nw_live_options *opt, nw_live_sinks_fn add_sinks,
		void (*done)(void *ctx, const struct nw_pipeline *p), void *ctx)
{
	struct live *v = calloc(1, sizeof(*v));
	int code;

	if (!v) {
		return NW_EXIT_FAILURE;
	}
	v->opt = opt;
	v->period_ms = SWEEP_MS;
	v->helper.fd = -1;
	v->host.exes.fd = -1;
	v->notify = opt->is_service ? nw_notify_open() : -1;
	(void)signal(SIGPIPE, SIG_IGN);
	code = open_all(v, add_sinks, ctx);
	if (code == NW_EXIT_OK) {
		if (begin(v) == 0) {
			(void)uv_run(&v->loop, UV_RUN_DEFAULT);
			v->is_ending = true;
			finish(v);
			code = exit_of_run(v);
		} else {
			code = NW_EXIT_FAILURE;
		}
		end_loop(v);
	}
	if (v->is_ending && done) {
		done(ctx, v->pipeline);
	}
	if (v->is_ending && !opt->is_quiet) {
		nw_pipeline_say_losses(v->pipeline);
	}
	if (nw_recording_end(v->recorder) < 0) {
		code = code == NW_EXIT_OK ? NW_EXIT_FAILURE : code;
	}
	nw_keeping_close(&v->keeping);
	nw_probe_free(v->probe);
	nw_helper_end(&v->helper);
	nw_pipeline_free(v->pipeline);
	nw_links_free(v->host.links);
	nw_files_free(v->host.files);
	nw_changes_free(v->host.changes);
	nw_exe_looker_end(&v->host.exes);
	nw_spots_free(v->host.spots);
	nw_netstat_close(&v->host.netstat);
	nw_load_free(v->loader);
	nw_enrich_free(v->enrich);
	nw_config_free(v->config);
	free(v);
	return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: run a capture (pcap, pcapng) through the pipeline as if its packets came by now. What the
 * capture does not show of them is counted, and said at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "commands/command.h"
#include "log.h"
#include "show.h"

struct decode {
	struct nw_pipeline *pipeline;
	int error; /* of the output */
};

static void feed(void *ctx, const void *data, size_t len)
{
	struct decode *d = ctx;

	nw_pipeline_raw(d->pipeline, data, len);
}

static bool keep_on(void *ctx)
{
	struct decode *d = ctx;

	d->error = nw_pipeline_flush(d->pipeline);
	return d->error == 0;
}

static void say(uint64_t n, const char *path, const char *what)
{
	if (n) {
		nw_warn("%s: %" PRIu64 " %s", path, n, what);
	}
}

static void say_counts(const struct nw_capture_counts *n, const char *path)
{
	say(n->others, path, "frames are neither IPv4 nor IPv6");
	say(n->fragments, path, "fragments of IP packets are left out");
	say(n->bad, path, "packets have lengths that cannot be");
	say(n->shorts, path, "packets are cut before their ports");
	say(n->backwards, path,
	    "packets have a time before an earlier one's, which is taken for theirs");
	say(n->no_start, path, "TCP connections lack their beginning: nothing is read of them");
	say(n->strays, path, "TCP segments lie outside their connection");
	say(n->missing, path, "bytes of TCP are missing");
	say(n->evicted, path, "flows found no room and may be told in parts; see limits.flows");
	say(n->heads, path, "heads are cut short");
}

static int run_all(struct decode *d, struct nw_capture *c, const char *path)
{
	char error[NW_CAPTURE_ERROR_MAX];
	int r = nw_capture_read(c, keep_on, error);

	if (r == -ENODATA) {
		nw_warn("%s was cut: it ends inside packet %" PRIu64, path,
			nw_capture_counts(c)->packets + 1);
	} else if (r < 0) {
		nw_err("%s can be read up to packet %" PRIu64 " only, and was: %s", path,
		       nw_capture_counts(c)->packets, error);
	}
	say_counts(nw_capture_counts(c), path);
	if (d->error == 0) {
		d->error = nw_pipeline_flush(d->pipeline);
	}
	if (d->error && d->error != -EPIPE) {
		nw_err_r(d->error, "cannot write the output");
		return NW_EXIT_FAILURE;
	}
	return r < 0 && r != -ENODATA ? NW_EXIT_INPUT : NW_EXIT_OK;
}

static int decode(const struct nw_options *opt, const struct nw_config *config, FILE *file)
{
	struct nw_show show = { .opt = opt, .only = opt->only };
	struct decode d = { .error = 0 };
	const struct nw_capture_options capture = { .flows = config->limits.flows,
						    .has_heads = config->heads && !opt->no_heads,
						    .config_hash = config->hash,
						    .feed = feed,
						    .ctx = &d };
	uint32_t interval = config->flow_interval_s ? config->flow_interval_s : 60;
	char error[NW_CAPTURE_ERROR_MAX];
	struct nw_capture *c = NULL;
	int code = NW_EXIT_FAILURE;
	int r = nw_capture_open(file, &capture, error, &c);

	if (r < 0) {
		nw_err("%s cannot be read as a capture: %s", opt->operand, error);
		return r == -EBADMSG ? NW_EXIT_INPUT : NW_EXIT_FAILURE;
	}
	if (nw_pipeline_new(config, interval * NW_NSEC_PER_SEC, &d.pipeline) < 0) {
		nw_err("not enough memory for the tables; see limits in the configuration");
	} else if (nw_show_add(&show, d.pipeline) == 0) {
		code = run_all(&d, c, opt->operand);
	}
	nw_pipeline_free(d.pipeline);
	nw_capture_free(c);
	return code;
}

/* "-": what is piped to us. */
static FILE *open_capture(const char *path)
{
	int fd;
	FILE *file;

	if (strcmp(path, "-") != 0) {
		return fopen(path, "re");
	}
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file && fd >= 0) {
		close(fd);
	}
	return file;
}

static int decode_run(const struct nw_options *opt)
{
	struct nw_config *config = NULL;
	FILE *file;
	int code;

	tzset();
	if (nw_config_load(opt->config, &config) < 0) {
		return NW_EXIT_INPUT;
	}
	file = open_capture(opt->operand);
	if (!file) {
		nw_err_r(-errno, "cannot open %s", opt->operand);
		code = NW_EXIT_INPUT;
	} else {
		code = decode(opt, config, file);
	}
	nw_config_free(config);
	return code;
}

const struct nw_command nw_command_decode = {
	.name = "decode",
	.args = "FILE",
	.doc = "print what a packet capture (pcap, pcapng) holds, as trace would have",
	.flags = "ocny",
	.run = decode_run,
};

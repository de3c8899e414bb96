/* SPDX-License-Identifier: Apache-2.0 */
/* nvrwatch: finds the command, runs it, and turns what is left to say into an exit code. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands/command.h"
#include "log.h"
#include "util/text.h"

static int bad_usage(const char *error)
{
	char text[2 * NW_CLI_ERROR_MAX];

	(void)nw_text_escape(text, sizeof(text), error, strlen(error));
	(void)fprintf(stderr, "nvrwatch: %s (see nvrwatch --help)\n", text);
	return NW_EXIT_USAGE;
}

static void set_log_level(const struct nw_options *opt)
{
	if (opt->quiet) {
		nw_log_set_level(NW_LOG_ERR);
	} else if (opt->verbose) {
		nw_log_set_level(opt->verbose > 1 ? NW_LOG_DBG : NW_LOG_INFO);
	}
}

/* A full disk under `nvrwatch list >file` is a failure; a pager that was closed is none. */
static int finish_output(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout)) {
		return code;
	}
	if (errno == EPIPE) {
		return code;
	}
	nw_err("cannot write the output: %s", strerror(errno));
	return code == NW_EXIT_OK ? NW_EXIT_FAILURE : code;
}

static int run(const struct nw_options *opt)
{
	if (opt->version) {
		(void)puts("nvrwatch " NW_VERSION);
		return NW_EXIT_OK;
	}
	if (opt->help) {
		nw_cli_usage(stdout, opt->command);
		return NW_EXIT_OK;
	}
	return opt->command->run(opt);
}

/* A table's room is pages that nobody has touched yet. Left to itself malloc raises the size from which it
 * asks the kernel for such when the kernel's types are freed, and clears tables in what those left. */
#define TABLE_BYTES (256 << 10)

int main(int argc, char **argv)
{
	struct nw_options opt = { 0 };
	char error[NW_CLI_ERROR_MAX];

	/* Whoever reads our output may leave: then write() says EPIPE, and everything is put away. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)mallopt(M_MMAP_THRESHOLD, TABLE_BYTES);
	if (argc < 2) {
		nw_cli_usage(stderr, NULL);
		return NW_EXIT_USAGE;
	}
	if (nw_cli_parse(argc, argv, &opt, error) < 0) {
		return bad_usage(error);
	}
	set_log_level(&opt);
	return finish_output(run(&opt));
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: argv -> struct nw_options, and usage from the same tables. A command names the
 * options it takes by their letters (struct nw_command, flags):
 *
 *	g --cgroup	d --duration	o --output	r --record	f --file
 *	c --config	b --btf		n --no-heads	y --only
 *	i --indicators	s --state	p --probe
 *	w --score, --question, --camera, --process	m -o md
 *
 * -q, -v, -h and -V go with every command.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/macro.h"

struct nw_command;

/* What the process ends with; docs/commands.md and --help print the same words. */
enum nw_exit {
	NW_EXIT_OK,
	NW_EXIT_FAILURE, /* something went wrong while working */
	NW_EXIT_USAGE,	 /* the command line is wrong; nothing was done */
	NW_EXIT_DENIED,	 /* not permitted, or the kernel lacks what is needed */
	NW_EXIT_INPUT,	 /* the configuration, the recording or the capture is wrong */
	_NW_EXIT_MAX,
};

enum nw_format {
	NW_FORMAT_TEXT,
	NW_FORMAT_JSON,
	NW_FORMAT_MARKDOWN,
};

struct nw_options {
	const struct nw_command *command; /* NULL: --help or --version without one */
	const char *verb;		  /* the command's word before it was given, or NULL */
	const char *operand;		  /* what the command's args name, or NULL */
	const char *cgroup;
	const char *record;
	const char *file;
	const char *state;
	const char *config;
	const char *btf;
	const char *question; /* of findings, as they say it; NULL = any */
	const char *camera;   /* and so on */
	const char *process;
	unsigned score;	      /* the least */
	uint64_t duration_ns; /* 0 = as the command thinks right */
	uint32_t only;	      /* bit per enum nw_dataset; 0 = all */
	uint64_t indicators;  /* bit per place in nw_indicators; 0 = all */
	enum nw_format format;
	unsigned verbose; /* how often -v */
	bool no_heads;
	bool probe;
	bool quiet;
	bool help;
	bool version;
};

#define NW_CLI_ERROR_MAX 256

/* 0, or -EINVAL with one sentence in error. Pointers in ret point into argv. */
NW_MUST_CHECK int nw_cli_parse(int argc, char **argv, struct nw_options *ret,
			       char error[NW_CLI_ERROR_MAX]);
/* Usage of one command, or of the program when command is NULL. */
void nw_cli_usage(FILE *out, const struct nw_command *command);
/* Colour on this descriptor: a terminal that is not dumb, and NO_COLOR is not set (no-color.org). */
bool nw_cli_wants_colour(int fd);

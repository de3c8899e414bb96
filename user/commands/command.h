/* SPDX-License-Identifier: Apache-2.0 */
/* A subcommand. One file per command; the folder is the list, and usage is printed from it. */
#pragma once

struct nw_options;

struct nw_command {
	const char *name;			  /* file stem */
	const char *args;			  /* "" or "FILE" */
	const char *verb;			  /* a word that may stand before it, or NULL */
	const char *doc;			  /* one line */
	const char *flags;			  /* letters of the options it takes, see cli.c */
	int (*run)(const struct nw_options *opt); /* process exit code, enum nw_exit */
};

extern const struct nw_command *const nw_commands[]; /* NULL ends it */

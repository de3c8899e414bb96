/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of the file that a process runs, beside its path: size, last change, SHA-256 and
 * whose package it is of. It is read by a helper (exe_look.h), comes to state as a fact
 * "exe.<pid>.<start>", and so is in a recording. The text of that fact is made and read here alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"
#include "util/sha256.h"

#define NW_EXE_FRONT	 "exe."
#define NW_EXE_KEY	 64  /* with NUL, as all of these: front, pid, dot, start */
#define NW_EXE_PACKAGE	 128 /* "libreoffice-core:amd64" */
#define NW_EXE_TEXT	 384
#define NW_EXE_HASH_TEXT 65		       /* hexadecimal */
#define NW_EXE_SIZE_MAX	 ((uint64_t)256 << 20) /* of a larger one no hash is made */

/* How far it was read. */
enum nw_exe_how {
	NW_EXE_READ,
	NW_EXE_GONE,	   /* the process ended or runs another one, and its path leads elsewhere */
	NW_EXE_LARGE,	   /* than NW_EXE_SIZE_MAX: the rest is told */
	NW_EXE_CHANGED,	   /* while it was read */
	NW_EXE_UNREADABLE, /* an error, or nobody who may */
	_NW_EXE_HOW_MAX,
};

/* Whose it is, as dpkg of this host has it. */
enum nw_exe_owner {
	NW_EXE_OWNER_UNKNOWN, /* no dpkg here, or it can't be read */
	NW_EXE_OWNER_PACKAGE, /* one package has a file of that path, and that is this one */
	NW_EXE_OWNER_NOBODY,
	NW_EXE_OWNER_SEVERAL,	/* more than one package, or a diversion */
	NW_EXE_OWNER_ELSEWHERE, /* by its path this host has no such file: a container's, deleted */
	_NW_EXE_OWNER_MAX,
};

struct nw_exe_file {
	uint64_t ino; /* as the process has them */
	uint32_t dev;
	uint8_t how;			 /* enum nw_exe_how */
	uint8_t owner;			 /* enum nw_exe_owner */
	uint64_t size;			 /* this and mtime_ns 0: not known */
	uint64_t mtime_ns;		 /* CLOCK_REALTIME */
	uint8_t sha256[NW_SHA256_BYTES]; /* of NW_EXE_READ alone */
	char package[NW_EXE_PACKAGE];	 /* "" = none */
};

/* "read", "gone", "large", "changed", "unreadable" */
const char *nw_exe_how_name(unsigned how);
/* "package", "unowned", "several", "elsewhere"; NULL for what is not known. */
const char *nw_exe_owner_name(unsigned owner);
void nw_exe_hash_text(const struct nw_exe_file *f, char ret[NW_EXE_HASH_TEXT]);
/* A fact's value. */
void nw_exe_text(const struct nw_exe_file *f, char ret[NW_EXE_TEXT]);
/* The same read; it may be anybody's. False: it is none. */
NW_MUST_CHECK bool nw_exe_parse(const char *text, size_t len, struct nw_exe_file *ret);
/* Is it one that can be told? A package's name that dpkg would not take is none. */
NW_MUST_CHECK bool nw_exe_is_valid(const struct nw_exe_file *f);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who reads cameras: programs, each with all that belongs to it (its container, its unit, else its
 * executable and user), for how long, and which of them is the recorder and by what. And whose flow
 * a reader stands behind. Written by user/state/reader.c alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/camera.h"
#include "state/state.h"

#define NW_READERS_MAX 256
#define NW_READER_KEY  288

enum nw_recorder_basis {
	NW_RECORDER_NONE,
	NW_RECORDER_BEHAVIOUR, /* it has read most cameras for the longest time */
	NW_RECORDER_CATALOGUE,
	NW_RECORDER_DECLARED,
};

struct nw_reader {
	char key[NW_READER_KEY]; /* "unit x.service", "container 0123…", "program /usr/bin/x 998" */
	uint64_t first_ns, last_ns; /* it got something from a camera */
	uint64_t read_ns;	    /* time, of all cameras together */
	uint64_t asked_ns;	    /* state's own: when it was asked whether it is the recorder */
};

/* What a process belongs to. */
void nw_reader_key(const struct nw_proc *p, char ret[NW_READER_KEY]);
/* The reader that it belongs to, or NULL: nothing of it ever read a camera. */
const struct nw_reader *nw_reader_of(const struct nw_state *st, const struct nw_proc *p);
/* Who had read most by far when nobody else did, and reads still or did until ten minutes ago unless
 * nobody took its place; NULL while nobody was ever ahead of the others. */
const struct nw_reader *nw_reader_first(const struct nw_state *st);
/* Is it the recorder, or started by it? The surest of what says so. */
enum nw_recorder_basis nw_recorder_of(const struct nw_state *st, const struct nw_proc *p);
/* Does anybody on this host count as the recorder: the surest basis that was seen at a reader. */
enum nw_recorder_basis nw_recorder_known(const struct nw_state *st);
const char *nw_recorder_basis_name(enum nw_recorder_basis basis);

enum nw_pictures_how {
	NW_PICTURES_NONE,
	NW_PICTURES_GROUP, /* somebody of the same unit or container reads cameras */
	NW_PICTURES_CHAIN, /* data can come from a process that does */
	NW_PICTURES_SELF,
};

/* Whose pictures a flow can carry. */
struct nw_pictures {
	enum nw_pictures_how how;
	const struct nw_proc *reader;	/* NULL for a group */
	const struct nw_camera *camera; /* when it reads just one */
	unsigned cameras;
	uint32_t rx_rate; /* bytes a second that it gets from them now */
	uint8_t steps;	  /* of the chain */
	uint8_t via;	  /* enum nw_via of the last step */
};

/* False, and NW_PICTURES_NONE, when nothing is known. Looks at all flows of cameras: not for each
 * event. */
bool nw_pictures_of(const struct nw_state *st, const struct nw_flow *f, struct nw_pictures *ret);
/* The same of one process, without a chain. */
bool nw_pictures_of_proc(const struct nw_state *st, const struct nw_proc *p,
			 struct nw_pictures *ret);
const char *nw_pictures_name(enum nw_pictures_how how);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A group of fanotify as who has one reads it: a block that waits is taken first and looked at later,
 * so that what else happened until then can be read in between.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/fanotify.h>
#include <sys/types.h>

#include "util/macro.h"

#define NW_FAN_BLOCK_MAX 16384

struct nw_fan {
	int fd; /* of the group; -errno: there is none */
	pid_t self;
	uint64_t
		lost; /* the kernel's queue was full, or one could not be had; its owner adds to it */
	size_t block;  /* bytes that are taken at once */
	ssize_t taken; /* of buf, and not looked at yet */
	_Alignas(struct fanotify_event_metadata) char buf[NW_FAN_BLOCK_MAX];
};

typedef void (*nw_fan_fn)(void *ctx, const struct fanotify_event_metadata *m);

/* flags and event_flags beside FAN_CLASS_NOTIF, FAN_CLOEXEC, FAN_NONBLOCK and O_RDONLY, O_LARGEFILE,
 * O_CLOEXEC. -errno, also in fd. */
int nw_fan_open(struct nw_fan *f, unsigned flags, unsigned event_flags, size_t block);
void nw_fan_close(struct nw_fan *f);
/* Takes a block; false: nothing waits. What was taken before has been looked at. */
NW_MUST_CHECK bool nw_fan_take(struct nw_fan *f);
/* Each notification of the block, once; m->fd is the caller's from there on. */
void nw_fan_each(struct nw_fan *f, nw_fan_fn look, void *ctx);

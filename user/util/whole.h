/* SPDX-License-Identifier: Apache-2.0 */
/* A file read as one. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* From where fd stands: how many bytes there were, at most size; -errno. Signals do not end it. */
ssize_t nw_read_whole(int fd, void *buf, size_t size);

/* SPDX-License-Identifier: Apache-2.0 */
/* A record as one ECS JSON line with its newline. Fields: docs/events.md, checked against this. */
#pragma once

#include <stddef.h>

#include "output.h"

#define NW_ECS_LINE_MAX 32768

/* Bytes written to buf, or 0 when the line did not fit (the caller counts it). */
size_t nw_ecs_line(const struct nw_output *out, char *buf, size_t size);

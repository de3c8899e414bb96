/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fixed-width types for the kernel/user contract. The only place that knows on which side of the
 * ring buffer it is being compiled.
 */
#pragma once

#ifdef __bpf__
#include "vmlinux.h"
#ifndef static_assert
#define static_assert _Static_assert
#endif
#else
#include <assert.h>
#include <linux/types.h>
#endif

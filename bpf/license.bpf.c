/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one licence section of the joined object; GPL-only helpers (ring buffer, probe reads) need it. */
#include "nw_abi_types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

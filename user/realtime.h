/* SPDX-License-Identifier: Apache-2.0 */
/* Being there when the ring fills, however busy the host is. */
#pragma once

#include <stdint.h>

/*
 * To the front, by SCHED_RR at its lowest priority; else, where that is not permitted, by nice.
 * Returns 0, or -EPERM when neither works. May be called once, before the privileges are dropped.
 */
int nw_realtime_raise(void);

/* To be called now and then (boot ns): takes the place in front again some time after it was lost. */
void nw_realtime_keep(uint64_t now_ns);

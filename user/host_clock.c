/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the kernel takes the wall clock for right, and within what: asked (adjtimex(2), which reads when
 * it is given nothing to set), told as the fact "clock" when that is another. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>

#include "host.h"

#define EVERY_NS (10 * NW_NSEC_PER_SEC)

void nw_host_tell_clock(struct nw_host *h, bool now)
{
	struct timex t = { .modes = 0 };
	uint64_t ns = nw_host_boot_ns();
	char text[NW_HOST_CLOCK] = "unknown";

	if (h->clock_ns && !now && ns < h->clock_ns + EVERY_NS) {
		return;
	}
	h->clock_ns = ns;
	if (adjtimex(&t) >= 0 && t.maxerror >= 0) {
		(void)snprintf(text, sizeof(text), "%ssynchronised %" PRId64,
			       t.status & STA_UNSYNC ? "un" : "", (int64_t)t.maxerror);
	}
	if (strcmp(text, h->clock) != 0) {
		memcpy(h->clock, text, sizeof(h->clock));
		nw_host_fact(h, "clock", text);
	}
}

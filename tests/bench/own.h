/* SPDX-License-Identifier: Apache-2.0 */
/* What a program of the bench knows of itself: CPU time and private memory. Included by them only. */
#pragma once

#include <stdio.h>
#include <time.h>

static inline double cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static inline unsigned long private_kib(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	unsigned long sum = 0, n;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		sum += sscanf(line, "Private_Clean: %lu", &n) == 1 ||
				       sscanf(line, "Private_Dirty: %lu", &n) == 1
			       ? n
			       : 0;
	}
	if (f) {
		fclose(f);
	}
	return sum;
}

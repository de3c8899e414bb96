/* SPDX-License-Identifier: Apache-2.0 */
/* See looks.h. */
#include "looks.h"

#include <errno.h>

#include "helper.h"
#include "host.h"
#include "load.h"

#define MIN_NS	     NW_NSEC_PER_SEC	    /* between two looks at the same */
#define LINK_KEEP_NS (10 * NW_NSEC_PER_SEC) /* dev_queue stays this long when nothing needs it */
#define READS_NS     (2 * NW_NSEC_PER_SEC)
#define READS_EVERY  10
/* A host with thousands of threads is looked at less often: 0.1 % of a core, but within 10 s. */
#define LIBRARIES_COST	 1000
#define LIBRARIES_MAX_NS (10 * NW_NSEC_PER_SEC)

void nw_looks_link(struct nw_looks *k)
{
	uint64_t now = nw_host_boot_ns();
	bool needed = nw_load_needs_link(k->loader);

	if (needed) {
		k->link_ns = now;
	}
	if (nw_helper_want(k->helper, needed || (k->link_ns && now < k->link_ns + LINK_KEEP_NS)) <
	    0) {
		nw_host_fact(k->host, "hook.dev_queue", "off: its helper is gone");
	}
}

void nw_looks_reads(struct nw_looks *k, uint64_t births, uint64_t now_ns)
{
	if (births != k->births) {
		k->births = births;
		k->reads_until_ns = now_ns + READS_NS;
	}
	nw_load_watch_reads(k->loader,
			    now_ns < k->reads_until_ns || k->reads_sweeps++ % READS_EVERY == 0);
}

/* When the next may be, after one that began then. */
static uint64_t next_ns(uint64_t began, uint64_t cost)
{
	uint64_t now = nw_host_boot_ns();

	return now + NW_MAX((now - began) * cost, MIN_NS);
}

bool nw_looks_may_files(const struct nw_looks *k)
{
	return nw_host_boot_ns() >= k->files_ns;
}

int nw_looks_mapped(struct nw_looks *k, bool is_awaited)
{
	uint64_t began = nw_host_boot_ns();
	int r;

	if (began < (is_awaited ? k->mapped_ns : k->libraries_ns)) {
		return 0;
	}
	r = nw_load_scan_libraries(k->loader);
	k->mapped_ns = next_ns(began, NW_LOOKS_COST);
	k->libraries_ns = NW_MIN(next_ns(began, LIBRARIES_COST), began + LIBRARIES_MAX_NS);
	if (r == -ENOTSUP) {
		nw_host_fact(k->host, "hook.lib_scan",
			     "off: this kernel keeps mappings in another way");
	}
	if (r == -ENOTSUP || r == -ENOENT) {
		k->libraries_ns = k->mapped_ns = UINT64_MAX; /* nor will it be otherwise */
		r = 0;
	}
	return r;
}

int nw_looks_files(struct nw_looks *k)
{
	uint64_t began = nw_host_boot_ns();
	int r = nw_load_scan_fds(k->loader);

	k->files_ns = next_ns(began, NW_LOOKS_COST);
	return r == -ENOENT ? 0 : r;
}

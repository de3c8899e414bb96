/* SPDX-License-Identifier: Apache-2.0 */
/* What programs the subjects of findings are, as facts "exe.<pid>.<start>". */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "host.h"
#include "log.h"

void nw_host_exes_start(struct nw_host *h)
{
	const char *root = h->config->host_root ? h->config->host_root : "/";

	if (nw_exe_looker_start(root, &h->exes) < 0) {
		nw_warn("the programs that findings name are not hashed");
	}
}

void nw_host_identify(void *host, const struct nw_proc *p)
{
	struct nw_exe_wanted w = { .id = p->id, .ino = p->exe_ino, .dev = p->exe_dev };
	struct nw_host *h = host;

	if (!(p->flags & (NW_PROC_EXE_CUT | NW_PROC_MEMFD))) {
		(void)snprintf(w.path, sizeof(w.path), "%s", p->exe);
	}
	nw_exe_looker_ask(&h->exes, &w);
}

/* As old as what state knows: time does not run ahead of measures that are still to come. */
static void tell(struct nw_host *h, const struct nw_proc_id *id, const struct nw_exe_file *f)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)];
	char key[NW_EXE_KEY];
	char value[NW_EXE_TEXT];
	size_t len;

	(void)snprintf(key, sizeof(key), NW_EXE_FRONT "%" PRIu32 ".%" PRIu64, id->tgid,
		       (uint64_t)id->start_ns);
	nw_exe_text(f, value);
	len = nw_event_make_fact(buf, sizeof(buf), nw_state_now_ns(h->state), key, value);
	h->feed(h->ctx, buf, len);
}

void nw_host_tell_exes(struct nw_host *h, int ms)
{
	struct nw_proc_id id;
	struct nw_exe_file f;
	uint64_t until_ns = nw_host_mono_ns() + (uint64_t)ms * NW_NSEC_PER_MSEC;

	do {
		uint64_t now_ns = nw_host_mono_ns();

		if (ms > 0 && now_ns < until_ns) {
			nw_exe_looker_wait(&h->exes, (int)((until_ns - now_ns) / NW_NSEC_PER_MSEC));
		}
		while (nw_exe_looker_take(&h->exes, &id, &f)) {
			tell(h, &id, &f);
		}
	} while (h->exes.len && nw_host_mono_ns() < until_ns);
}

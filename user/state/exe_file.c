/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of the files that processes run, as facts "exe.<pid>.<start, ns since boot>" say.
 * Owns a ring of them: a process has the number of its own, which its children have until they run
 * another program. One that many came after is forgotten, and asked for again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exe_file.h"
#include "internal.h"
#include "util/parse.h"

#define FILES_MAX 1024

int nw_exe_files_init(struct nw_state *st)
{
	st->exe_files = calloc(FILES_MAX, sizeof(*st->exe_files));
	return st->exe_files ? 0 : -ENOMEM;
}

const struct nw_exe_file *nw_exe_file_of(const struct nw_state *st, const struct nw_proc *p)
{
	return p->exe_file && st->exe_files_told - p->exe_file < FILES_MAX
		       ? &st->exe_files[p->exe_file % FILES_MAX]
		       : NULL;
}

/* "<pid>.<start>", whole. */
static bool read_id(const char *text, size_t len, struct nw_proc_id *ret)
{
	char copy[NW_EXE_KEY];
	char *dot;
	uint64_t pid;

	*ret = (struct nw_proc_id){ .pad = 0 };
	if (len >= sizeof(copy)) {
		return false;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	dot = strchr(copy, '.');
	if (strlen(copy) != len || !dot) {
		return false;
	}
	*dot = '\0';
	if (nw_parse_u64(copy, 1, INT32_MAX, &pid) < 0 ||
	    nw_parse_u64(dot + 1, 0, UINT64_MAX, (uint64_t *)&ret->start_ns) < 0) {
		return false;
	}
	ret->tgid = (uint32_t)pid;
	return true;
}

/* Of a process that runs another program by now it says nothing. */
static void keep(struct nw_state *st, const struct nw_proc_id *id, const struct nw_exe_file *f)
{
	struct nw_proc *p = nw_proc_find(st, id);

	if (p && p->exe_ino == f->ino && p->exe_dev == f->dev) {
		p->exe_file = ++st->exe_files_told;
		st->exe_files[p->exe_file % FILES_MAX] = *f;
		nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_PROCESS,
						      .action = NW_ACTION_IDENTIFIED,
						      .proc = p });
	}
}

bool nw_exe_files_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	static const size_t front = sizeof(NW_EXE_FRONT) - 1;
	struct nw_exe_file f;
	struct nw_proc_id id;

	if (e->key_len < front || memcmp(e->tail, NW_EXE_FRONT, front) != 0) {
		return false;
	}
	if (read_id(e->tail + front, e->key_len - front, &id) &&
	    nw_exe_parse(e->tail + e->key_len, e->value_len, &f)) {
		keep(st, &id, &f);
	} else {
		nw_state_lose(st, NW_LOSS_HOST);
	}
	return true;
}

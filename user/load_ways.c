/* SPDX-License-Identifier: Apache-2.0 */
/* See load_ways.h. Owns nothing. */
#include "load_ways.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "load_name.h"
#include "load_word.h"
#include "util/macro.h"

static const unsigned file_hooks[] = { NW_HOOK_FILE_READ, NW_HOOK_FILE_SPLICE, NW_HOOK_FILE_DIRECT,
				       NW_HOOK_FILE_MAP, NW_HOOK_LEDGER_FILE };

bool nw_load_is_of_files(unsigned hook)
{
	for (size_t i = 0; i < NW_ARRAY_SIZE(file_hooks); i++) {
		if (file_hooks[i] == hook) {
			return true;
		}
	}
	return false;
}

enum nw_load_moment nw_load_moment_of(const struct bpf_program *prog)
{
	if (nw_load_is_of_files(nw_load_hook_of(bpf_program__name(prog)))) {
		return NW_LOAD_WITH_ROOTS;
	}
	return bpf_program__type(prog) == BPF_PROG_TYPE_CGROUP_SKB ? NW_LOAD_WITH_PACKETS
								   : NW_LOAD_FIRST;
}

/* ledger_dgram's is that of ledger_stream, which looks at all sockets. */
struct bpf_program *nw_load_alt_of(const struct bpf_object *obj, unsigned hook)
{
	char name[64];

	snprintf(name, sizeof(name), NW_LOAD_PREFIX "%s" NW_LOAD_ALT,
		 nw_hook_name(hook == NW_HOOK_LEDGER_DGRAM ? NW_HOOK_LEDGER_STREAM : hook));
	return bpf_object__find_program_by_name(obj, name);
}

bool nw_load_has_twin(const struct bpf_object *obj, const struct bpf_program *prog)
{
	const char *name = bpf_program__name(prog);

	return !nw_load_is_alt(name) && nw_load_alt_of(obj, nw_load_hook_of(name));
}

/* Iterators are tried only where there is another way in. */
bool nw_load_is_refused(const struct bpf_object *obj, const struct bpf_program *prog, int r)
{
	return r == -ENOENT ||
	       (r == -EPERM && (nw_load_has_twin(obj, prog) ||
				nw_load_is_of_files(nw_load_hook_of(bpf_program__name(prog)))));
}

/* Has the hook a way in, first choice or second? */
static bool has_way(const struct bpf_object *obj, const bool *is_off, unsigned hook)
{
	struct bpf_program *alt = nw_load_alt_of(obj, hook);
	struct bpf_program *prog;
	bool has = false;
	char name[64];
	unsigned i = 0;

	snprintf(name, sizeof(name), NW_LOAD_PREFIX "%s", nw_hook_name(hook));
	bpf_object__for_each_program(prog, obj) {
		bool is_way = prog == alt || strcmp(bpf_program__name(prog), name) == 0;

		has = has || (is_way && !is_off[i]);
		i++;
	}
	return has;
}

enum nw_reading nw_load_reading_by(const struct bpf_object *obj, const bool *is_off)
{
	size_t ways = 0;

	if (!has_way(obj, is_off, NW_HOOK_LEDGER_FILE) ||
	    !has_way(obj, is_off, NW_HOOK_FILE_READ)) {
		return NW_READING_NONE;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(file_hooks); i++) {
		ways += has_way(obj, is_off, file_hooks[i]);
	}
	return ways == NW_ARRAY_SIZE(file_hooks) ? NW_READING_ALL : NW_READING_PART;
}

void nw_load_off(struct nw_hook_status *s, enum nw_hook_state state, int err)
{
	s->state = state;
	snprintf(s->why, sizeof(s->why), "%s",
		 nw_load_word()[0] ? nw_load_word() : strerror(err < 0 ? -err : err));
}

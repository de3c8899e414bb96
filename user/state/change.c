/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of what this host starts by itself: who made them, and that they are told. Nothing is kept
 * beyond the event; what goes on is the indicators' to remember.
 */
#include <string.h>

#include "internal.h"

static void copy(char *to, const char *from, size_t len)
{
	memcpy(to, from, len);
	to[len] = '\0';
	for (size_t i = 0; i < len;
	     i++) { /* a name has none, and a recording may say what it likes */
		if (!to[i]) {
			to[i] = ' ';
		}
	}
}

void nw_change_on_event(struct nw_state *st, const struct nw_ev_change *e)
{
	struct nw_change *c = &st->change;
	struct nw_proc *p =
		e->self.start_ns ? nw_proc_find(st, &e->self) : nw_proc_of_tgid(st, e->self.tgid);

	/* who is out of scope changes the same files, and nobody introduced it */
	p = p || st->is_narrow ? p : nw_proc_get(st, &e->self);
	if (!p) {
		return;
	}
	c->proc = p;
	c->flags = e->flags;
	copy(c->path, e->tail, e->path_len);
	copy(c->kind, e->tail + e->path_len, e->kind_len);
	copy(c->technique, e->tail + e->path_len + e->kind_len, e->technique_len);
	nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_FILE,
					      .action = NW_ACTION_UPDATE,
					      .change = c });
}

const struct nw_change *nw_change_of(const struct nw_state *st)
{
	return st->change.proc ? &st->change : NULL;
}

const char *nw_change_word(const struct nw_change *c)
{
	static const struct {
		uint32_t flags;
		const char *word;
	} words[] = {
		{ NW_CHANGE_MADE, "created" },	   { NW_CHANGE_MOVED_HERE, "moved" },
		{ NW_CHANGE_WRITTEN, "modified" }, { NW_CHANGE_CLOSED, "opened" },
		{ NW_CHANGE_DELETED, "deleted" },  { NW_CHANGE_MOVED_AWAY, "deleted" },
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(words); i++) {
		if (c->flags & words[i].flags) {
			return words[i].word;
		}
	}
	return "attributes";
}

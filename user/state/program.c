/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of program a file is, as facts of the start say: "program.<device>.<inode>" is "shell",
 * "interpreter", "loader" or "packages", a blank and its path. Owns the table. A hard link or another name is the same file;
 * a file with the name of one of these, but another inode, is told apart from it: it may be that of a
 * container, or one that an upgrade put in its place. A file that finds no room is counted as
 * NW_LOSS_HOST.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define PROGRAMS_MAX 512

struct nw_program {
	uint64_t ino;
	uint32_t dev;
	uint32_t bits; /* NW_PROGRAM_* */
	char name[32];
};

static const char front[] = "program.";

int nw_programs_init(struct nw_programs *t)
{
	int r = nw_lru_init(&t->by_file, PROGRAMS_MAX);

	r = r < 0 ? r : nw_lru_init(&t->by_name, PROGRAMS_MAX);
	if (r < 0) {
		return r;
	}
	t->program = calloc(PROGRAMS_MAX, sizeof(*t->program));
	return t->program ? 0 : -ENOMEM;
}

void nw_programs_free(struct nw_programs *t)
{
	nw_lru_free(&t->by_file);
	nw_lru_free(&t->by_name);
	free(t->program);
}

static uint32_t hash_of_file(const struct nw_programs *t, uint32_t dev, uint64_t ino)
{
	return (uint32_t)nw_hash_mix(nw_hash_mix(t->by_file.seed, dev), ino);
}

static uint32_t hash_of_name(const struct nw_programs *t, const char *name)
{
	return nw_hash_text(t->by_name.seed, name);
}

static struct nw_program *find_file(const struct nw_programs *t, uint32_t dev, uint64_t ino)
{
	uint32_t i = nw_lru_first(&t->by_file, hash_of_file(t, dev, ino));

	for (; i != NW_LRU_NONE; i = nw_lru_next(&t->by_file, i)) {
		if (t->program[i].dev == dev && t->program[i].ino == ino) {
			return &t->program[i];
		}
	}
	return NULL;
}

uint32_t nw_program_of(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_programs *t = &st->programs;
	const struct nw_program *same = p->exe_ino ? find_file(t, p->exe_dev, p->exe_ino) : NULL;
	const char *name = strrchr(p->exe, '/');
	uint32_t bits = 0;

	if (same) {
		return same->bits;
	}
	if (!name) {
		return 0;
	}
	for (uint32_t i = nw_lru_first(&t->by_name, hash_of_name(t, name + 1)); i != NW_LRU_NONE;
	     i = nw_lru_next(&t->by_name, i)) {
		if (strcmp(t->program[i].name, name + 1) == 0) {
			bits |= t->program[i].bits | NW_PROGRAM_BY_NAME;
		}
	}
	return bits;
}

/* What this host says of its programs at the start comes before them: seldom is there one to look at. */
static void look_again(struct nw_state *st)
{
	for (uint32_t i = st->proc_lru.newest; i != NW_LRU_NONE; i = st->proc_lru.link[i].older) {
		st->procs[i].program = nw_program_of(st, &st->procs[i]);
	}
}

/* Entries are never taken out, so a place is the same in both tables. */
static void put(struct nw_state *st, const struct nw_program *p)
{
	struct nw_programs *t = &st->programs;
	struct nw_program *old = find_file(t, p->dev, p->ino);
	uint32_t i;

	if (old) {
		old->bits |= p->bits;
		look_again(st);
		return;
	}
	i = nw_lru_add(&t->by_file, hash_of_file(t, p->dev, p->ino));
	if (i == NW_LRU_NONE) {
		nw_state_lose(st, NW_LOSS_HOST);
		return;
	}
	(void)nw_lru_add(&t->by_name, hash_of_name(t, p->name));
	t->program[i] = *p;
	look_again(st);
}

static uint32_t bits_of(const char *word)
{
	if (strcmp(word, "shell") == 0) {
		return NW_PROGRAM_SHELL | NW_PROGRAM_INTERPRETER;
	}
	if (strcmp(word, "loader") == 0) {
		return NW_PROGRAM_LOADER;
	}
	if (strcmp(word, "packages") == 0) {
		return NW_PROGRAM_PACKAGES;
	}
	return strcmp(word, "interpreter") == 0 ? NW_PROGRAM_INTERPRETER : 0;
}

static void take(struct nw_state *st, char *key, char *value)
{
	char *ino = strchr(key, '.');
	char *path = strchr(value, ' ');
	struct nw_program p = { .bits = 0 };
	const char *name;

	if (!ino || !path) {
		return;
	}
	*path++ = '\0';
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	p.dev = (uint32_t)strtoul(key, NULL, 10);
	p.ino = strtoull(ino + 1, NULL, 10);
	p.bits = bits_of(value);
	if (!p.ino || !p.bits || !*name || strlen(name) >= sizeof(p.name)) {
		return;
	}
	memcpy(p.name, name, strlen(name));
	put(st, &p);
}

bool nw_programs_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	char key[NW_FACT_KEY_MAX];
	char value[512];
	size_t len;

	if (e->key_len < sizeof(front) || memcmp(e->tail, front, sizeof(front) - 1) != 0) {
		return false;
	}
	len = e->key_len - (sizeof(front) - 1);
	if (e->value_len < sizeof(value)) {
		memcpy(key, e->tail + sizeof(front) - 1, len);
		key[len] = '\0';
		memcpy(value, e->tail + e->key_len, e->value_len);
		value[e->value_len] = '\0';
		take(st, key, value);
	}
	return true;
}

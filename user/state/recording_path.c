/* SPDX-License-Identifier: Apache-2.0 */
/* Where a recording is, and whose picture that says it is. */
#include "recording_path.h"

#include <ctype.h>
#include <string.h>

#include "internal.h"

static void copy_tail(char *to, size_t room, const char *from, size_t len)
{
	size_t cut = len >= room ? len - (room - 1) : 0;

	memcpy(to, from + cut, len - cut);
	to[len - cut] = '\0';
}

/* Components, last first, each ended by NUL -> a path. */
static size_t join(const struct nw_ev_file *e, char ret[NW_FILE_PATH_MAX + 1])
{
	const char *at = e->tail;
	const char *end = e->tail + e->path_len;
	size_t room = NW_FILE_PATH_MAX;

	while (at < end) {
		size_t n = strnlen(at, (size_t)(end - at));

		if (room < n + 1) {
			break;
		}
		room -= n;
		memcpy(ret + room, at, n);
		ret[--room] = '/';
		at += n + 1;
	}
	room += room < NW_FILE_PATH_MAX; /* without the first slash */
	memmove(ret, ret + room, NW_FILE_PATH_MAX - room);
	return NW_FILE_PATH_MAX - room;
}

static char folded(char c)
{
	return (char)(c == ' ' || c == '_' || c == '-' ? ' ' : tolower((unsigned char)c));
}

/* Does a word stand in the text, with nothing that would make it part of a longer one? */
static bool has_word(const char *text, const char *word)
{
	size_t len = word ? strlen(word) : 0;

	for (const char *p = text; len > 1 && *p; p++) {
		size_t n = 0;

		while (n < len && p[n] && folded(p[n]) == folded(word[n])) {
			n++;
		}
		if (n == len && (p == text || !isalnum((unsigned char)p[-1])) &&
		    !isalnum((unsigned char)p[n])) {
			return true;
		}
	}
	return false;
}

/* A camera of the configuration by its name or address, else the first folder below the root. */
static void name_camera(const struct nw_state *st, struct nw_rec *r, const char *path)
{
	size_t n = strcspn(path, "/");

	for (unsigned i = 0; i < st->config->cameras_count; i++) {
		const struct nw_camera_decl *c = &st->config->cameras[i];
		const char *word = c->name ? c->name : c->address;

		if (word && (has_word(path, c->name) || has_word(path, c->address))) {
			copy_tail(r->camera, sizeof(r->camera), word, strlen(word));
			r->is_camera_known = true;
			return;
		}
	}
	if (path[n] == '/') {
		copy_tail(r->camera, sizeof(r->camera), path, n);
	}
}

void nw_rec_path_of(const struct nw_ev_file *e, char ret[NW_FILE_PATH_MAX + 1])
{
	size_t len = e->path_len;

	if (e->flags & NW_FILE_PARTS) {
		len = join(e, ret);
	} else {
		memcpy(ret, e->tail, len);
	}
	ret[len] = '\0';
}

void nw_rec_put_path(const struct nw_state *st, struct nw_rec *r, const struct nw_ev_file *e,
		     const char *path)
{
	if (r->path[0]) {
		return;
	}
	copy_tail(r->path, sizeof(r->path), path, strlen(path));
	if (!(e->flags & NW_FILE_CUT)) {
		name_camera(st, r, path);
	}
}

bool nw_rec_is_another(const struct nw_rec *r, const struct nw_ev_file *e, const char *path)
{
	char kept[NW_REC_PATH];

	if (e->ev.what != NW_FILE_USED || r->is_open || r->root != e->root || !r->path[0] ||
	    !path[0]) {
		return false;
	}
	copy_tail(kept, sizeof(kept), path, strlen(path));
	return strcmp(r->path, kept) != 0;
}

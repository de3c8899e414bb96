/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns of paths. Owns its rows. What leads to a spot is resolved when it is added, as far as it
 * is there: what is watched are folders, and no symlink is followed to them later.
 */
#include "spots.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOMES_MAX 64

struct nw_spots {
	char root[PATH_MAX]; /* "" for "/" */
	char *home[HOMES_MAX];
	unsigned homes;
	unsigned count;
	struct nw_spot row[NW_SPOTS_MAX];
};

/* ---- patterns -------------------------------------------------------------------------------- */

/* One part of a path: "*" is any text, also none. */
static bool is_part(const char *pattern, size_t plen, const char *text, size_t len)
{
	size_t p = 0, t = 0, star = SIZE_MAX, back = 0;

	while (t < len) {
		if (p < plen && pattern[p] == '*') {
			star = p++;
			back = t;
		} else if (p < plen && pattern[p] == text[t]) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++back;
		} else {
			return false;
		}
	}
	while (p < plen && pattern[p] == '*') {
		p++;
	}
	return p == plen;
}

enum fit {
	FIT_NOT,
	FIT_ABOVE,  /* the path leads to it */
	FIT_PARENT, /* ... and is the folder of it */
	FIT_SAME,
	FIT_BELOW, /* of "**" */
};

static enum fit fit_of(const char *pattern, const char *path)
{
	while (*pattern == '/') {
		size_t plen = strcspn(++pattern, "/");
		size_t len;

		if (*path != '/' || !path[1]) {
			return pattern[plen] ? FIT_ABOVE : FIT_PARENT;
		}
		if (plen == 2 && memcmp(pattern, "**", 2) == 0) {
			return FIT_BELOW;
		}
		len = strcspn(++path, "/");
		if (!is_part(pattern, plen, path, len)) {
			return FIT_NOT;
		}
		pattern += plen;
		path += len;
	}
	return *path ? FIT_NOT : FIT_SAME;
}

const struct nw_spot *nw_spots_of(const struct nw_spots *s, const char *path)
{
	for (unsigned i = s->count; i-- > 0;) {
		if (fit_of(s->row[i].path, path) >= FIT_SAME) {
			return &s->row[i];
		}
	}
	return NULL;
}

enum nw_spots_folder nw_spots_folder(const struct nw_spots *s, const char *path)
{
	enum nw_spots_folder best = NW_SPOTS_NOTHING;

	for (unsigned i = 0; i < s->count && best < NW_SPOTS_FILES; i++) {
		enum fit fit = fit_of(s->row[i].path, path);

		if (fit == FIT_PARENT || fit == FIT_BELOW) {
			best = NW_SPOTS_FILES;
		} else if (fit == FIT_ABOVE) {
			best = NW_SPOTS_WAY;
		}
	}
	return best;
}

const char *nw_spots_wrong(const char *pattern)
{
	const char *deep = strstr(pattern, "**");

	if (pattern[0] != '/' && strncmp(pattern, "~/", 2) != 0) {
		return "a path that begins with / or ~/";
	}
	if (strstr(pattern, "//") || strstr(pattern, "/./") || strstr(pattern, "/../") ||
	    pattern[strlen(pattern) - 1] == '/' || strlen(pattern) > NW_CHANGE_PATH_MAX) {
		return "a plain path, without //, ., .. or / at its end";
	}
	if (deep && (deep[2] || deep[-1] != '/')) {
		return "** as the last part of a path";
	}
	return NULL;
}

bool nw_spots_is_technique(const char *text)
{
	size_t len = strlen(text);

	return text[0] == 'T' && len > 1 && len <= NW_CHANGE_TECHNIQUE_MAX &&
	       strspn(text + 1, "0123456789.") == len - 1;
}

/* ---- homes ----------------------------------------------------------------------------------- */

/* As getusershell(3) reads it, but of another root, too. */
static bool can_log_in(const char *shells, const char *shell)
{
	char line[256];
	bool is = false;
	FILE *f = fopen(shells, "re");

	if (!shell[0]) {
		shell = "/bin/sh";
	}
	if (!f) {
		return strcmp(shell, "/bin/sh") == 0 || strcmp(shell, "/bin/csh") == 0;
	}
	while (!is && fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \t\r\n#")] = '\0';
		is = line[0] && strcmp(line, shell) == 0;
	}
	fclose(f);
	return is;
}

static void add_home(struct nw_spots *s, const char *dir)
{
	char path[2 * PATH_MAX];
	char *real;

	(void)snprintf(path, sizeof(path), "%s%s", s->root, dir);
	real = realpath(path, NULL);
	if (!real || strpbrk(real, "*") || s->homes == HOMES_MAX) {
		free(real);
		return;
	}
	if (strcmp(real, "/") == 0) {
		real[0] = '\0';
	}
	for (unsigned i = 0; i < s->homes; i++) {
		if (strcmp(s->home[i], real) == 0) {
			free(real);
			return;
		}
	}
	s->home[s->homes++] = real;
}

static void find_homes(struct nw_spots *s)
{
	char users[PATH_MAX + 16], shells[PATH_MAX + 16];
	const struct passwd *pw;
	FILE *f;

	(void)snprintf(users, sizeof(users), "%s/etc/passwd", s->root);
	(void)snprintf(shells, sizeof(shells), "%s/etc/shells", s->root);
	f = fopen(users, "re");
	while (f && (pw = fgetpwent(f))) {
		if (pw->pw_dir && pw->pw_dir[0] == '/' &&
		    (pw->pw_uid == 0 || can_log_in(shells, pw->pw_shell))) {
			add_home(s, pw->pw_dir);
		}
	}
	if (f) {
		fclose(f);
	}
}

/* ---- rows ------------------------------------------------------------------------------------ */

int nw_spots_new(const char *root, struct nw_spots **ret)
{
	struct nw_spots *s = calloc(1, sizeof(*s));

	if (!s) {
		return -ENOMEM;
	}
	if (!realpath(root, s->root)) {
		int r = -errno;

		free(s);
		return r;
	}
	if (strcmp(s->root, "/") == 0) {
		s->root[0] = '\0';
	}
	if (strpbrk(s->root, "*")) {
		free(s);
		return -EINVAL;
	}
	find_homes(s);
	*ret = s;
	return 0;
}

void nw_spots_free(struct nw_spots *s)
{
	if (!s) {
		return;
	}
	for (unsigned i = 0; i < s->count; i++) {
		free(s->row[i].path);
	}
	for (unsigned i = 0; i < s->homes; i++) {
		free(s->home[i]);
	}
	free(s);
}

/* What stands before its last part and its first "*", resolved as far as it is there. */
static char *resolve(const char *pattern)
{
	size_t at = strcspn(pattern, "*");
	char path[2 * PATH_MAX], real[PATH_MAX];
	char *ret;

	(void)snprintf(path, sizeof(path), "%s", pattern);
	do {
		while (at > 0 && path[at] != '/') {
			at--;
		}
		path[at] = '\0';
		if (at == 0) {
			return strdup(pattern);
		}
	} while (!realpath(path, real));
	if (strpbrk(real, "*")) {
		return strdup(pattern);
	}
	return asprintf(&ret, "%s%s", strcmp(real, "/") == 0 ? "" : real, pattern + at) < 0 ? NULL
											    : ret;
}

static int add(struct nw_spots *s, const char *front, const char *rest, const char *kind,
	       const char *technique)
{
	struct nw_spot *row = &s->row[s->count];
	char path[2 * PATH_MAX];

	if (s->count == NW_SPOTS_MAX) {
		return -ENOSPC;
	}
	(void)snprintf(path, sizeof(path), "%s%s", front, rest);
	row->path = resolve(path);
	if (!row->path) {
		return -ENOMEM;
	}
	(void)snprintf(row->kind, sizeof(row->kind), "%s", kind);
	(void)snprintf(row->technique, sizeof(row->technique), "%s", technique);
	s->count++;
	return 0;
}

int nw_spots_add(struct nw_spots *s, const char *pattern, const char *kind, const char *technique)
{
	int r = 0;

	if (nw_spots_wrong(pattern)) {
		return -EINVAL;
	}
	if (pattern[0] == '/') {
		return add(s, s->root, pattern, kind, technique);
	}
	for (unsigned i = 0; i < s->homes && r == 0; i++) {
		r = add(s, s->home[i], pattern + 1, kind, technique);
	}
	return r;
}

unsigned nw_spots_count(const struct nw_spots *s)
{
	return s->count;
}

const char *nw_spots_root(const struct nw_spots *s)
{
	return s->root[0] ? s->root : "/";
}

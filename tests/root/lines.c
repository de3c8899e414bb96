/* SPDX-License-Identifier: Apache-2.0 */
/* Text that comes through a pipe, kept whole and given out by lines. Owns the text and the fd. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "root/support.h"

#define ROOM 65536

void nw_lines_fill(struct nw_lines *l)
{
	char buf[ROOM];
	ssize_t n = read(l->fd, buf, sizeof(buf));
	char *text;

	if (n <= 0) {
		l->is_eof = n == 0 || (errno != EAGAIN && errno != EINTR);
		return;
	}
	text = realloc(l->text, l->len + (size_t)n + 1);
	assert_non_null(text);
	memcpy(text + l->len, buf, (size_t)n);
	l->text = text;
	l->len += (size_t)n;
	text[l->len] = 0;
}

const char *nw_lines_next(struct nw_lines *l)
{
	static char *line;
	const char *end = l->text ? memchr(l->text + l->at, '\n', l->len - l->at) : NULL;
	size_t len;

	if (!end) {
		return NULL;
	}
	len = (size_t)(end - (l->text + l->at));
	free(line);
	line = strndup(l->text + l->at, len);
	assert_non_null(line);
	l->at += len + 1;
	return line;
}

void nw_lines_free(struct nw_lines *l)
{
	if (l->fd >= 0) {
		close(l->fd);
	}
	free(l->text);
	*l = (struct nw_lines){ .fd = -1 };
}

struct nw_lines nw_lines_of_file(const char *path)
{
	struct nw_lines l = { .fd = open(path, O_RDONLY | O_CLOEXEC) };

	if (l.fd < 0) {
		fail_msg("cannot open %s: %s", path, strerror(errno));
	}
	while (!l.is_eof) {
		nw_lines_fill(&l);
	}
	close(l.fd);
	l.fd = -1;
	return l;
}

bool nw_lines_has(const struct nw_lines *l, const char *word)
{
	return l->text && memmem(l->text, l->len, word, strlen(word));
}

bool nw_status_of(pid_t pid, const char *key, char *ret, size_t size)
{
	char path[64], line[512];
	size_t len = strlen(key);
	bool is_found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && !is_found && fgets(line, sizeof(line), f)) {
		is_found = strncmp(line, key, len) == 0 && line[len] == ':';
	}
	if (f) {
		fclose(f);
	}
	*ret = '\0';
	if (!is_found) {
		return false;
	}
	for (char *word = strtok(line + len + 1, " \t\n"); word; word = strtok(NULL, " \t\n")) {
		size_t n = strlen(ret);

		snprintf(ret + n, size - n, "%s%s", n ? " " : "", word);
	}
	return true;
}

void nw_status_check(pid_t pid, const char *key, const char *value)
{
	char text[512];

	assert_true(nw_status_of(pid, key, text, sizeof(text)));
	if (strcmp(text, value) != 0) {
		fail_msg("%s is '%s', not '%s'", key, text, value);
	}
}

pid_t nw_child_of(pid_t parent, const char *name)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t pid = 0;

	assert_non_null(d);
	while (!pid && (e = readdir(d))) {
		char text[512];

		if (atoi(e->d_name) > 0 &&
		    nw_status_of(atoi(e->d_name), "PPid", text, sizeof(text)) &&
		    atoi(text) == parent &&
		    nw_status_of(atoi(e->d_name), "Name", text, sizeof(text)) &&
		    strcmp(text, name) == 0) {
			pid = atoi(e->d_name);
		}
	}
	closedir(d);
	return pid;
}

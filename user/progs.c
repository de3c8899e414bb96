/* SPDX-License-Identifier: Apache-2.0 */
/* See progs.h. Owns open files of /proc/self/fdinfo. */
#include "progs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER	  "/proc/self/fdinfo"
#define SKIPPED	  "recursion_misses:"
#define CGROUP	  "cgroup_id:"
#define TYPE	  "attach_type:"
#define LINK	  "link_type:"
#define PROGRAM	  "prog_id:"
#define FILES_MAX 96
#define TEXT_MAX  2048

struct files {
	int fd[FILES_MAX];
	uint64_t program[FILES_MAX]; /* of a link */
	unsigned count;
};

static struct files programs, links;

static void read_text(int fd, char text[TEXT_MAX])
{
	ssize_t n = pread(fd, text, TEXT_MAX - 1, 0);

	text[n > 0 ? n : 0] = '\0';
}

/* False: the word is not there. */
static bool number_of(const char *text, const char *word, uint64_t *ret)
{
	const char *at = strstr(text, word);

	*ret = at ? strtoull(at + strlen(word), NULL, 10) : 0;
	return at != NULL;
}

static struct files *kind_of(int fd)
{
	char text[TEXT_MAX];
	uint64_t n;

	read_text(fd, text);
	if (number_of(text, SKIPPED, &n)) {
		return &programs;
	}
	return strstr(text, LINK) ? &links : NULL;
}

static uint64_t program_of(int fd)
{
	char text[TEXT_MAX];
	uint64_t id;

	read_text(fd, text);
	(void)number_of(text, PROGRAM, &id);
	return id;
}

static void keep(int fd)
{
	struct files *kind = fd >= 0 ? kind_of(fd) : NULL;

	if (kind && kind->count < FILES_MAX) {
		kind->program[kind->count] = program_of(fd);
		kind->fd[kind->count++] = fd;
	} else if (fd >= 0) {
		close(fd);
	}
}

void nw_progs_watch(void)
{
	DIR *d = opendir(FOLDER);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		keep(openat(dirfd(d), entry->d_name, O_RDONLY | O_CLOEXEC));
	}
	if (d) {
		(void)closedir(d);
	}
}

uint64_t nw_progs_skipped(void)
{
	char text[TEXT_MAX];
	uint64_t sum = 0, n;

	for (unsigned i = 0; i < programs.count; i++) {
		read_text(programs.fd[i], text);
		(void)number_of(text, SKIPPED, &n);
		sum += n;
	}
	return sum;
}

uint64_t nw_progs_detached(void)
{
	char text[TEXT_MAX];
	uint64_t cgroup, type, ret = 0;

	for (unsigned i = 0; i < links.count; i++) {
		read_text(links.fd[i], text);
		if (number_of(text, CGROUP, &cgroup) && cgroup == 0 &&
		    number_of(text, TYPE, &type) && type < 64) {
			ret |= 1ULL << type;
		}
	}
	return ret;
}

bool nw_progs_replaced(void)
{
	bool ret = false;

	for (unsigned i = 0; i < links.count; i++) {
		uint64_t id = program_of(links.fd[i]);

		ret = ret || id != links.program[i];
		links.program[i] = id;
	}
	return ret;
}

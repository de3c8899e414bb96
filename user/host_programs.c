/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files of this host are shells, interpreters and what puts packages on it, found before the
 * drop and told as facts. A
 * shell is what /etc/shells names, and a program that is many, a shell among them; an interpreter is
 * whatever the first line of a script in the system's folders names; a loader is what one of these
 * programs names as its own (PT_INTERP). Owns nothing. Bounded in files
 * and time; what is not looked at any more is known by its name and by what it does alone.
 */
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "host.h"

#define TOLD_MAX    128
#define FILES_MAX   8192
#define TIME_MAX    (300 * NW_NSEC_PER_MSEC) /* of the start */
#define LINE_ROOM   256
#define HEADERS_MAX 32 /* of a program; the loader's name is among the first */

static const char *const folders[] = { "/usr/bin",	 "/usr/sbin",	    "/bin",	  "/sbin",
				       "/usr/local/bin", "/usr/local/sbin", "/etc/init.d" };

struct told {
	struct nw_host *host;
	struct stat file[TOLD_MAX];
	unsigned len;
	unsigned files;
	uint64_t until_ns;
};

/* The same of programs of 32 bits: `ret` is the file's header as a whole. */
static bool loader_at(int fd, const Elf64_Ehdr *h, char ret[LINE_ROOM])
{
	bool is_wide = h->e_ident[EI_CLASS] == ELFCLASS64;
	const Elf32_Ehdr *narrow = (const void *)h;
	uint64_t at = is_wide ? h->e_phoff : narrow->e_phoff;
	unsigned entries = is_wide ? h->e_phnum : narrow->e_phnum;
	size_t size = is_wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	for (unsigned i = 0; i < entries && i < HEADERS_MAX; i++) {
		Elf64_Phdr p = { 0 };
		const Elf32_Phdr *q = (const void *)&p;
		ssize_t n = pread(fd, &p, size, (off_t)(at + i * size));
		uint64_t len = is_wide ? p.p_filesz : q->p_filesz;

		if (n == (ssize_t)size && p.p_type == PT_INTERP && len > 1 && len < LINE_ROOM) {
			n = pread(fd, ret, len, (off_t)(is_wide ? p.p_offset : q->p_offset));
			return n == (ssize_t)len && ret[0] == '/' && !ret[len - 1];
		}
	}
	return false;
}

static bool loader_of(const char *path, char ret[LINE_ROOM])
{
	NW_CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	Elf64_Ehdr h = { 0 };

	return fd >= 0 && pread(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h) &&
	       memcmp(h.e_ident, ELFMAG, SELFMAG) == 0 && loader_at(fd, &h, ret);
}

static bool tell_file(struct told *t, const char *path, const char *word, char real[PATH_MAX])
{
	char key[64];
	char value[PATH_MAX + 16];
	struct stat st;

	if (!realpath(path, real) || stat(real, &st) < 0 || !S_ISREG(st.st_mode)) {
		return false;
	}
	for (unsigned i = 0; i < t->len; i++) {
		if (t->file[i].st_ino == st.st_ino && t->file[i].st_dev == st.st_dev) {
			return false;
		}
	}
	if (t->len == TOLD_MAX) {
		return false;
	}
	t->file[t->len++] = st;
	(void)snprintf(key, sizeof(key), "program.%u.%llu",
		       (unsigned)(major(st.st_dev) << 20 | minor(st.st_dev)),
		       (unsigned long long)st.st_ino);
	(void)snprintf(value, sizeof(value), "%s %s", word, real);
	nw_host_fact(t->host, key, value);
	return true;
}

static void tell(struct told *t, const char *path, const char *word)
{
	char loader[LINE_ROOM];
	char real[PATH_MAX];

	if (tell_file(t, path, word, real) && loader_of(real, loader)) {
		(void)tell_file(t, loader, "loader", real);
	}
}

static void tell_in_folders(struct told *t, const char *name, const char *word)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < NW_ARRAY_SIZE(folders); i++) {
		if (snprintf(path, sizeof(path), "%s/%s", folders[i], name) < (int)sizeof(path)) {
			tell(t, path, word);
		}
	}
}

static void shells(struct told *t)
{
	FILE *f = fopen("/etc/shells", "re");
	char line[LINE_ROOM];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '/') {
			tell(t, line, "shell");
		}
	}
	if (f) {
		fclose(f);
	}
	tell(t, "/bin/sh", "shell");
	tell_in_folders(t, "busybox", "shell");
	tell_in_folders(t, "toybox", "shell");
}

static void packages(struct told *t)
{
	static const char *const names[] = { "dpkg", "rpm" }; /* all others have these do it */

	for (size_t i = 0; i < NW_ARRAY_SIZE(names); i++) {
		tell_in_folders(t, names[i], "packages");
	}
}

/* "#!/usr/bin/env -S VAR=1 perl -w": who runs it. */
static void first_line(struct told *t, char *line)
{
	char *rest = line;
	const char *word = strsep(&rest, " \t");
	const char *name = word ? strrchr(word, '/') : NULL;

	if (!name) {
		return;
	}
	if (strcmp(name, "/env") != 0) {
		tell(t, word, "interpreter");
		return;
	}
	while ((word = strsep(&rest, " \t")) && (!*word || *word == '-' || strchr(word, '='))) {
	}
	if (word && strchr(word, '/')) {
		tell(t, word, "interpreter");
	} else if (word) {
		tell_in_folders(t, word, "interpreter");
	}
}

static void look_at(struct told *t, int dir, const char *name)
{
	NW_CLEANUP_CLOSE int fd =
		openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	char line[LINE_ROOM] = "";
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	const char *at = line + 2;

	if (n < 4 || line[0] != '#' || line[1] != '!') {
		return;
	}
	line[strcspn(line, "\r\n")] = '\0';
	first_line(t, line + 2 + strspn(at, " \t"));
}

static void scripts(struct told *t, const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *de;

	while (d && t->files < FILES_MAX && nw_host_boot_ns() < t->until_ns && (de = readdir(d))) {
		if (de->d_type == DT_REG || de->d_type == DT_UNKNOWN) {
			t->files++;
			look_at(t, dirfd(d), de->d_name);
		}
	}
	if (d) {
		closedir(d);
	}
}

void nw_host_programs(struct nw_host *h)
{
	struct told t = { .host = h, .until_ns = nw_host_boot_ns() + TIME_MAX };
	struct stat first = { 0 };

	shells(&t);
	packages(&t);
	for (size_t i = 0; i < NW_ARRAY_SIZE(folders); i++) {
		struct stat st;

		if (stat(folders[i], &st) < 0 ||
		    (st.st_ino == first.st_ino && st.st_dev == first.st_dev)) {
			continue; /* not there, or /bin is /usr/bin */
		}
		first = i == 0 ? st : first;
		scripts(&t, folders[i]);
	}
}

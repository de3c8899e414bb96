/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the cgroup v2 hierarchy: a unified or hybrid system has it mounted somewhere, a v1 system
 * has it all the same and it is mounted here, seen by nobody else. Owns one directory fd.
 */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "log.h"

#define PRIVATE_MOUNT "/sys/fs/cgroup"

/* The mount point of the hierarchy and which of its directories is mounted there. */
static bool find_mount(char *point, size_t point_size, char *root, size_t root_size)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	if (!f) {
		return false;
	}
	while (!found && getline(&line, &size, f) > 0) {
		char r[512];
		char m[512];

		if (strstr(line, " - cgroup2 ") &&
		    sscanf(line, "%*s %*s %*s %511s %511s", r, m) == 2) {
			snprintf(root, root_size, "%s", r);
			snprintf(point, point_size, "%s", m);
			found = true;
		}
	}
	free(line);
	fclose(f);
	return found;
}

static int mount_privately(void)
{
	if (mount("cgroup2", PRIVATE_MOUNT, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) <
	    0) {
		return nw_err_r(-errno,
				"no cgroup v2 hierarchy is mounted, and mounting it failed");
	}
	return 0;
}

static int open_dir(const char *path, struct nw_cgroup *c)
{
	struct statfs fs;

	snprintf(c->path, sizeof(c->path), "%s", path);
	c->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->fd < 0) {
		nw_err_r(-errno, "cannot open the cgroup %s", path);
		return -EINVAL;
	}
	if (fstatfs(c->fd, &fs) < 0) {
		return nw_err_r(-errno, "cannot look at the cgroup %s", path);
	}
	if (fs.f_type != CGROUP2_SUPER_MAGIC) {
		nw_err("%s is not a directory of the cgroup v2 hierarchy", path);
		return -EINVAL;
	}
	return 0;
}

int nw_cgroup_open(const char *path, struct nw_cgroup *ret)
{
	char point[512] = PRIVATE_MOUNT;
	char root[512] = "/";
	char real[4096];
	const char *inside;
	bool has_mount = find_mount(point, sizeof(point), root, sizeof(root));
	size_t len = strlen(point);
	int r = 0;

	*ret = (struct nw_cgroup){ .fd = -1, .is_root = !path };
	if (!path && !has_mount) {
		r = mount_privately();
	}
	if (r == 0) {
		r = open_dir(path ? path : point, ret);
	}
	if (r < 0) {
		nw_cgroup_close(ret);
		return r;
	}
	if (!path || !realpath(path, real)) {
		snprintf(ret->name, sizeof(ret->name), "%s", root);
		return 0;
	}
	inside = strncmp(real, point, len) == 0 ? real + len : real;
	if (strcmp(root, "/") == 0) {
		root[0] = '\0';
	}
	if (strlen(root) + strlen(inside) >= sizeof(ret->name)) {
		nw_err("the path of the cgroup %s is too long", path);
		nw_cgroup_close(ret);
		return -EINVAL;
	}
	stpcpy(stpcpy(ret->name, root), inside);
	if (ret->name[0] == '\0') { /* the hierarchy's root, spelled out */
		snprintf(ret->name, sizeof(ret->name), "/");
		ret->is_root = true;
	}
	return 0;
}

void nw_cgroup_close(struct nw_cgroup *c)
{
	if (c->fd >= 0) {
		close(c->fd);
		c->fd = -1;
	}
}

bool nw_cgroup_has(const struct nw_cgroup *c, const char *name)
{
	size_t len = strlen(c->name);

	if (c->is_root) {
		return true;
	}
	return strncmp(name, c->name, len) == 0 && (name[len] == '\0' || name[len] == '/');
}

uint64_t nw_cgroup_id(const struct nw_cgroup *c)
{
	struct stat st;

	return fstat(c->fd, &st) == 0 ? st.st_ino : 0;
}

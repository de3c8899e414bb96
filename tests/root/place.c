/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cgroups that tests live in: nvrwatch-test-PID/{seen,far,tool} at the top of the cgroup2
 * hierarchy. A guardian process removes them, and kills who is still in them, when the test program
 * ends in whatever way; what a killed guardian left is removed by the next test program.
 * And a folder for files: a tmpfs in a mount namespace of the test program's own, gone with it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

#define PREFIX	"nvrwatch-test-"
#define PATHMAX 512

static const char *const names[_NW_PLACE_MAX] = { "seen", "far", "tool" };

static char top[PATHMAX]; /* "" = not made yet */
static char files[64];
static char dirs[_NW_PLACE_MAX][PATHMAX + 16];
static pid_t guardian;
static int guardian_pipe = -1;

/* ---- removing ---- */

static void kill_all_in(const char *dir)
{
	char path[PATH_MAX];
	FILE *f;
	int pid;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	f = fopen(path, "re");
	if (!f) {
		return;
	}
	while (fscanf(f, "%d", &pid) == 1) {
		if (pid > 1) {
			kill(pid, SIGKILL);
		}
	}
	fclose(f);
}

/* Until nobody is there; the kernel tells by cgroup.events. */
static void remove_when_empty(const char *dir)
{
	char path[PATH_MAX];
	struct pollfd p;
	char buf[256];
	int tries = 0;

	snprintf(path, sizeof(path), "%s/cgroup.events", dir);
	p = (struct pollfd){ .fd = open(path, O_RDONLY | O_CLOEXEC), .events = POLLPRI };
	while (rmdir(dir) < 0 && errno == EBUSY && tries++ < 600) {
		kill_all_in(dir);
		if (p.fd >= 0 && pread(p.fd, buf, sizeof(buf), 0) > 0) {
			poll(&p, 1, 100);
		}
	}
	if (p.fd >= 0) {
		close(p.fd);
	}
}

static void remove_tree(const char *dir)
{
	struct dirent *e;
	DIR *d = opendir(dir);
	char path[PATH_MAX];

	while (d && (e = readdir(d))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.') {
			continue;
		}
		if (snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) < (int)sizeof(path)) {
			remove_tree(path);
		}
	}
	if (d) {
		closedir(d);
	}
	kill_all_in(dir);
	remove_when_empty(dir);
}

/* What test programs that are gone left. */
static void sweep(const char *root)
{
	struct dirent *e;
	DIR *d = opendir(root);
	char path[PATH_MAX];

	while (d && (e = readdir(d))) {
		int pid = 0;

		if (sscanf(e->d_name, PREFIX "%d", &pid) == 1 && pid > 0 && kill(pid, 0) < 0 &&
		    errno == ESRCH) {
			snprintf(path, sizeof(path), "%s/%s", root, e->d_name);
			remove_tree(path);
			snprintf(path, sizeof(path), "/tmp/%s", e->d_name);
			rmdir(path);
		}
	}
	if (d) {
		closedir(d);
	}
}

/* ---- making ---- */

/* Ends when the pipe's other end is closed, by whatever. Holds nothing else open. */
static void guard(int fd)
{
	sigset_t all;
	char c;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	dup2(fd, 0);
	close_range(1, ~0U, 0);
	while (read(0, &c, 1) < 0 && errno == EINTR) {
		continue;
	}
	remove_tree(top);
	rmdir(files); /* the mount point: what was mounted there went with its namespace */
	_exit(0);
}

static void leave(void)
{
	if (guardian > 0) {
		close(guardian_pipe);
		waitpid(guardian, NULL, 0);
		guardian = 0;
	}
}

static void start_guardian(void)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	guardian = fork();
	assert_true(guardian >= 0);
	if (guardian == 0) {
		close(fds[1]);
		guard(fds[0]);
	}
	close(fds[0]);
	guardian_pipe = fds[1];
	atexit(leave);
}

static bool find_root(char *ret, size_t size)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	bool is_found = false;
	char line[4096];
	char where[1024];

	while (f && !is_found && fgets(line, sizeof(line), f)) {
		const char *type = strstr(line, " - ");

		if (type && strncmp(type, " - cgroup2 ", 11) == 0 &&
		    sscanf(line, "%*s %*s %*s %*s %1023s", where) == 1) {
			is_found = snprintf(ret, size, "%s", where) < (int)size;
		}
	}
	if (f) {
		fclose(f);
	}
	return is_found;
}

static void make_files(void)
{
	if (mkdir(files, 0755) < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		fail_msg("cannot make %s and a mount namespace: %s", files, strerror(errno));
	}
	nw_place_mount(files, "64m");
}

static void make_all(void)
{
	char root[PATHMAX - 64];

	if (!find_root(root, sizeof(root))) {
		fail_msg("no cgroup2 hierarchy is mounted");
	}
	sweep(root);
	snprintf(top, sizeof(top), "%s/" PREFIX "%d", root, getpid());
	snprintf(files, sizeof(files), "/tmp/" PREFIX "%d", getpid());
	start_guardian();
	make_files();
	if (mkdir(top, 0755) < 0) {
		fail_msg("cannot make %s: %s", top, strerror(errno));
	}
	for (int i = 0; i < _NW_PLACE_MAX; i++) {
		snprintf(dirs[i], sizeof(dirs[i]), "%s/%s", top, names[i]);
		assert_int_equal(mkdir(dirs[i], 0755), 0);
	}
}

const char *nw_place_dir(enum nw_place place)
{
	if (!top[0]) {
		make_all();
	}
	return dirs[place];
}

const char *nw_place_address(unsigned n)
{
	static char text[16][16];
	unsigned pid = (unsigned)getpid();

	assert_true(n < NW_ARRAY_SIZE(text));
	snprintf(text[n], sizeof(text[n]), "127.%u.%u.%u", 64 + (pid >> 8) % 64, pid % 256, 1 + n);
	return text[n];
}

const char *nw_place_files(void)
{
	nw_place_dir(NW_PLACE_SEEN);
	return files;
}

void nw_place_mount(const char *dir, const char *size)
{
	char options[32];

	snprintf(options, sizeof(options), "size=%s,mode=0755", size);
	if ((mkdir(dir, 0755) < 0 && errno != EEXIST) ||
	    mount("nw-test", dir, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0) {
		fail_msg("cannot mount a tmpfs at %s: %s", dir, strerror(errno));
	}
}

void nw_place_mount_image(const char *dir, int image)
{
	struct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number = ioctl(control, LOOP_CTL_GET_FREE);
	char device[32], line[64];
	int loop;

	snprintf(device, sizeof(device), "/dev/loop%d", number);
	snprintf(line, sizeof(line), "PATH=$PATH:/sbin mkfs.ext4 -q %s", device);
	loop = open(device, O_RDWR | O_CLOEXEC);
	if (ioctl(loop, LOOP_SET_FD, image) < 0 || ioctl(loop, LOOP_SET_STATUS64, &info) < 0 ||
	    system(line) != 0 || /* NOLINT(cert-env33-c): the test's own words */
	    (mkdir(dir, 0755) < 0 && errno != EEXIST) ||
	    mount(device, dir, "ext4", MS_NOSUID | MS_NODEV, NULL) < 0) {
		fail_msg("cannot make an ext4 at %s: %s", dir, strerror(errno));
	}
	close(loop);
	close(control);
}

/* In memory that is no file of ours: one on a mount above dir would hold that mount, and be held by it. */
void nw_place_mount_disk(const char *dir, unsigned mib)
{
	int image = memfd_create("nw-disk", MFD_CLOEXEC);

	if (ftruncate(image, (off_t)mib << 20) < 0) {
		fail_msg("cannot make an image for %s: %s", dir, strerror(errno));
	}
	nw_place_mount_image(dir, image);
	close(image);
}

void nw_place_add(enum nw_place place, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", nw_place_dir(place), name);
	if (mkdir(path, 0755) < 0 && errno != EEXIST) {
		fail_msg("cannot make %s: %s", path, strerror(errno));
	}
}

int nw_place_enter(enum nw_place place, const char *below)
{
	char path[PATH_MAX];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/cgroup.procs", dirs[place], below);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = write(fd, "0", 1);
		close(fd);
	}
	return n == 1 ? 0 : -errno;
}

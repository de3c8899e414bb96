/* SPDX-License-Identifier: Apache-2.0 */
/* What a message looks like in a pipe (the journal's) and on a terminal, seen from the other end. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "harness.h"

static int kept = -1;

/* stderr goes to fd, which is closed. */
static void redirect(int fd)
{
	kept = dup(STDERR_FILENO);
	assert_true(kept >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
}

static void restore(void)
{
	dup2(kept, STDERR_FILENO);
	close(kept);
}

/* What fd gives until its other end is closed. */
static size_t slurp(int fd, char *buf, size_t size)
{
	size_t n = 0;
	ssize_t r;

	while (n < size - 1 && (r = read(fd, buf + n, size - 1 - n)) > 0) {
		n += (size_t)r;
	}
	buf[n] = '\0';
	close(fd);
	return n;
}

static void test_journal(void **state)
{
	enum nw_log_level before = nw_log_get_level();
	int fd[2];
	char got[512];
	int r;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	redirect(fd[1]);
	nw_log_set_level(NW_LOG_DBG);
	errno = EIO;
	nw_err("bad '%s'", "\x1b[31m\n<0>forged");
	nw_warn("line\n");
	nw_info("%d", 7);
	nw_dbg("detail");
	r = nw_err_r(-ENOENT, "cannot open %s", "/x");
	restore();
	nw_log_set_level(before);
	assert_int_equal(errno, EIO);
	assert_int_equal(r, -ENOENT);
	slurp(fd[0], got, sizeof(got));
	assert_string_equal(got, "<3>bad '\\x1b[31m\\x0a<0>forged'\n"
				 "<4>line\n"
				 "<6>7\n"
				 "<7>detail\n"
				 "<3>cannot open /x: No such file or directory\n");
}

static void test_level(void **state)
{
	enum nw_log_level before = nw_log_get_level();
	int fd[2];
	char got[128];

	(void)state;
	nw_log_set_level(NW_LOG_WARN);
	assert_int_equal(pipe(fd), 0);
	redirect(fd[1]);
	nw_info("not said");
	nw_warn("said");
	nw_log_set_level(NW_LOG_ERR);
	nw_warn("not said");
	restore();
	nw_log_set_level(before);
	slurp(fd[0], got, sizeof(got));
	assert_string_equal(got, "<4>said\n");
}

static void test_long(void **state)
{
	static char text[10000], got[12000];
	int fd[2];
	size_t n;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(pipe(fd), 0);
	redirect(fd[1]);
	nw_err("%s", text);
	(void)nw_err_r(-EIO, "%s", text);
	restore();
	n = slurp(fd[0], got, sizeof(got));
	assert_true(n > 2 * 2000 && n < 2 * 2100);
	assert_string_equal(got + n - 4, "\xe2\x80\xa6\n");
	assert_non_null(strstr(got, "a\xe2\x80\xa6\n<3>aaa"));
}

static void test_terminal(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	struct termios t;
	char got[128];
	ssize_t n;
	int slave;

	(void)state;
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(tcgetattr(slave, &t), 0);
	cfmakeraw(&t);
	assert_int_equal(tcsetattr(slave, TCSANOW, &t), 0);
	redirect(slave);
	nw_err("hello \x9b");
	n = read(master, got, sizeof(got) - 1);
	restore();
	close(master);
	assert_true(n > 0);
	got[n] = '\0';
	assert_string_equal(got, "nvrwatch: hello \\x9b\n");
}

NW_TESTS(user_log, cmocka_unit_test(test_level), cmocka_unit_test(test_journal),
	 cmocka_unit_test(test_long), cmocka_unit_test(test_terminal));

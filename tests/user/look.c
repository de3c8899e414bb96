/* SPDX-License-Identifier: Apache-2.0 */
/* The helper that looks may be anybody's by now: an answer that is none ends it, and nothing of it
 * is used. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "look.h"

#define HEAD offsetof(struct nw_look, names)

/* names: of that length. What comes of it. */
static int answered(const char *names, size_t len, uint32_t said_len, uint32_t handle_len)
{
	static struct nw_look look, ret;
	struct nw_looker h;
	int fds[2];

	look = (struct nw_look){ .names_len = said_len, .handle_len = handle_len };
	memcpy(look.names, names, len);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(write(fds[1], &look, HEAD + len), HEAD + len);
	h.fd = fds[0];
	nw_looker_ask(&h, "/etc", &ret);
	close(fds[1]);
	assert_int_equal(h.fd < 0, ret.error < 0);
	assert_int_equal(ret.names_len, ret.error < 0 ? 0 : len);
	nw_looker_end(&h);
	return ret.error;
}

static void what_is_no_answer_is_not_used(void **state)
{
	static const struct {
		const char *names;
		size_t len;
		int said;
	} t[] = {
		{ "", 0, 0 },
		{ "fa", 3, 0 },
		{ "fa\0dbc", 7, 0 },
		{ "fa", 2, -EPROTO },	      /* goes on behind the end */
		{ "", 1, -EPROTO },	      /* an end, and no name */
		{ "fa\0d", 5, -EPROTO },      /* the last has none */
		{ "fa\0", 4, -EPROTO },	      /* the last has no kind */
		{ "f\0\0d\0fb", 8, -EPROTO }, /* nor have those in front */
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		assert_int_equal(answered(t[i].names, t[i].len, (uint32_t)t[i].len, 8), t[i].said);
	}
	assert_int_equal(answered("fa", 3, 2, 8), -EPROTO);
	assert_int_equal(answered("fa", 3, 4, 8), -EPROTO);
	assert_int_equal(answered("fa", 3, 3, MAX_HANDLE_SZ + 1), -EPROTO);
}

static void one_that_is_gone_is_not_asked(void **state)
{
	static struct nw_look ret;
	struct nw_looker h = { .fd = -1 };

	(void)state;
	nw_looker_ask(&h, "/etc", &ret);
	assert_int_equal(ret.error, -EPIPE);
	nw_looker_end(&h);
}

/* Reading one to its end would take longer than an answer may. */
static void a_large_folder_is_not_read_to_its_end(void **state)
{
	static struct nw_look ret;
	static _Alignas(8) char buf[16384];
	char folder[] = "/tmp/nw-look-XXXXXX";
	char name[240];
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	fd = open(folder, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	for (unsigned i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "%0200u", i);
		assert_int_equal(close(openat(fd, name, O_CREAT | O_WRONLY, 0600)), 0);
	}
	assert_int_equal(nw_look_names(fd, &ret), 0);
	assert_true(ret.is_cut);
	assert_in_range(ret.names_len, NW_LOOK_NAMES - 202, NW_LOOK_NAMES);
	assert_true(syscall(SYS_getdents64, fd, buf, sizeof(buf)) > 0);
	for (unsigned i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "%0200u", i);
		assert_int_equal(unlinkat(fd, name, 0), 0);
	}
	close(fd);
	assert_int_equal(rmdir(folder), 0);
}

NW_TESTS(user_look, cmocka_unit_test(a_large_folder_is_not_read_to_its_end),
	 cmocka_unit_test(what_is_no_answer_is_not_used),
	 cmocka_unit_test(one_that_is_gone_is_not_asked));

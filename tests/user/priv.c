/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused before the start has its privileges given up: libuv's ring. */
#include "priv.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

/* As a kernel without io_uring answers, and nothing else is. In a child: a filter stays. */
static void test_no_io_uring(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		if (nw_priv_no_io_uring() < 0) {
			_exit(2);
		}
		_exit(syscall(SYS_io_uring_setup, 1, NULL) < 0 && errno == ENOSYS && getppid() > 0
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

NW_TESTS(user_priv, cmocka_unit_test(test_no_io_uring));

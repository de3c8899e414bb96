/* SPDX-License-Identifier: Apache-2.0 */
/* mapped PATH...: makes each file, maps it as a loader maps a library, and waits. */
#include <sys/mman.h>

#include "truth.h"

int main(int argc, char **argv)
{
	char page[4096] = "";

	truth_begin();
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

		truth_check(fd >= 0, argv[i]);
		truth_check(write(fd, page, sizeof(page)) == sizeof(page), "write");
		truth_check(mmap(NULL, sizeof(page), PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED,
			    "mmap");
		close(fd);
	}
	truth_print("{\"pid\":%d}", getpid());
	truth_wait();
	return 0;
}

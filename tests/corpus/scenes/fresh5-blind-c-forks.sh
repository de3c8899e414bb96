#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=blind-spot half=report tool=gcc seconds=20 parts=dns,outside-web before=yes
# The observer has the least buffer that may be configured and gets no processor for six seconds, in which a small program starts as many others as it can in five, one after the other, each with a long line of arguments.
# config: limits: {{ring_bytes: 65536}}
if [ "$1" = before ]; then
	cat >"$LAB/b.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(void)
{
	char text[400];
	int ended = 0;
	time_t end = time(NULL) + 5;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	while (time(NULL) < end) {
		if (!vfork()) {
			execl("/bin/true", "true", text, text, (char *)NULL);
			_exit(1);
		}
		ended += wait(NULL) > 0;
	}
	printf("%d\n", ended);
	return 0;
}
END
	exec gcc -O1 -o "$LAB/many" "$LAB/b.c"
fi
watch=$(pgrep -o -f "record --config $LAB/site.yaml"); sleep 3; kill -STOP "$watch"; timeout 8 "$LAB/many" >"$LAB/ended"; sleep 1; kill -CONT "$watch"; sleep 6; [ "$(cat "$LAB/ended")" -ge 90 ]

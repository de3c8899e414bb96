/* SPDX-License-Identifier: Apache-2.0 */
/* Words for the service manager that started us (sd_notify(3)'s protocol), if one did. */
#pragma once

/* Before the drop: the socket that $NOTIFY_SOCKET names, or -1 when there is none, which is fine. */
int nw_notify_open(void);
/* "READY=1": one datagram, never waited for. */
void nw_notify_say(int fd, const char *words);

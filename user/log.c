/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message is one write() to stderr, so lines of several processes do not mix. A message that
 * is longer than a line may be is cut and says so; one that cannot be written is gone, since there
 * is nobody left to tell.
 */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"

#define MESSAGE_MAX 2048

static enum nw_log_level max_level = NW_LOG_WARN;

void nw_log_set_level(enum nw_log_level level)
{
	max_level = level;
}

enum nw_log_level nw_log_get_level(void)
{
	return max_level;
}

/* For people the name of who speaks, for the journal, which knows that, the priority. */
static size_t put_prefix(char *p, enum nw_log_level level)
{
	static const char priority[] = {
		[NW_LOG_ERR] = '3', [NW_LOG_WARN] = '4', [NW_LOG_INFO] = '6', [NW_LOG_DBG] = '7'
	};

	if (isatty(STDERR_FILENO)) {
		memcpy(p, "nvrwatch: ", 10);
		return 10;
	}
	p[0] = '<';
	p[1] = priority[level];
	p[2] = '>';
	return 3;
}

static void write_all(const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, p, len);

		if (n < 0 && errno != EINTR) {
			return;
		}
		p += NW_MAX(n, 0);
		len -= (size_t)NW_MAX(n, 0);
	}
}

static void say(enum nw_log_level level, const char *message)
{
	char line[MESSAGE_MAX + 16];
	size_t len = strlen(message);
	size_t n = put_prefix(line, level);

	if (len > 0 && message[len - 1] == '\n') {
		len--;
	}
	n += nw_text_escape(line + n, MESSAGE_MAX, message, len);
	line[n++] = '\n';
	write_all(line, n);
}

void nw_log(enum nw_log_level level, const char *fmt, ...)
{
	char message[2 * MESSAGE_MAX]; /* cut by escaping, which marks it */
	int saved = errno;
	va_list args;

	if (level > max_level) {
		return;
	}
	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	say(level, message);
	errno = saved;
}

int nw_err_r(int err, const char *fmt, ...)
{
	char message[2 * MESSAGE_MAX]; /* cut by escaping, which marks it */
	int saved = errno;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(message)) {
		(void)snprintf(message + n, sizeof(message) - (size_t)n, ": %s", strerror(-err));
	}
	say(NW_LOG_ERR, message);
	errno = saved;
	return err;
}

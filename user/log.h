/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages about nvrwatch itself, to stderr; with journald's <N> prefixes when that is no terminal.
 * Util, state, decoders and indicators return errors and do not log. All text is escaped before it is
 * written.
 */
#pragma once

#include "util/macro.h"

enum nw_log_level {
	NW_LOG_ERR,
	NW_LOG_WARN,
	NW_LOG_INFO,
	NW_LOG_DBG,
};

/* Default NW_LOG_WARN for commands that print results, set from -q, -v. */
void nw_log_set_level(enum nw_log_level level);
enum nw_log_level nw_log_get_level(void);

void nw_log(enum nw_log_level level, const char *fmt, ...) NW_PRINTF(2, 3);

#define nw_err(...)  nw_log(NW_LOG_ERR, __VA_ARGS__)
#define nw_warn(...) nw_log(NW_LOG_WARN, __VA_ARGS__)
#define nw_info(...) nw_log(NW_LOG_INFO, __VA_ARGS__)
#define nw_dbg(...)  nw_log(NW_LOG_DBG, __VA_ARGS__)

/* Log "<message>: <strerror(-err)>" and return err: `return nw_err_r(-errno, "cannot open %s", p);` */
int nw_err_r(int err, const char *fmt, ...) NW_PRINTF(2, 3);

/* SPDX-License-Identifier: Apache-2.0 */
/* Values of options that are names of what this binary has; what is mistyped gets the nearest one. */
#pragma once

#include "cli.h"

/* "flow,finding": bits are added to ret. 0, or -EINVAL with one sentence in error. */
NW_MUST_CHECK int nw_cli_datasets(const char *value, uint32_t *ret, char error[NW_CLI_ERROR_MAX]);
/* "live-relay,beacon" */
NW_MUST_CHECK int nw_cli_indicators(const char *value, uint64_t *ret, char error[NW_CLI_ERROR_MAX]);
/* As findings say it, "back door" with a hyphen too. */
NW_MUST_CHECK int nw_cli_question(const char *value, const char **ret,
				  char error[NW_CLI_ERROR_MAX]);

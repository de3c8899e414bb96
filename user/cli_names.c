/* SPDX-License-Identifier: Apache-2.0 */
/* Names on the command line. Owns nothing; never logs, the sentence goes to the caller. */
#include "cli_names.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "indicators/indicator.h"
#include "output.h"
#include "util/nearest.h"

static int fail(char *error, const char *fmt, ...) NW_PRINTF(2, 3);

static int fail(char *error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(error, NW_CLI_ERROR_MAX, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* "flow" and "flows" are both right. */
static bool is_dataset(const char *word, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len >= n && strncmp(word, name, n) == 0 &&
	       (len == n || (len == n + 1 && word[n] == 's') ||
		(len == n + 2 && strncmp(word + n, "es", 2) == 0));
}

static int add_dataset(void *ret, const char *word, size_t len, char *error)
{
	struct nw_nearest best = { 0 };
	uint32_t *only = ret;
	char typed[32];

	for (unsigned d = 0; d < _NW_DATASET_MAX; d++) {
		if (is_dataset(word, len, nw_dataset_name((enum nw_dataset)d))) {
			*only |= 1U << d;
			return 0;
		}
	}
	(void)snprintf(typed, sizeof(typed), "%.*s", (int)NW_MIN(len, sizeof(typed) - 1), word);
	for (unsigned d = 0; d < _NW_DATASET_MAX; d++) {
		nw_nearest_try(&best, typed, nw_dataset_name((enum nw_dataset)d));
	}
	if (best.word) {
		return fail(error, "--only: no dataset '%s'; did you mean '%s'?", typed, best.word);
	}
	return fail(error, "--only: no dataset '%s'; docs/events.md lists them", typed);
}

static int add_indicator(void *ret, const char *word, size_t len, char *error)
{
	struct nw_nearest best = { 0 };
	uint64_t *indicators = ret;
	char typed[32];

	(void)snprintf(typed, sizeof(typed), "%.*s", (int)NW_MIN(len, sizeof(typed) - 1), word);
	for (unsigned i = 0; nw_indicators[i]; i++) {
		if (strcmp(nw_indicators[i]->id, typed) == 0) {
			*indicators |= 1ULL << i;
			return 0;
		}
		nw_nearest_try(&best, typed, nw_indicators[i]->id);
	}
	if (best.word) {
		return fail(error, "--indicators: no indicator '%s'; did you mean '%s'?", typed,
			    best.word);
	}
	return fail(error, "--indicators: no indicator '%s'; `nvrwatch list indicators` has them",
		    typed);
}

static int each_of(const char *value, void *ret, char *error,
		   int (*add)(void *ret, const char *word, size_t len, char *error))
{
	for (;;) {
		size_t len = strcspn(value, ",");
		int r = add(ret, value, len, error);

		if (r < 0 || !value[len]) {
			return r;
		}
		value += len + 1;
	}
}

int nw_cli_datasets(const char *value, uint32_t *ret, char error[NW_CLI_ERROR_MAX])
{
	return each_of(value, ret, error, add_dataset);
}

int nw_cli_indicators(const char *value, uint64_t *ret, char error[NW_CLI_ERROR_MAX])
{
	return each_of(value, ret, error, add_indicator);
}

int nw_cli_question(const char *value, const char **ret, char error[NW_CLI_ERROR_MAX])
{
	static const char *const words[] = { "live", "afterwards", "back door", "trust" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(words); i++) {
		if (strcmp(value, words[i]) == 0 ||
		    (strchr(words[i], ' ') && strcmp(value, "back-door") == 0)) {
			*ret = words[i];
			return 0;
		}
	}
	return fail(error, "--question '%.32s' is none of live, afterwards, back-door and trust",
		    value);
}

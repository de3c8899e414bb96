/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a configuration: what is refused is refused in words, what is taken prints back. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static void must(bool is_true)
{
	if (!is_true) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nw_config *c = NULL;
	struct nw_config *again = NULL;
	struct nw_config_error err;
	char *text = NULL;
	size_t len = 0;

	if (nw_config_read((const char *)data, size, &err, &c) < 0) {
		must(!c && err.text[0] && memchr(err.text, '\0', sizeof(err.text)));
		return 0;
	}
	must(nw_config_text(c, &text, &len) == 0);
	must(nw_config_read(text, len, &err, &again) == 0);
	must(again->hash == c->hash);
	free(text);
	nw_config_free(again);
	nw_config_free(c);
	return 0;
}

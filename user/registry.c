/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of plug-ins, made from the files in their folders. Never edited. */
#include <string.h>

#include "commands/command.h"
#include "decoders/decoder.h"
#include "indicators/indicator.h"
#include "sinks/sink.h"

#define NW_ITEM(stem) extern const struct nw_command nw_command_##stem;
#include "commands.inc"
#undef NW_ITEM
#define NW_ITEM(stem) extern const struct nw_decoder nw_decoder_##stem;
#include "decoders.inc"
#undef NW_ITEM
#define NW_ITEM(stem) extern const struct nw_indicator nw_indicator_##stem;
#include "indicators.inc"
#undef NW_ITEM
#define NW_ITEM(stem) extern const struct nw_sink nw_sink_##stem;
#include "sinks.inc"
#undef NW_ITEM

#define NW_ITEM(stem) &nw_command_##stem,
const struct nw_command *const nw_commands[] = {
#include "commands.inc"
	NULL,
};
#undef NW_ITEM

#define NW_ITEM(stem) &nw_decoder_##stem,
const struct nw_decoder *const nw_decoders[] = {
#include "decoders.inc"
	NULL,
};
#undef NW_ITEM

#define NW_ITEM(stem) &nw_indicator_##stem,
const struct nw_indicator *const nw_indicators[] = {
#include "indicators.inc"
	NULL,
};
#undef NW_ITEM

#define NW_ITEM(stem) &nw_sink_##stem,
const struct nw_sink *const nw_sinks[] = {
#include "sinks.inc"
	NULL,
};
#undef NW_ITEM

const struct nw_sink *nw_sink_find(const char *name)
{
	for (unsigned i = 0; nw_sinks[i]; i++) {
		if (strcmp(nw_sinks[i]->name, name) == 0) {
			return nw_sinks[i];
		}
	}
	return NULL;
}

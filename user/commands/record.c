/* SPDX-License-Identifier: Apache-2.0 */
/* record: keep what the hooks tell in a file, to be replayed here or elsewhere. */
#include "commands/command.h"
#include "show.h"

static int no_sinks(void *ctx, struct nw_pipeline *p)
{
	(void)ctx;
	(void)p;
	return 0;
}

static int record_run(const struct nw_options *opt)
{
	struct nw_live_options live = nw_show_live(opt);

	live.record = opt->operand;
	return nw_live_run(&live, no_sinks, NULL, NULL);
}

const struct nw_command nw_command_record = {
	.name = "record",
	.args = "FILE",
	.doc = "record events to FILE (.nwr), for replay",
	.flags = "gdcbns",
	.run = record_run,
};

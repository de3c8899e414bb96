/* SPDX-License-Identifier: Apache-2.0 */
/* trace: what the programs of this host do, live, one line for each thing that matters. */
#include "commands/command.h"
#include "show.h"

static int trace_run(const struct nw_options *opt)
{
	struct nw_show show = { .opt = opt, .only = opt->only };
	struct nw_live_options live = nw_show_live(opt);

	live.flow_interval_s = 1;
	return nw_live_run(&live, nw_show_add, NULL, &show);
}

const struct nw_command nw_command_trace = {
	.name = "trace",
	.args = "",
	.doc = "show live which program talks to whom, with exact bytes",
	.flags = "gdorcbnyis",
	.run = trace_run,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the daemon. It observes until it is told to end, keeps what it learns over restarts, and tells
 * the service manager when it has begun. What it is not yet: docs/commands.md.
 */
#include "commands/command.h"
#include "show.h"

#define STATE_DIR "/var/lib/nvrwatch"

static int run_run(const struct nw_options *opt)
{
	struct nw_show show = { .opt = opt, .only = opt->only, .is_configured = true };
	struct nw_live_options live = nw_show_live(opt);

	live.state = opt->state ? opt->state : STATE_DIR;
	live.duration_ns = 0;
	live.is_service = true;
	return nw_live_run(&live, nw_show_add, NULL, &show);
}

const struct nw_command nw_command_run = {
	.name = "run",
	.args = "",
	.doc = "the daemon: observe until told to end, and keep what is learnt over restarts",
	.flags = "gorcbnyis",
	.run = run_run,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* replay: run a recording through the pipeline; prints the bytes that live printed. */
#include "commands/command.h"
#include "show.h"

static int replay_run(const struct nw_options *opt)
{
	struct nw_show show = { .opt = opt, .only = opt->only };

	return nw_show_recording(&show, opt->operand, NULL);
}

const struct nw_command nw_command_replay = {
	.name = "replay",
	.args = "FILE",
	.doc = "print what a recording holds, as trace printed it live",
	.flags = "oryi",
	.run = replay_run,
};

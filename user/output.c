/* SPDX-License-Identifier: Apache-2.0 */
/* The words that output uses for our numbers: stable and public, unlike the numbers. */
#include "output.h"

#include "util/macro.h"

#define WORD(words, i) ((size_t)(i) < NW_ARRAY_SIZE(words) ? (words)[i] : NULL)

const char *nw_dataset_name(enum nw_dataset dataset)
{
	static const char *const words[_NW_DATASET_MAX] = {
		[NW_DATASET_PROCESS] = "process",   [NW_DATASET_FLOW] = "flow",
		[NW_DATASET_LISTENER] = "listener", [NW_DATASET_DNS] = "dns",
		[NW_DATASET_LOSS] = "loss",	    [NW_DATASET_STATUS] = "status",
		[NW_DATASET_FINDING] = "finding",
	};

	return WORD(words, dataset);
}

const char *nw_action_name(enum nw_action action)
{
	static const char *const words[] = {
		[NW_ACTION_EXEC] = "exec",   [NW_ACTION_FORK] = "fork",
		[NW_ACTION_EXIT] = "exit",   [NW_ACTION_FOUND] = "found",
		[NW_ACTION_START] = "start", [NW_ACTION_UPDATE] = "update",
		[NW_ACTION_END] = "end",
	};

	return WORD(words, action);
}

const char *nw_loss_name(enum nw_loss cause)
{
	static const char *const words[_NW_LOSS_MAX] = {
		[NW_LOSS_RING_FULL] = "ring_full",
		[NW_LOSS_STORAGE] = "storage",
		[NW_LOSS_PEER_SLOTS] = "peer_slots",
		[NW_LOSS_HEAD] = "head",
		[NW_LOSS_OWNER] = "owner",
		[NW_LOSS_UNMEASURED] = "unmeasured",
		[NW_LOSS_REJECTED] = "rejected",
		[NW_LOSS_PROC_EVICTED] = "process_evicted",
		[NW_LOSS_FLOW_EVICTED] = "flow_evicted",
		[NW_LOSS_LISTENER_EVICTED] = "listener_evicted",
		[NW_LOSS_NAME_EVICTED] = "name_evicted",
		[NW_LOSS_HEAD_EVICTED] = "head_evicted",
		[NW_LOSS_DECODE] = "decode",
		[NW_LOSS_SINK] = "sink",
		[NW_LOSS_RECORD] = "record",
		[NW_LOSS_HOST] = "host",
	};

	return WORD(words, cause);
}

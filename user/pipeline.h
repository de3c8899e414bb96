/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event -> heads and scrubbing -> decoder -> state -> indicator -> sink: the heart of the program,
 * and the only file that knows every stage. Live events and a recording's take the same way from
 * nw_pipeline_event() on, so that the same input gives the same output.
 */
#pragma once

#include <stdint.h>

#include "config.h"
#include "event.h"
#include "kept.h"
#include "sinks/sink.h"

struct nw_pipeline;

#define NW_PIPELINE_SINKS_MAX 8

/* flow_interval_ns: how often a flow that carries data is told. */
NW_MUST_CHECK int nw_pipeline_new(const struct nw_config *config, uint64_t flow_interval_ns,
				  struct nw_pipeline **ret);
void nw_pipeline_free(struct nw_pipeline *p); /* closes the sinks */
/* self: from sink->open(); owned by the pipeline from here on. only: mask of 1 << dataset. */
NW_MUST_CHECK int nw_pipeline_add_sink(struct nw_pipeline *p, const struct nw_sink *sink,
				       void *self, uint32_t only);
/* Only these indicators work: bit per place in nw_indicators, 0 = all. Before the first event. */
void nw_pipeline_set_indicators(struct nw_pipeline *p, uint64_t mask);
/* Called with each event as the rest of the pipeline sees it: whole, scrubbed. */
void nw_pipeline_set_tap(struct nw_pipeline *p, void (*tap)(void *ctx, const struct nw_event *ev),
			 void *ctx);

/* Called with each outside address that state knows no place of, before the measure of a flow to it
 * goes further: whoever can, answers with the fact "place.<address>". Not in a replay. */
typedef void (*nw_ask_fn)(void *ctx, const uint8_t addr[16], uint64_t ts_ns);
void nw_pipeline_set_ask(struct nw_pipeline *p, nw_ask_fn ask, void *ctx);

/* Called with each subject of a finding whose file nobody has read: whoever can, answers with the fact
 * "exe.<pid>.<start>" (exe_file.h), when it likes. Not in a replay. */
typedef void (*nw_identify_fn)(void *ctx, const struct nw_proc *p);
void nw_pipeline_set_identify(struct nw_pipeline *p, nw_identify_fn identify, void *ctx);

/* In which block of a recording the event at hand is, which findings say; in none, by default. */
typedef uint64_t (*nw_block_fn)(const void *ctx);
void nw_pipeline_set_block(struct nw_pipeline *p, nw_block_fn block, const void *ctx);

/* Who keeps what is to survive a restart; nobody, by default and in a replay. */
void nw_pipeline_set_keeper(struct nw_pipeline *p, struct nw_keeper keeper);

/* Bytes of a ring record (8-byte aligned; secrets in it are overwritten in place on a copy). */
void nw_pipeline_raw(struct nw_pipeline *p, const void *data, size_t len);
/* A checked event that is whole and scrubbed: from a recording, or made by user space. */
void nw_pipeline_event(struct nw_pipeline *p, const struct nw_event *ev);
/* End of a batch: sinks write what they hold. First error of a sink that will not recover. */
NW_MUST_CHECK int nw_pipeline_flush(struct nw_pipeline *p);

const struct nw_config *nw_pipeline_config(const struct nw_pipeline *p);
const struct nw_state *nw_pipeline_state(const struct nw_pipeline *p);
/* A flow began that may carry another process's data: who holds what is to be looked at. Once. */
bool nw_pipeline_wants_scan(struct nw_pipeline *p);
/* Processes and flows that began, ever: while it grows there may be new readers of a socket. */
uint64_t nw_pipeline_births(const struct nw_pipeline *p);
uint64_t nw_pipeline_events(const struct nw_pipeline *p);
uint64_t nw_pipeline_records(const struct nw_pipeline *p);
/* Add what the stages themselves lost to an event that is about to be fed. */
void nw_pipeline_losses(const struct nw_pipeline *p, struct nw_ev_loss *loss);
/* The summary at the end of a run, into the log: what was lost, by cause. */
void nw_pipeline_say_losses(const struct nw_pipeline *p);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What live-relay says of a verdict: words, cameras' labels, score and confidence.
 */
#pragma once

#include "relay.h"
#include "state/camera.h"

/* The camera of a stream, or NULL when its flow is gone. */
const struct nw_camera *nw_relay_camera(const struct nw_relay *r, const struct nw_state *st,
					unsigned stream);
/* "cam3, cam7": what it carries, or may; empty when it may be more than are told apart. */
void nw_relay_labels(const struct nw_relay *r, const struct nw_state *st,
		     const struct nw_relay_verdict *v, char *ret, size_t size);
/* Key of the evidence that has these labels. */
const char *nw_relay_word(const struct nw_relay_verdict *v, const struct nw_camera *camera);
const char *nw_relay_basis(const struct nw_relay_verdict *v);
const char *nw_relay_reason(const struct nw_relay_verdict *v);
uint8_t nw_relay_score(const struct nw_relay_verdict *v, bool is_allowed);
uint8_t nw_relay_confidence(const struct nw_relay_verdict *v);

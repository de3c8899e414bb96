/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Curves of bytes over time, for people to compare: what came from a camera, and what a program sent
 * to one far end. Made of flow records, a point each second at best; bounded in number and length.
 */
#pragma once

#include <stdint.h>

#include "output.h"
#include "state/camera.h"

#define NW_CURVE_KEY 160

struct nw_curves;

NW_MUST_CHECK int nw_curves_new(struct nw_curves **ret);
void nw_curves_free(struct nw_curves *c);
/* A flow's record: what moved since the one before. */
void nw_curves_flow(struct nw_curves *c, const struct nw_output *out);

void nw_curve_key_in(char ret[NW_CURVE_KEY], const struct nw_camera *camera);
void nw_curve_key_out(char ret[NW_CURVE_KEY], const struct nw_proc *p, const uint8_t addr[16]);
/* Those that there are of the two, one above the other over the same time; "" = none. */
void nw_curves_print(const struct nw_curves *c, const char *in, const char *out);

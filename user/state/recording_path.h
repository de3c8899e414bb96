/* SPDX-License-Identifier: Apache-2.0 */
/* The path that an event about a file tells, and what it says. For recording.c alone. */
#pragma once

#include <stdbool.h>

#include "nw_event.h"
#include "state/state.h"

/* The event's, "" = it tells none. */
void nw_rec_path_of(const struct nw_ev_file *e, char ret[NW_FILE_PATH_MAX + 1]);
/* The first that is told, and the camera that it names. */
void nw_rec_put_path(const struct nw_state *st, struct nw_rec *r, const struct nw_ev_file *e,
		     const char *path);
/* The inode of a file that was removed is given to the next that is made, which in a folder of recordings
 * is another time, or another camera. What is open is the same whatever it is called. */
bool nw_rec_is_another(const struct nw_rec *r, const struct nw_ev_file *e, const char *path);

/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a camera, in words that several commands print. */
#pragma once

#include "state/camera.h"

/* "rtsp,onvif", or "-" */
const char *nw_words_protocols(const struct nw_camera *c, char buf[96]);
/* What docs/cameras.md lists, also what speaks against it. */
const char *nw_words_signs(const struct nw_camera *c, char buf[256]);
/* "yes", "no" or "?" */
const char *nw_words_encryption(const struct nw_camera *c);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who made a device, by the first digits of its MAC address. Our own table of those who make
 * cameras and recorders comes first; all others are in Debian's ieee-data, when that is installed:
 * opened at the start, and read only once an address needs it. A locally administered or multicast
 * address names nobody and is never looked up.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

#define NW_OUI_TEXT_MAX 128 /* bytes of a name kept, with NUL; longer ones are cut */

struct nw_oui;

struct nw_oui_made {
	const char *maker;	  /* "hikvision"; NULL: none of our table */
	const char *organisation; /* as it is registered */
};

/* file: our table, tab-separated. Logs what is wrong, with file and line: -EINVAL, or -errno. */
NW_MUST_CHECK int nw_oui_open(const char *file, struct nw_oui **ret);
/* The first of the folders that has the registry's tables (oui.csv and so on); none is no error. */
void nw_oui_add_registry(struct nw_oui *o, const char *const folders[], unsigned count);
void nw_oui_free(struct nw_oui *o);
/* The longest prefix that is known; good until nw_oui_free(). */
bool nw_oui_find(struct nw_oui *o, const uint8_t mac[6], struct nw_oui_made *ret);

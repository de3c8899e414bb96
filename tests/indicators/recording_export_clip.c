/* SPDX-License-Identifier: Apache-2.0 */
/* recording-export: less than 512 KiB, which is a clip of an event or something else. */
#include "export_scene.h"

/* In kB. */
static const struct scene clips[] = {
	{ "a clip", "", { { READ, 10, 1, 400 }, { SEND, 10, 1, 410 } }, 60, "process" },
	{ "a clip in base64", "", { { READ, 10, 1, 300 }, { SEND, 10, 1, 415 } }, 60, "process" },
	{ "three clips",
	  "",
	  { { READ, 10, 1, 90 },
	    { READ, 10, 2, 90 },
	    { READ, 10, 3, 90 },
	    { SEND, 10, 1, 90 },
	    { SEND, 10, 2, 182 } },
	  60,
	  "process" },
	{ "a clip through a pipe",
	  "",
	  { { JOIN, 10, 20, 0 }, { READ, 10, 1, 400 }, { SEND, 20, 1, 410 } },
	  60,
	  "chain" },
	{ "a clip to a mounted drive",
	  "",
	  { { SERVE, 20, 0, 0 }, { READ, 10, 1, 400 }, { SEND, 20, 1, 410 } },
	  60,
	  "mount" },
	{ "a picture on a page, fetched",
	  "",
	  { { READ, 10, 1, 200 }, { PULLED, 10, 1, 204 } },
	  0,
	  NULL },
	{ "pages with pictures, fetched",
	  "",
	  { { READ, 10, 1, 900 }, { PULLED, 10, 1, 800 } },
	  0,
	  NULL },
	{ "just as much, fetched",
	  "",
	  { { READ, 10, 1, 900 }, { PULLED, 10, 1, 950 } },
	  90,
	  "process" },
	{ "more than a clip, of one who copied it",
	  "",
	  { { READ, 11, 1, 700 }, { SEND, 12, 1, 720 } },
	  75,
	  "family" },
	{ "an icon", "", { { READ, 10, 1, 60 }, { SEND, 10, 1, 61 } }, 0, NULL },
	{ "a clip is read, less is sent",
	  "",
	  { { READ, 10, 1, 400 }, { SEND, 10, 1, 350 } },
	  0,
	  NULL },
	{ "a clip is read, much more is sent",
	  "",
	  { { READ, 10, 1, 100 }, { SEND, 10, 1, 400 } },
	  0,
	  NULL },
	{ "a clip is read, and as much comes together in hours",
	  "",
	  { { READ, 10, 1, 400 }, { SEND, 10, 1, 200 }, { WAIT, 0, 0, 700 }, { SEND, 10, 1, 200 } },
	  0,
	  NULL },
	{ "another of the session sends as much",
	  "",
	  { { READ, 11, 1, 400 }, { SEND, 12, 1, 410 } },
	  0,
	  NULL },
	{ "a recorder sends a picture of an alarm",
	  "",
	  { { WRITE, 10, 9, 100 }, { READ, 10, 1, 200 }, { SEND, 10, 1, 280 } },
	  0,
	  NULL },
	{ "a clip, to an allowed place",
	  "allowed: [{to: 203.0.113.7, why: alarms}]",
	  { { READ, 10, 1, 400 }, { SEND, 10, 1, 410 } },
	  0,
	  NULL },
};

static void each_clip(void **state)
{
	(void)state;
	unit = KB;
	check_scenes(clips, NW_ARRAY_SIZE(clips));
	unit = MB;
}

NW_TESTS(indicators_recording_export_clip, cmocka_unit_test(each_clip));

/* SPDX-License-Identifier: Apache-2.0 */
/* recording-export: less than a MiB, which is a clip of an event or something else. */
#include "export_scene.h"

/* In kB. */
static const struct scene clips[] = {
	{ "a clip", "", { { READ, 10, 1, 700 }, { SEND, 10, 1, 720 } }, 60, "process" },
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
	  { { JOIN, 10, 20, 0 }, { READ, 10, 1, 700 }, { SEND, 20, 1, 720 } },
	  60,
	  "chain" },
	{ "a clip to a mounted drive",
	  "",
	  { { SERVE, 20, 0, 0 }, { READ, 10, 1, 700 }, { SEND, 20, 1, 720 } },
	  60,
	  "mount" },
	{ "a picture on a page, fetched",
	  "",
	  { { READ, 10, 1, 200 }, { PULLED, 10, 1, 204 } },
	  0,
	  NULL },
	{ "an icon", "", { { READ, 10, 1, 60 }, { SEND, 10, 1, 61 } }, 0, NULL },
	{ "a clip is read, less is sent",
	  "",
	  { { READ, 10, 1, 700 }, { SEND, 10, 1, 600 } },
	  0,
	  NULL },
	{ "a clip is read, much more is sent",
	  "",
	  { { READ, 10, 1, 100 }, { SEND, 10, 1, 400 } },
	  0,
	  NULL },
	{ "a clip is read, and as much comes together in hours",
	  "",
	  { { READ, 10, 1, 700 }, { SEND, 10, 1, 300 }, { WAIT, 0, 0, 700 }, { SEND, 10, 1, 400 } },
	  0,
	  NULL },
	{ "another of the session sends as much",
	  "",
	  { { READ, 11, 1, 700 }, { SEND, 12, 1, 720 } },
	  0,
	  NULL },
	{ "a recorder sends a picture of an alarm",
	  "",
	  { { WRITE, 10, 9, 100 }, { READ, 10, 1, 200 }, { SEND, 10, 1, 280 } },
	  0,
	  NULL },
	{ "a clip, to an allowed place",
	  "allowed: [{to: 203.0.113.7, why: alarms}]",
	  { { READ, 10, 1, 700 }, { SEND, 10, 1, 720 } },
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

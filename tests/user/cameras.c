/* SPDX-License-Identifier: Apache-2.0 */
/* cameras: the table and the records of a recording. */
#include "user/shown.h"

#include "state/camera_feed.h"

extern const struct nw_command nw_command_cameras;

#define RTSP "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: x\r\n\r\n"
static const struct talk rtsp = { .proto = IPPROTO_TCP,
				  .port = 554,
				  .sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
				  .heard = BYTES(RTSP) };

static void day(struct shown *s)
{
	shown_start(s, SHOWN_CONFIG);
	nw_feed_fact(s->f, "maker.1", "hikvision\tcameras\tHangzhou Hikvision");
	nw_feed_fact(s->f, "restriction.1", "hikvision\tUS\t2019-08-13\tmay not be bought");
	nw_feed_proc(s->f,
		     (struct nw_feed_exec){ .pid = 100, .comm = "rec\x1b[2J", .exe = "/bin/rec" });
	camera_mac(s->f, "10.0.0.9", "c0:56:e3:01:02:03 hikvision Hikvision");
	camera_talk(s->f, &rtsp, 1, "10.0.0.9", (struct volume){ 50000, 100, 20 });
	camera_talk(s->f, &rtsp, 2, "10.0.0.10", (struct volume){ 50000, 100, 20 });
	camera_talk(s->f, &rtsp, 3, "10.0.0.11", (struct volume){ 500, 500, 5 });
}

static void table(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	assert_int_equal(shown_run(&s, &nw_command_cameras, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "door             hikvision (mac)");
	shown_has(&s, "declared; at 10.0.0.9");
	shown_has(&s, "10.0.0.10        ?");
	shown_has(&s, "recorder or camera");
	shown_has(&s, "   1  hikvision      Hangzhou Hikvision                         200 kB");
	shown_has(&s, "US, since 2019-08-13: may not be bought");
	shown_has(&s, "   1  unknown");
	shown_has(&s, "may be cameras, and could not be identified\n      10.0.0.11         40 %");
	shown_has(&s, "declared, and not seen\n      lost             10.0.0.99");
	shown_has(&s, "    signs declared, protocol, media, mac\n");
	shown_has(&s, "10.0.0.11         40 %  speaks rtsp; signs protocol\n");
	shown_has(&s, "    first seen ");
	shown_has(&s, " s observed, "); /* of how long "not seen" is said */
	shown_lacks(&s, "\x1b");	/* of the recorder's name */
}

static void records(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	assert_int_equal(
		shown_run(&s, &nw_command_cameras, (struct nw_options){ .format = NW_FORMAT_JSON }),
		NW_EXIT_OK);
	shown_has(&s, "\"dataset\":\"nvrwatch.camera\"");
	shown_has(&s, "\"action\":\"start\"");
	shown_has(&s, "\"action\":\"end\"");
	shown_has(&s, "\"id\":\"door\",\"address\":\"10.0.0.9\",\"mac\":\"C0-56-E3-01-02-03\"");
	shown_has(&s, "\"dataset\":\"nvrwatch.inventory\"");
	shown_has(&s, "{\"id\":\"hikvision\",\"name\":\"Hangzhou Hikvision\",\"cameras\":1,"
		      "\"received_bytes\":");
	shown_has(&s, "{\"id\":\"unknown\",\"cameras\":1,");
	shown_has(&s, "\"unidentified\":[{\"address\":\"10.0.0.11\",\"confidence\":40,"
		      "\"sign\":[\"protocol\"],\"protocol\":[\"rtsp\"],");
	shown_has(&s, "\"unseen\":[\"lost\"],\"unseen_total\":1");
	shown_lacks(&s, "watching");
	shown_lacks(&s, "\"id\":\"10.0.0.11\"");
}

/* Where a word begins on a terminal, behind another one of its line: a character may have several bytes. */
static size_t column_of(const struct shown *s, const char *line, const char *behind,
			const char *word)
{
	const char *from = strstr(s->text, line);
	const char *to = from ? strstr(from, behind) : NULL;
	size_t n = 0;

	to = to ? strstr(to, word) : NULL;
	assert_non_null(to);
	assert_null(memchr(from, '\n', (size_t)(to - from)));
	for (; from < to; from++) {
		n += ((unsigned char)*from & 0xc0) != 0x80;
	}
	return n;
}

/* Long addresses, and models that are anybody's words: what follows still stands below its heading. */
static void wide(void **state)
{
	static const struct talk isapi = ISAPI(
		"www.hikvision.com", "<model>\xc3\xa9\x1b[2J\xc3\xa9-a-model-of-many-words</model>"
				     "<deviceType>IPCamera</deviceType>");
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/bin/rec" });
	camera_talk(s.f, &isapi, 1, "fd00:1234:5678:9abc:def0:1234:5678:9abc",
		    (struct volume){ 500, 100, 5 });
	assert_int_equal(shown_run(&s, &nw_command_cameras, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "fd00:1234:5678:9abc:def0:1234:5678:9abc ?  ");
	shown_has(&s, "\xc3\xa9\\x1b[2J\xc3\xa9-a-model-of-many-words isapi");
	shown_lacks(&s, "\x1b");
	assert_int_equal(column_of(&s, "CAMERA", "SPEAKS", "ENCRYPTED"),
			 column_of(&s, "fd00:", " isapi", "?"));
	shown_has(&s, " %  -\n"); /* nobody reads it */
}

/* A device that answers from its link-local address, too, is one; a stranger's such address is another one. */
static void a_second_address(void **state)
{
	static const struct talk onvif =
		ISAPI("www.hikvision.com", "<model>M</model>"
					   "<deviceType>IPCamera</deviceType>");
	static const enum nw_format formats[] = { NW_FORMAT_TEXT, NW_FORMAT_JSON };
	static struct shown s;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		day(&s);
		camera_mac(s.f, "fe80::c256:e3ff:fe01:203",
			   "c0:56:e3:01:02:03 hikvision Hikvision");
		camera_mac(s.f, "fe80::c256:e3ff:fe01:204",
			   "c0:56:e3:01:02:04 hikvision Hikvision");
		camera_talk(s.f, &onvif, 4, "fe80::c256:e3ff:fe01:203",
			    (struct volume){ 500, 100, 5 });
		camera_talk(s.f, &onvif, 5, "fe80::c256:e3ff:fe01:204",
			    (struct volume){ 500, 100, 5 });
		assert_int_equal(shown_run(&s, &nw_command_cameras,
					   (struct nw_options){ .format = formats[i] }),
				 NW_EXIT_OK);
		if (formats[i] == NW_FORMAT_JSON) {
			shown_has(&s, "\"name\":\"Hangzhou Hikvision\",\"cameras\":2,");
			shown_has(&s, "],\"cameras\":3,");
			continue;
		}
		shown_has(&s, "   2  hikvision ");
		shown_has(&s, "fe80::c256:e3ff:fe01:203 hikvision (");
		shown_has(&s, "    the same device as door, by its MAC\n");
		assert_null(strstr(strstr(s.text, "the same device") + 1, "the same device"));
	}
}

static void nothing(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	assert_int_equal(shown_run(&s, &nw_command_cameras, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "no camera was seen\n");
	shown_lacks(&s, "CAMERA ");
}

/* A recording's catalogue is whose the recording is. */
static void words_of_the_catalogue(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, SHOWN_CONFIG);
	nw_feed_fact(s.f, "maker.1", "m\x1b[1m\tcameras\tName\x1b[2m");
	nw_feed_fact(s.f, "restriction.1", "m\x1b[1m\tUS\x1b[3m\t2019\x1b[4m\tmay not be bought");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/bin/rec" });
	camera_mac(s.f, "10.0.0.9", "c0:56:e3:01:02:03 m\x1b[1m Hikvision");
	camera_talk(s.f, &rtsp, 1, "10.0.0.9", (struct volume){ 50000, 100, 20 });
	assert_int_equal(shown_run(&s, &nw_command_cameras, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "m\\x1b[1m (mac)");
	shown_has(&s, "of m\\x1b[1m\n");
	shown_has(&s, "Name\\x1b[2m");
	shown_has(&s, "US\\x1b[3m, since 2019\\x1b[4m: may not be bought");
	shown_lacks(&s, "\x1b");
}

NW_TESTS(user_cameras, cmocka_unit_test(table), cmocka_unit_test(records), cmocka_unit_test(wide),
	 cmocka_unit_test(a_second_address), cmocka_unit_test(nothing),
	 cmocka_unit_test(words_of_the_catalogue));

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makers by MAC. The registry's form is that of Debian's ieee-data 20220827.1 (quotes, doubled
 * quotes, line ends), with its rows for 002272, 0003CB, 0050C7 and 70B3D5; the others are made up.
 */
#include "enrich/oui.h"

#include <errno.h>

#include "enrich/files.h"

static const char ours[] = "# comment\n"
			   "8C11CB\tabus\tABUS Security-Center GmbH & Co. KG\tieee-data\n"
			   "70B3D5F2F\tsmall\tSmall Cameras\tieee-data\n"
			   "7CB03E1\tmedium\tMedium Cameras\tieee-data\n"
			   "7CB03E\tlarge\tLarge Cameras\tieee-data\n";

static const char registry_24[] =
	"Registry,Assignment,Organization Name,Organization Address\r\n"
	"MA-L,002272,American Micro-Fuel Device Corp.,2181 Buchanan Loop Ferndale WA US 98248 \r\n"
	"MA-L,70B3D5,IEEE Registration Authority,445 Hoes Lane Piscataway NJ US 08554 \r\n"
	"MA-L,0003CB,\"SystemGear Co., Ltd.\",\"Tokyo \"\"Bldg\"\"\nJP\"\r\n"
	"MA-L,0050C7,Private,\r\n"
	"MA-L,8C11CB,Somebody Else,Nowhere\r\n"
	"MA-L,AA11CB,Locally Administered,Nowhere\r\n"
	"nonsense\r\n"
	"MA-L,XYZXYZ,No Digits,Nowhere\r\n"
	"MA-L,001100,\"The \"\"Real\"\" Thing \",Nowhere\n";
static const char registry_36[] = "Registry,Assignment,Organization Name,Organization Address\n"
				  "MA-S,70B3D5F2E,Shanghai JCY Technology Company,Nowhere\n";

static struct nw_oui *opened(struct files *f)
{
	struct nw_oui *o = NULL;

	files_begin(f);
	assert_int_equal(nw_oui_open(files_text(f, "oui.tsv", ours), &o), 0);
	return o;
}

static void assert_made(struct nw_oui *o, uint64_t mac, const char *maker, const char *organisation)
{
	struct nw_oui_made made = { 0 };
	uint8_t bytes[6];

	for (unsigned i = 0; i < 6; i++) {
		bytes[i] = (uint8_t)(mac >> (40 - 8 * i));
	}
	assert_int_equal(nw_oui_find(o, bytes, &made), organisation != NULL);
	if (!organisation) {
		return;
	}
	assert_string_equal(made.organisation, organisation);
	if (maker) {
		assert_non_null(made.maker);
		assert_string_equal(made.maker, maker);
	} else {
		assert_null(made.maker);
	}
}

static void the_longest_prefix_counts(void **state)
{
	struct files f;
	struct nw_oui *o = opened(&f);

	(void)state;
	assert_made(o, 0x8C11CB000001, "abus", "ABUS Security-Center GmbH & Co. KG");
	assert_made(o, 0x7CB03E1FFFFF, "medium", "Medium Cameras");
	assert_made(o, 0x7CB03E2FFFFF, "large", "Large Cameras");
	assert_made(o, 0x70B3D5F2F123, "small", "Small Cameras");
	assert_made(o, 0x70B3D5F2E123, NULL, NULL);
	assert_made(o, 0x8C11CC000001, NULL, NULL);
	nw_oui_free(o);
	files_end(&f);
}

static void ours_comes_before_the_registry(void **state)
{
	struct files f;
	struct nw_oui *o = opened(&f);
	const char *folders[] = { "/nonexistent", f.folder };

	(void)state;
	files_text(&f, "oui.csv", registry_24);
	files_text(&f, "oui36.csv", registry_36);
	nw_oui_add_registry(o, folders, 2);
	assert_made(o, 0x8C11CB000001, "abus", "ABUS Security-Center GmbH & Co. KG");
	assert_made(o, 0x002272000001, NULL, "American Micro-Fuel Device Corp.");
	assert_made(o, 0x0003CB000001, NULL, "SystemGear Co., Ltd.");
	assert_made(o, 0x001100000001, NULL, "The \"Real\" Thing");
	assert_made(o, 0x70B3D5F2E123, NULL, "Shanghai JCY Technology Company");
	assert_made(o, 0x70B3D5F2D123, NULL, NULL); /* the authority itself made nothing */
	assert_made(o, 0x0050C7000001, NULL, NULL);
	nw_oui_free(o);
	files_end(&f);
}

/* A cut row counts as soon as the name is whole. */
static void the_last_row_needs_no_end(void **state)
{
	static const struct {
		const char *more;
		const char *organisation;
	} end[] = {
		{ "MA-L,004000,Whole Name,\"Somewhere\"", "Whole Name" },
		{ "MA-L,004000,Whole Name,", "Whole Name" },
		{ "MA-L,004000,\"Whole, Name\",\"Some", "Whole, Name" },
		{ "MA-L,004000,Cut Na", NULL },
		{ "MA-L,0040", NULL },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(end); i++) {
		struct files f;
		struct nw_oui *o = opened(&f);
		const char *folders[] = { f.folder };
		char text[sizeof(registry_24) + 64];

		snprintf(text, sizeof(text), "%s%s", registry_24, end[i].more);
		files_text(&f, "oui.csv", text);
		nw_oui_add_registry(o, folders, 1);
		assert_made(o, 0x001100000001, NULL, "The \"Real\" Thing");
		assert_made(o, 0x004000000001, NULL, end[i].organisation);
		nw_oui_free(o);
		files_end(&f);
	}
}

static void an_address_that_nobody_registered_is_not_looked_up(void **state)
{
	struct files f;
	struct nw_oui *o = opened(&f);
	const char *folders[] = { f.folder };

	(void)state;
	files_text(&f, "oui.csv", registry_24);
	nw_oui_add_registry(o, folders, 1);
	assert_made(o, 0xAA11CB000001, NULL, NULL); /* locally administered */
	assert_made(o, 0x8E11CB000001, NULL, NULL); /* ours with that bit */
	assert_made(o, 0x8D11CB000001, NULL, NULL); /* multicast */
	assert_made(o, 0, NULL, NULL);
	nw_oui_free(o);
	files_end(&f);
}

static void a_registry_that_is_too_large_ends_where_room_ends(void **state)
{
	static char text[8 << 20];
	struct files f;
	struct nw_oui *o = opened(&f);
	const char *folders[] = { f.folder };
	size_t len = 0;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "MA-M,%07X,Maker %u,\n",
					0x1000000 + i, i);
	}
	files_put(&f, "mam.csv", text, len);
	nw_oui_add_registry(o, folders, 1);
	assert_made(o, 0x100000000000, NULL, "Maker 0");
	assert_made(o, (0x1000000ULL + 65535) << 20, NULL, "Maker 65535");
	assert_made(o, (0x1000000ULL + 65536) << 20, NULL, NULL);
	nw_oui_free(o);
	files_end(&f);
}

static void long_names_are_cut_between_characters(void **state)
{
	char text[600] = "MA-L,002272,";
	char want[NW_OUI_TEXT_MAX] = "";
	struct files f;
	struct nw_oui *o = opened(&f);
	const char *folders[] = { f.folder };

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		strcat(text, "\xc3\xa9");
	}
	strcat(text, ",\n");
	for (unsigned i = 0; i < (NW_OUI_TEXT_MAX - 1) / 2; i++) {
		strcat(want, "\xc3\xa9");
	}
	files_text(&f, "oui.csv", text);
	nw_oui_add_registry(o, folders, 1);
	assert_made(o, 0x002272000001, NULL, want);
	nw_oui_free(o);
	files_end(&f);
}

static void what_is_wrong_in_our_table_is_refused(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} bad[] = {
		{ "8C11CB\tabus\tABUS\n", "oui.tsv:1: expected" }, /* no source */
		{ "\n8C11CB\tabus\t\tieee-data\n", "oui.tsv:2: expected" },
		{ "8C11\tabus\tABUS\tieee-data\n", "oui.tsv:1: expected" },
		{ "8C11CX\tabus\tABUS\tieee-data\n", "oui.tsv:1: expected" },
		{ " C11CB\tabus\tABUS\tieee-data\n", "oui.tsv:1: expected" },
		{ "8C11CB\tabus\tABUS\tieee-data\tx\n", "oui.tsv:1: expected" },
		{ "8C11CB\tabus\tABUS\tieee-data", "oui.tsv:1: expected" }, /* cut */
		{ "8C11CB\ta\tA\ts\n8C11CB\tb\tB\ts\n", "oui.tsv:2: this prefix is already" },
	};
	struct nw_oui *o = NULL;
	struct logged said;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		struct files f;

		files_begin(&f);
		logged_begin(&said);
		assert_true(nw_oui_open(files_text(&f, "oui.tsv", bad[i].text), &o) < 0);
		assert_logged(&said, bad[i].says);
		assert_null(o);
		files_end(&f);
	}
	logged_begin(&said);
	assert_int_equal(nw_oui_open("/nonexistent", &o), -ENOENT);
	assert_logged(&said, "/nonexistent");
}

static void the_table_of_the_project_is_whole(void **state)
{
	struct nw_oui *o = NULL;

	(void)state;
	assert_int_equal(nw_oui_open("data/oui.tsv", &o), 0);
	assert_made(o, 0xC056E3123456, "hikvision",
		    "Hangzhou Hikvision Digital Technology Co.,Ltd.");
	assert_made(o, 0xACCC8E123456, "axis", "Axis Communications AB");
	nw_oui_free(o);
}

NW_TESTS(enrich_oui, cmocka_unit_test(the_longest_prefix_counts),
	 cmocka_unit_test(ours_comes_before_the_registry),
	 cmocka_unit_test(the_last_row_needs_no_end),
	 cmocka_unit_test(an_address_that_nobody_registered_is_not_looked_up),
	 cmocka_unit_test(a_registry_that_is_too_large_ends_where_room_ends),
	 cmocka_unit_test(long_names_are_cut_between_characters),
	 cmocka_unit_test(what_is_wrong_in_our_table_is_refused),
	 cmocka_unit_test(the_table_of_the_project_is_whole));

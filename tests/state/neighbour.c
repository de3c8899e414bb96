/* SPDX-License-Identifier: Apache-2.0 */
/* Neighbours as facts tell them: of exactly one address, on exactly one link. */
#include "state/flow_feed.h"
#include "state/internal.h"
#include "util/parse.h"

static const struct nw_neighbour *found(const struct nw_feed *f, uint32_t netns, uint32_t index,
					const char *addr)
{
	uint8_t bytes[16];

	assert_int_equal(nw_parse_address(addr, bytes), 0);
	return nw_neighbour_find(f->state, netns, index, bytes);
}

static void assert_device(const struct nw_neighbour *n, uint8_t last, const char *maker,
			  const char *organisation)
{
	assert_non_null(n);
	assert_int_equal(n->mac[5], last);
	assert_string_equal(n->maker, maker);
	assert_string_equal(n->organisation, organisation);
}

static void a_neighbour_is_what_was_last_said(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "neigh.7.2.192.168.1.20", "c0:56:e3:01:02:03 hikvision Hangzhou Hikvision");
	nw_feed_fact(f, "neigh.7.2.192.168.1.1", "00:00:5e:00:01:04 - Some Router, Inc.");
	nw_feed_fact(f, "neigh.7.3.fe80::20", "02:42:ac:11:00:05 -");
	assert_device(found(f, 7, 2, "192.168.1.20"), 3, "hikvision", "Hangzhou Hikvision");
	assert_device(found(f, 7, 0, "192.168.1.20"), 3, "hikvision", "Hangzhou Hikvision");
	assert_device(found(f, 7, 2, "192.168.1.1"), 4, "", "Some Router, Inc.");
	assert_device(found(f, 7, 3, "fe80::20"), 5, "", "");
	assert_null(found(f, 7, 3, "192.168.1.20"));
	assert_null(found(f, 8, 2, "192.168.1.20"));
	assert_null(found(f, 0, 2, "192.168.1.20"));
	assert_null(found(f, 7, 2, "192.168.1.21")); /* behind the router, for all that is known */
	nw_feed_fact(f, "neigh.7.2.192.168.1.20", "c0:56:e3:01:02:09 hikvision");
	assert_device(found(f, 7, 2, "192.168.1.20"), 9, "hikvision", "");
	assert_null(nw_fact_find(f->state, "neigh.7.2.192.168.1.20")); /* not kept twice */
	nw_feed_fact(f, "neigh.7.2.192.168.1.20", "");
	assert_null(found(f, 7, 2, "192.168.1.20"));
	assert_non_null(found(f, 7, 2, "192.168.1.1"));
	nw_feed_free(f);
}

/* Two links may have the same address: without the interface nobody can tell whose it is. */
static void which_link_is_not_guessed(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "neigh.7.2.fe80::20", "c0:56:e3:01:02:03 hikvision");
	nw_feed_fact(f, "neigh.7.3.fe80::20", "ac:cc:8e:01:02:04 axis");
	assert_device(found(f, 7, 2, "fe80::20"), 3, "hikvision", "");
	assert_device(found(f, 7, 3, "fe80::20"), 4, "axis", "");
	assert_null(found(f, 7, 0, "fe80::20"));
	nw_feed_free(f);
}

/* One device on two links, as a phone that walks from one access point to another: it is still one. */
static void one_device_is_no_question(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "frame.7.2.10.1.0.20", "c0:56:e3:01:02:03 hikvision");
	nw_feed_fact(f, "frame.7.3.10.1.0.20", "c0:56:e3:01:02:03 hikvision");
	assert_device(found(f, 7, 0, "10.1.0.20"), 3, "hikvision", "");
	nw_feed_fact(f, "frame.7.3.10.1.0.20", "ac:cc:8e:01:02:04 axis");
	assert_null(found(f, 7, 0, "10.1.0.20"));
	assert_device(found(f, 7, 3, "10.1.0.20"), 4, "axis", "");
	nw_feed_free(f);
}

/* Anybody on a bridge can send frames of any address: the kernel's own word comes first, and stays. */
static void frames_come_behind_the_kernels_word(void **state)
{
	struct nw_feed *f = start();
	char key[64];

	(void)state;
	nw_feed_fact(f, "frame.7.2.10.1.0.20", "c0:56:e3:01:02:03 hikvision");
	assert_device(found(f, 7, 2, "10.1.0.20"), 3, "hikvision", "");
	nw_feed_fact(f, "neigh.7.2.10.1.0.20", "ac:cc:8e:01:02:04 axis");
	assert_device(found(f, 7, 0, "10.1.0.20"), 4, "axis", "");
	nw_feed_fact(f, "neigh.7.3.10.1.0.20", "c0:56:e3:01:02:05 hikvision");
	assert_null(found(f, 7, 0, "10.1.0.20"));
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "frame.7.9.10.2.%u.%u", i / 256, i % 256);
		nw_feed_fact(f, key, "c0:56:e3:01:02:03 hikvision");
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 5001 - 4096);
	assert_device(found(f, 7, 2, "10.1.0.20"), 4, "axis", "");
	assert_null(nw_fact_find(f->state, key)); /* not kept twice */
	nw_feed_free(f);
}

/* A recording is untrusted. */
static void what_is_not_well_formed_says_nothing(void **state)
{
	static const char good[] = "c0:56:e3:01:02:03 hikvision";
	static const char *const bad[][2] = {
		{ "neigh.7.2", good },
		{ "neigh.7.2.", good },
		{ "neigh.7.192.168.1.20", good },
		{ "neigh.0.2.192.168.1.20", good },
		{ "neigh.7.0.192.168.1.20", good },
		{ "neigh.7.2.192.168.1.20 ", good },
		{ "neigh.7.2.192.168.1.20", "c0:56:e3:01:02:03" },
		{ "neigh.7.2.192.168.1.20", "c0:56:e3:01:02:03 " },
		{ "neigh.7.2.192.168.1.20", "c0:56:e3:01:02:0g hikvision" },
		{ "neigh.7.2.192.168.1.20", "c0:56:e3:01:02-03 hikvision" },
		{ "neigh.7.2.192.168.1.20", "c0:56:e3:01:02:03_hikvision" },
		{ "neigh.7.2.192.168.1.20", "c0:56:e3:01:02:03 abcdefghijklmnopqrstuvwxyz" },
	};
	char text[200] = "c0:56:e3:01:02:03 - ";
	struct nw_feed *f = start();

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, bad[i][0], bad[i][1]);
		assert_null(found(f, 7, 2, "192.168.1.20"));
	}
	memset(text + 20, 'a', 128);
	nw_feed_fact(f, "neigh.7.2.192.168.1.20", text);
	assert_null(found(f, 7, 2, "192.168.1.20"));
	text[20 + 127] = '\0';
	nw_feed_fact(f, "neigh.7.2.192.168.1.20", text);
	assert_non_null(found(f, 7, 2, "192.168.1.20"));
	nw_feed_free(f);
}

static void a_full_table_is_a_counted_loss(void **state)
{
	struct nw_feed *f = start();
	char key[64];

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "neigh.7.2.10.1.%u.%u", i / 256, i % 256);
		nw_feed_fact(f, key, "c0:56:e3:01:02:03 hikvision");
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 5000 - 4096);
	assert_null(found(f, 7, 2, "10.1.0.0"));
	assert_non_null(found(f, 7, 2, "10.1.19.135"));
	nw_feed_free(f);
}

NW_TESTS(state_neighbour, cmocka_unit_test(a_neighbour_is_what_was_last_said),
	 cmocka_unit_test(which_link_is_not_guessed), cmocka_unit_test(one_device_is_no_question),
	 cmocka_unit_test(frames_come_behind_the_kernels_word),
	 cmocka_unit_test(what_is_not_well_formed_says_nothing),
	 cmocka_unit_test(a_full_table_is_a_counted_loss));

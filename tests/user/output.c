/* SPDX-License-Identifier: Apache-2.0 */
/* Each number has a word of its own, fit for a key of JSON. */
#include "output.h"

#include <string.h>

#include "harness.h"

static void assert_words(const char *const *word, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_non_null(word[i]);
		assert_true(word[i][0] != '\0');
		assert_int_equal(strspn(word[i], "abcdefghijklmnopqrstuvwxyz_"), strlen(word[i]));
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(word[i], word[k]);
		}
	}
}

static void test_datasets(void **state)
{
	const char *word[_NW_DATASET_MAX];

	(void)state;
	for (int i = 0; i < _NW_DATASET_MAX; i++) {
		word[i] = nw_dataset_name((enum nw_dataset)i);
	}
	assert_words(word, _NW_DATASET_MAX);
	assert_string_equal(nw_dataset_name(NW_DATASET_FLOW), "flow");
	assert_null(nw_dataset_name(_NW_DATASET_MAX));
}

static void test_actions(void **state)
{
	const char *word[NW_ACTION_END + 1];

	(void)state;
	for (int i = 0; i <= NW_ACTION_END; i++) {
		word[i] = nw_action_name((enum nw_action)i);
	}
	assert_words(word, NW_ACTION_END + 1);
	assert_string_equal(nw_action_name(NW_ACTION_EXEC), "exec");
	assert_string_equal(nw_action_name(NW_ACTION_END), "end");
}

static void test_losses(void **state)
{
	const char *word[_NW_LOSS_MAX];

	(void)state;
	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		word[i] = nw_loss_name((enum nw_loss)i);
	}
	assert_words(word, _NW_LOSS_MAX);
	assert_string_equal(nw_loss_name(NW_LOSS_RING_FULL), "ring_full");
	assert_string_equal(nw_loss_name(NW_LOSS_HOST), "host");
}

NW_TESTS(user_output, cmocka_unit_test(test_datasets), cmocka_unit_test(test_actions),
	 cmocka_unit_test(test_losses));

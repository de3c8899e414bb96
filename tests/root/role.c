/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of a flow's record: who is said to have done what with the socket. */
#include <string.h>

#include "root/support.h"

static bool says(struct json_object *entry, const char *role)
{
	struct json_object *roles = nw_rec_get(entry, "role");

	for (size_t i = 0; i < json_object_array_length(roles); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(roles, i)), role) ==
		    0) {
			return true;
		}
	}
	return false;
}

bool nw_rec_has_role(struct json_object *rec, uint64_t pid, const char *role, bool is_assumed)
{
	struct json_object *roles = nw_rec_get(rec, "nvrwatch.roles");

	for (size_t i = 0; roles && i < json_object_array_length(roles); i++) {
		struct json_object *entry = json_object_array_get_idx(roles, i);

		if (nw_rec_u64(entry, "process.pid") == pid && says(entry, role) &&
		    json_object_get_boolean(nw_rec_get(entry, "assumed")) == is_assumed) {
			return true;
		}
	}
	return false;
}

void nw_rec_check_role(struct json_object *rec, uint64_t pid, const char *role, bool is_assumed)
{
	if (!nw_rec_has_role(rec, pid, role, is_assumed)) {
		fail_msg("%d is not told to have %s: %s", (int)pid, role,
			 json_object_to_json_string(nw_rec_get(rec, "nvrwatch")));
	}
}

bool nw_session_has_hook(const char *hook)
{
	struct json_object *rec = nw_tool_await(nw_session()->tool,
						"event.dataset=nvrwatch.status event.action=start");
	char path[64];

	snprintf(path, sizeof(path), "nvrwatch.hooks.%s", hook);
	return strcmp(nw_rec_str(rec, path), "live") == 0;
}

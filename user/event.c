/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one gate between bytes that somebody else wrote (the ring buffer, a recording) and everything
 * that trusts an event's lengths. Owns nothing; a refusal is the caller's to count.
 */
#include "event.h"

#include <errno.h>
#include <string.h>

static bool check_proc(const struct nw_event *ev)
{
	const struct nw_ev_proc *e = nw_event_proc(ev);
	size_t tail;

	if (ev->size < sizeof(*e) || ev->what >= _NW_PROC_WHAT_MAX) {
		return false;
	}
	tail = ev->size - sizeof(*e);
	return e->exe_len <= NW_EXE_MAX && e->args_len <= NW_ARGS_MAX &&
	       e->cgroup_len < NW_CGROUP_MAX &&
	       (size_t)e->exe_len + e->args_len + e->cgroup_len == tail;
}

static bool check_sock(const struct nw_event *ev)
{
	return ev->size == sizeof(struct nw_ev_sock) && ev->what < _NW_SOCK_WHAT_MAX;
}

static bool check_head(const struct nw_event *ev)
{
	const struct nw_ev_head *e = nw_event_head(ev);

	return ev->size >= sizeof(*e) && ev->what < _NW_HEAD_WHAT_MAX &&
	       e->len <= NW_HEAD_TLS_MAX && ev->size == sizeof(*e) + e->len;
}

static bool check_file(const struct nw_event *ev)
{
	const struct nw_ev_file *e = nw_event_file(ev);

	return ev->size >= sizeof(*e) && ev->what < _NW_FILE_WHAT_MAX &&
	       e->root < NW_FILE_ROOTS_MAX && e->path_len <= NW_FILE_PATH_MAX &&
	       ev->size == sizeof(*e) + (size_t)e->path_len;
}

static bool check_change(const struct nw_event *ev)
{
	const struct nw_ev_change *e = nw_event_change(ev);

	return ev->size >= sizeof(*e) && ev->what < _NW_CHANGE_WHAT_MAX &&
	       e->path_len <= NW_CHANGE_PATH_MAX && e->kind_len <= NW_CHANGE_KIND_MAX &&
	       e->technique_len <= NW_CHANGE_TECHNIQUE_MAX &&
	       ev->size == sizeof(*e) + (size_t)e->path_len + e->kind_len + e->technique_len;
}

static bool check_library(const struct nw_event *ev)
{
	return ev->size == sizeof(struct nw_ev_library) && ev->what == 0 &&
	       memchr(nw_event_library(ev)->text, '\0', NW_LIBRARY_TEXT);
}

static bool check_fact(const struct nw_event *ev)
{
	const struct nw_ev_fact *e = nw_event_fact(ev);

	return ev->size >= sizeof(*e) && e->key_len > 0 && e->key_len < NW_FACT_KEY_MAX &&
	       e->value_len < NW_FACT_VALUE_MAX &&
	       ev->size == sizeof(*e) + (size_t)e->key_len + e->value_len &&
	       !memchr(e->tail, '\0', e->key_len);
}

static bool check_shape(const struct nw_event *ev)
{
	switch (ev->shape) {
	case NW_SHAPE_PROC:
		return check_proc(ev);
	case NW_SHAPE_SOCK:
		return check_sock(ev);
	case NW_SHAPE_HEAD:
		return check_head(ev);
	case NW_SHAPE_FD:
		return ev->size == sizeof(struct nw_ev_fd) && ev->what < _NW_FD_WHAT_MAX;
	case NW_SHAPE_FILE:
		return check_file(ev);
	case NW_SHAPE_CHANGE:
		return check_change(ev);
	case NW_SHAPE_LIBRARY:
		return check_library(ev);
	case NW_SHAPE_DEVICE:
		return ev->size == sizeof(struct nw_ev_device) && ev->what == 0;
	case NW_SHAPE_TICK:
		return ev->size == sizeof(struct nw_ev_tick);
	case NW_SHAPE_LOSS:
		return ev->size == sizeof(struct nw_ev_loss);
	case NW_SHAPE_FACT:
		return check_fact(ev);
	default:
		return false;
	}
}

int nw_event_check(const void *data, size_t len, const struct nw_event **ret)
{
	const struct nw_event *ev = data;

	if ((uintptr_t)data % _Alignof(struct nw_ev_sock) != 0 || len < sizeof(*ev) ||
	    ev->size > len || ev->size > NW_EVENT_MAX || ev->hook >= _NW_HOOK_MAX ||
	    !check_shape(ev)) {
		return -EINVAL;
	}
	*ret = ev;
	return 0;
}

const char *nw_hook_name(unsigned hook)
{
	static const char *const names[] = { "host",
#define NAME(stem, upper) #stem,
					     NW_HOOKS(NAME)
#undef NAME
	};

	return hook < NW_ARRAY_SIZE(names) ? names[hook] : "?";
}

unsigned nw_hook_of(const char *name, size_t len)
{
	unsigned i = 0;

	while (i < _NW_HOOK_MAX &&
	       (strlen(nw_hook_name(i)) != len || memcmp(nw_hook_name(i), name, len) != 0)) {
		i++;
	}
	return i;
}

size_t nw_event_make_fact(void *buf, size_t size, uint64_t ts_ns, const char *key,
			  const char *value)
{
	struct nw_ev_fact *e = buf;
	size_t key_len = strnlen(key, NW_FACT_KEY_MAX - 1);
	size_t value_len = strnlen(value, NW_FACT_VALUE_MAX - 1);

	if (size < sizeof(*e) + key_len) {
		return 0;
	}
	value_len = NW_MIN(value_len, size - sizeof(*e) - key_len);
	*e = (struct nw_ev_fact){
		.ev = { .size = (uint32_t)(sizeof(*e) + key_len + value_len),
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_FACT,
			.ts_ns = ts_ns },
		.key_len = (uint16_t)key_len,
		.value_len = (uint16_t)value_len,
	};
	memcpy(e->tail, key, key_len);
	memcpy(e->tail + key_len, value, value_len);
	return e->ev.size;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a recording, which anybody may have written: every length is checked, every event passes
 * nw_event_check(). Owns the file. A file that ends inside a block ends before that block.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "log.h"
#include "recording.h"
#include "recording_format.h"
#include "util/whole.h"

static int take_hooks(struct nw_recording *rec, json_object *hooks)
{
	size_t n =
		json_object_is_type(hooks, json_type_array) ? json_object_array_length(hooks) : 0;

	if (n == 0 || n > NW_ARRAY_SIZE(rec->hook)) {
		return -EBADMSG;
	}
	for (size_t i = 0; i < n; i++) {
		json_object *name = json_object_array_get_idx(hooks, i);
		const char *text;

		if (!json_object_is_type(name, json_type_string)) {
			return -EBADMSG;
		}
		text = json_object_get_string(name);
		rec->hook[i] = (uint16_t)nw_hook_of(text, strlen(text));
	}
	rec->hooks = (unsigned)n;
	return 0;
}

static int take_header(struct nw_recording *rec, json_object *o)
{
	json_object *v;
	const char *text;
	int abi;

	if (!json_object_object_get_ex(o, "format", &v) ||
	    json_object_get_int(v) != NW_RECORDING_FORMAT ||
	    !json_object_object_get_ex(o, "abi", &v)) {
		return -EPROTONOSUPPORT;
	}
	abi = json_object_get_int(v);
	if (abi < NW_ABI_READABLE || abi > NW_ABI_VERSION) {
		return -EPROTONOSUPPORT;
	}
	rec->is_older = abi < NW_ABI_VERSION;
	if (!json_object_object_get_ex(o, "hooks", &v) || take_hooks(rec, v) < 0 ||
	    !json_object_object_get_ex(o, "flow_interval_ns", &v)) {
		return -EBADMSG;
	}
	rec->flow_interval_ns = (uint64_t)json_object_get_int64(v);
	if (json_object_object_get_ex(o, "tool_version", &v) &&
	    json_object_is_type(v, json_type_string)) {
		strncpy(rec->tool_version, json_object_get_string(v),
			sizeof(rec->tool_version) - 1);
	}
	if (!json_object_object_get_ex(o, "config", &v) ||
	    !json_object_is_type(v, json_type_string)) {
		return -EBADMSG;
	}
	text = json_object_get_string(v);
	return nw_config_parse("the recording's configuration", text, strlen(text), &rec->config);
}

static int read_header(struct nw_recording *rec)
{
	static const uint8_t magic[4] = NW_RECORDING_MAGIC;
	NW_CLEANUP_FREE char *text = NULL;
	uint8_t lead[8];
	json_object *o;
	uint32_t len;
	int r;

	if (nw_read_whole(rec->fd, lead, sizeof(lead)) != sizeof(lead) ||
	    memcmp(lead, magic, sizeof(magic)) != 0) {
		return -ENOMSG;
	}
	len = nw_get_le32(lead + 4);
	if (len == 0 || len > NW_RECORDING_HEADER_MAX) {
		return -EBADMSG;
	}
	text = calloc(1, (size_t)len + 1);
	if (!text) {
		return -ENOMEM;
	}
	if (nw_read_whole(rec->fd, text, len) != (ssize_t)len) {
		return -ENODATA;
	}
	rec->next = sizeof(lead) + len;
	o = json_tokener_parse(text);
	r = o ? take_header(rec, o) : -EBADMSG;
	json_object_put(o);
	return r;
}

static int say_why(int r, const char *name)
{
	switch (r) {
	case -ENOMSG:
		nw_err("%s is not a recording of nvrwatch", name);
		break;
	case -EPROTONOSUPPORT:
		nw_err("%s was made by a version of nvrwatch whose format this one (" NW_VERSION
		       ") does not know",
		       name);
		break;
	case -ENODATA:
		nw_err("%s ends inside its header: it is cut, and holds no event", name);
		break;
	default:
		nw_err("%s is damaged: its header can't be read", name);
		break;
	}
	return r;
}

int nw_recording_open_fd(int fd, const char *name, struct nw_recording **ret)
{
	struct nw_recording *rec = calloc(1, sizeof(*rec));
	int r;

	if (!rec) {
		close(fd);
		return -ENOMEM;
	}
	rec->fd = fd;
	r = read_header(rec);
	if (r < 0) {
		nw_recording_close(rec);
		return say_why(r, name);
	}
	*ret = rec;
	return 0;
}

int nw_recording_open(const char *path, struct nw_recording **ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return nw_err_r(-errno, "cannot open %s", path);
	}
	return nw_recording_open_fd(fd, path, ret);
}

struct reader {
	uint8_t *packed;
	uint8_t *plain;
	ZSTD_DCtx *zstd;
};

/* Plain length of the next block; 0 at the end; -ENODATA when the file ends inside it. */
static ssize_t read_block(struct nw_recording *rec, struct reader *r)
{
	uint8_t lead[12];
	ssize_t got = nw_read_whole(rec->fd, lead, sizeof(lead));
	uint32_t packed;
	uint32_t plain;
	size_t n;

	if (got <= 0) {
		return got;
	}
	if (got < (ssize_t)sizeof(lead)) {
		return -ENODATA;
	}
	packed = nw_get_le32(lead + 4);
	plain = nw_get_le32(lead + 8);
	if (memcmp(lead, NW_RECORDING_BLOCK_MAGIC, 4) != 0 || plain == 0 ||
	    plain > NW_RECORDING_BLOCK_MAX || packed > ZSTD_compressBound(NW_RECORDING_BLOCK_MAX)) {
		return -EBADMSG;
	}
	got = nw_read_whole(rec->fd, r->packed, packed);
	if (got != (ssize_t)packed) {
		return got < 0 ? got : -ENODATA;
	}
	rec->block = rec->next;
	rec->next += sizeof(lead) + packed;
	n = ZSTD_decompressDCtx(r->zstd, r->plain, NW_RECORDING_BLOCK_MAX, r->packed, packed);
	return ZSTD_isError(n) || n != plain ? -EBADMSG : (ssize_t)n;
}

/* Of an older recording, which knew fewer losses: those that it lacks are none. */
static const struct nw_event *whole_loss(const struct nw_event *raw, struct nw_ev_loss *buf)
{
	if (raw->shape != NW_SHAPE_LOSS || raw->size < sizeof(*raw) || raw->size >= sizeof(*buf)) {
		return raw;
	}
	memset(buf, 0, sizeof(*buf));
	memcpy(buf, raw, raw->size);
	buf->ev.size = sizeof(*buf);
	return &buf->ev;
}

static bool check(const struct nw_recording *rec, const struct nw_event *raw,
		  struct nw_ev_loss *buf, const struct nw_event **ret)
{
	const struct nw_event *whole = rec->is_older ? whole_loss(raw, buf) : raw;

	return nw_event_check(whole, whole->size, ret) == 0;
}

static int read_events(struct nw_recording *rec, uint8_t *block, size_t len,
		       void (*fn)(void *ctx, const struct nw_event *ev), void *ctx)
{
	size_t at = 0;

	while (at < len) {
		struct nw_event *raw = (struct nw_event *)(void *)(block + at);
		const struct nw_event *ev;
		struct nw_ev_loss loss;
		uint32_t size;

		if (len - at < sizeof(*raw) || raw->hook >= rec->hooks) {
			return -EBADMSG;
		}
		size = raw->size;
		raw->hook = rec->hook[raw->hook];
		if (raw->hook == _NW_HOOK_MAX) {
			rec->unknown++;
		} else if (size > len - at || !check(rec, raw, &loss, &ev)) {
			return -EBADMSG;
		} else {
			rec->events++;
			fn(ctx, ev);
		}
		if (size < sizeof(*raw) || size > len - at) {
			return -EBADMSG;
		}
		at += (size + 7U) & ~(size_t)7;
	}
	return 0;
}

int nw_recording_read(struct nw_recording *rec, void (*fn)(void *ctx, const struct nw_event *ev),
		      void *ctx)
{
	struct reader r = {
		.packed = malloc(ZSTD_compressBound(NW_RECORDING_BLOCK_MAX)),
		.plain = aligned_alloc(8, NW_RECORDING_BLOCK_MAX),
		.zstd = ZSTD_createDCtx(),
	};
	int err = r.packed && r.plain && r.zstd ? 0 : -ENOMEM;

	while (err == 0) {
		ssize_t n = read_block(rec, &r);

		if (n <= 0) {
			err = (int)n;
			break;
		}
		err = read_events(rec, r.plain, (size_t)n, fn, ctx);
	}
	if (err == -ENODATA) {
		rec->is_cut = true;
		err = 0;
	}
	ZSTD_freeDCtx(r.zstd);
	free(r.packed);
	free(r.plain);
	return err;
}

void nw_recording_close(struct nw_recording *rec)
{
	if (!rec) {
		return;
	}
	nw_config_free(rec->config);
	close(rec->fd);
	free(rec);
}

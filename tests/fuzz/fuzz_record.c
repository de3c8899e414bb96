/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any file as a recording. A checksum guards each block, so most inputs are the plain bytes of
 * blocks, packed here behind a true header. Input: a byte that says which, then the file, or for
 * each block two bytes of length and its bytes, which may stand at the very end of a full block.
 */
#include <json-c/json.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "fuzz.h"
#include "recording.h"
#include "recording_format.h"

enum {
	FILE_MAX = 1 << 20
};

static uint8_t file[FILE_MAX];

static size_t put_header(void)
{
	static const uint8_t magic[] = NW_RECORDING_MAGIC;
	static char text[8192];
	static size_t len;

	if (!len) {
		json_object *o = json_object_new_object();
		json_object *hooks = json_object_new_array();

		json_object_object_add(o, "format", json_object_new_int(NW_RECORDING_FORMAT));
		json_object_object_add(o, "abi", json_object_new_int(NW_ABI_VERSION));
		json_object_object_add(o, "flow_interval_ns", json_object_new_int64(1));
		for (unsigned i = 0; i < _NW_HOOK_MAX; i++) {
			json_object_array_add(hooks, json_object_new_string(nw_hook_name(i)));
		}
		json_object_object_add(o, "hooks", hooks);
		json_object_object_add(o, "config", json_object_new_string("heads: true\n"));
		len = strlen(json_object_to_json_string(o));
		must(len < sizeof(text));
		memcpy(text, json_object_to_json_string(o), len);
		json_object_put(o);
	}
	memcpy(file, magic, sizeof(magic));
	nw_put_le32(file + 4, (uint32_t)len);
	memcpy(file + 8, text, len);
	return 8 + len;
}

/* Ticks, so many that the bytes behind them end where the reader's memory ends. */
static size_t fill(uint8_t *block, size_t len)
{
	struct nw_ev_tick tick = { .ev = { .size = sizeof(tick), .shape = NW_SHAPE_TICK } };
	size_t at = 0;

	while (at + sizeof(tick) + len <= NW_RECORDING_BLOCK_MAX) {
		memcpy(block + at, &tick, sizeof(tick));
		at += sizeof(tick);
	}
	return at;
}

static size_t put_blocks(size_t at, struct nw_span in, bool is_full)
{
	static uint8_t block[NW_RECORDING_BLOCK_MAX];

	while (nw_span_left(&in)) {
		size_t len = take_u8(&in) | (size_t)take_u8(&in) << 8;
		size_t begin = is_full ? fill(block, len) : 0;
		struct nw_span plain;
		size_t packed;

		len = len < nw_span_left(&in) ? len : nw_span_left(&in);
		(void)nw_span_cut(&in, len, &plain);
		memcpy(block + begin, plain.p, len);
		len += begin;
		if (FILE_MAX - at < 12 + ZSTD_compressBound(len)) {
			break;
		}
		packed = ZSTD_compress(file + at + 12, ZSTD_compressBound(len), block, len, 1);
		must(!ZSTD_isError(packed));
		memcpy(file + at, NW_RECORDING_BLOCK_MAGIC, 4);
		nw_put_le32(file + at + 4, (uint32_t)packed);
		nw_put_le32(file + at + 8, (uint32_t)len);
		at += 12 + packed;
	}
	return at;
}

static void on_event(void *ctx, const struct nw_event *ev)
{
	uint64_t *events = ctx;

	touch(ev, ev->size);
	(*events)++;
}

static void read_file(size_t len)
{
	struct nw_recording *rec;
	uint64_t events = 0;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, file, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	if (nw_recording_open_fd(fd, "input", &rec) < 0) {
		return;
	}
	(void)nw_recording_read(rec, on_event, &events);
	must(rec->events == events);
	nw_recording_close(rec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nw_span in = nw_span_of(data, size);
	uint8_t flags = take_u8(&in);
	size_t len = nw_span_left(&in);

	if (len > FILE_MAX / 2) {
		return 0;
	}
	if (flags & 1) {
		memcpy(file, in.p, len);
	} else {
		len = put_blocks(put_header(), in, flags & 2);
	}
	read_file(len);
	return 0;
}

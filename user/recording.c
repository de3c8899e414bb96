/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a recording. Owns the file and one block's buffer. A write that fails is retried with the
 * next flush, the torn block is cut off, and what finds no room meanwhile is counted: tracing goes
 * on, and the file is good up to its last whole block.
 */
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zstd.h>

#include "log.h"
#include "recording_format.h"

#define FLUSH_NS    NW_NSEC_PER_SEC
#define FLUSH_BYTES (NW_RECORDING_BLOCK_MAX / 2)

struct nw_recorder_file {
	int fd;
	off_t good; /* the file is whole up to here */
	size_t used;
	uint64_t flushed_ns;
	uint64_t lost;
	int error; /* the last write's */
	ZSTD_CCtx *zstd;
	size_t packed_room;
	uint8_t *packed;
	uint8_t *block;
};

int nw_recording_create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		return nw_err_r(-errno, "cannot make the recording %s", path);
	}
	return fd;
}

static int write_all(int fd, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static char *config_text(const struct nw_config *config)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f) {
		return NULL;
	}
	if (nw_config_print(config, f) < 0) {
		fclose(f);
		free(text);
		return NULL;
	}
	fclose(f);
	return text;
}

static json_object *make_header(const char *config, uint64_t flow_interval_ns)
{
	json_object *o = json_object_new_object();
	json_object *hooks = json_object_new_array();

	json_object_object_add(o, "format", json_object_new_int(NW_RECORDING_FORMAT));
	json_object_object_add(o, "abi", json_object_new_int(NW_ABI_VERSION));
	json_object_object_add(o, "tool_version", json_object_new_string(NW_VERSION));
	json_object_object_add(o, "flow_interval_ns",
			       json_object_new_int64((int64_t)flow_interval_ns));
	for (unsigned i = 0; i < _NW_HOOK_MAX; i++) {
		json_object_array_add(hooks, json_object_new_string(nw_hook_name(i)));
	}
	json_object_object_add(o, "hooks", hooks);
	json_object_object_add(o, "config", json_object_new_string(config));
	return o;
}

static int write_header(struct nw_recorder_file *r, const struct nw_config *config,
			uint64_t flow_interval_ns)
{
	NW_CLEANUP_FREE char *yaml = config_text(config);
	uint8_t lead[8] = NW_RECORDING_MAGIC;
	json_object *o;
	const char *text;
	size_t len;
	int err;

	if (!yaml) {
		return -ENOMEM;
	}
	o = make_header(yaml, flow_interval_ns);
	text = json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN, &len);
	nw_put_le32(lead + 4, (uint32_t)len);
	err = write_all(r->fd, lead, sizeof(lead));
	if (err == 0) {
		err = write_all(r->fd, text, len);
	}
	json_object_put(o);
	r->good = (off_t)(sizeof(lead) + len);
	return err;
}

int nw_recording_start(int fd, const struct nw_config *config, uint64_t flow_interval_ns,
		       struct nw_recorder_file **ret)
{
	struct nw_recorder_file *r = calloc(1, sizeof(*r));
	int err = -ENOMEM;

	if (!r) {
		close(fd);
		return err;
	}
	r->fd = fd;
	r->packed_room = 12 + ZSTD_compressBound(NW_RECORDING_BLOCK_MAX);
	r->packed = malloc(r->packed_room);
	r->block = malloc(NW_RECORDING_BLOCK_MAX);
	r->zstd = ZSTD_createCCtx();
	if (r->packed && r->block && r->zstd) {
		ZSTD_CCtx_setParameter(r->zstd, ZSTD_c_compressionLevel, 3);
		ZSTD_CCtx_setParameter(r->zstd, ZSTD_c_checksumFlag, 1);
		err = write_header(r, config, flow_interval_ns);
	}
	if (err < 0) {
		(void)nw_recording_end(r);
		return nw_err_r(err, "cannot write the recording's header");
	}
	*ret = r;
	return 0;
}

void nw_recording_add(struct nw_recorder_file *r, const struct nw_event *ev)
{
	size_t room = ((size_t)ev->size + 7) & ~(size_t)7;

	/* a disk that was full a moment ago is not asked again for each event */
	if (r->used + room > NW_RECORDING_BLOCK_MAX &&
	    (!r->error || ev->ts_ns >= r->flushed_ns + FLUSH_NS)) {
		nw_recording_flush(r, ev->ts_ns, true);
	}
	if (r->used + room > NW_RECORDING_BLOCK_MAX) {
		r->lost++;
		return;
	}
	memcpy(r->block + r->used, ev, ev->size);
	memset(r->block + r->used + ev->size, 0, room - ev->size);
	r->used += room;
}

static int write_block(struct nw_recorder_file *r)
{
	size_t n = ZSTD_compress2(r->zstd, r->packed + 12, r->packed_room - 12, r->block, r->used);
	int err;

	if (ZSTD_isError(n)) {
		return -EIO;
	}
	memcpy(r->packed, NW_RECORDING_BLOCK_MAGIC, 4);
	nw_put_le32(r->packed + 4, (uint32_t)n);
	nw_put_le32(r->packed + 8, (uint32_t)r->used);
	err = write_all(r->fd, r->packed, n + 12);
	if (err == 0 && fdatasync(r->fd) < 0 && errno != EINVAL && errno != EROFS) {
		err = -errno;
	}
	if (err < 0) { /* cut the torn block off, so that the file stays good */
		if (ftruncate(r->fd, r->good) == 0) {
			(void)lseek(r->fd, r->good, SEEK_SET);
		}
		return err;
	}
	r->good += (off_t)(n + 12);
	return 0;
}

void nw_recording_flush(struct nw_recorder_file *r, uint64_t now_ns, bool now)
{
	int err;

	if (!now && r->used < FLUSH_BYTES && now_ns < r->flushed_ns + FLUSH_NS) {
		return;
	}
	r->flushed_ns = now_ns;
	if (r->used == 0) {
		return;
	}
	err = write_block(r);
	if (err == 0) {
		r->used = 0;
	}
	if (err < 0 && err != r->error) {
		nw_err_r(err, "cannot write to the recording; what it holds so far is whole");
	}
	r->error = err;
}

uint64_t nw_recording_lost(const struct nw_recorder_file *r)
{
	return r->lost;
}

uint64_t nw_recording_block(const struct nw_recorder_file *r)
{
	return (uint64_t)r->good;
}

static uint64_t count_events(const uint8_t *block, size_t used)
{
	uint64_t n = 0;

	for (size_t at = 0; at < used; n++) {
		uint32_t size;

		memcpy(&size, block + at, sizeof(size));
		at += (size + 7U) & ~7U;
	}
	return n;
}

int nw_recording_end(struct nw_recorder_file *r)
{
	int err = 0;

	if (!r) {
		return 0;
	}
	if (r->block && r->used) {
		nw_recording_flush(r, 0, true);
		r->lost += count_events(r->block, r->error ? r->used : 0);
	}
	if (r->lost) {
		nw_err("the recording lacks its last %llu events", (unsigned long long)r->lost);
		err = r->error ? r->error : -EIO;
	}
	if (close(r->fd) < 0 && err == 0) {
		err = -errno;
	}
	ZSTD_freeCCtx(r->zstd);
	free(r->packed);
	free(r->block);
	free(r);
	return err;
}

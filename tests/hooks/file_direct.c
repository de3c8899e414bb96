/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_direct: what is read past the page cache is counted, also when another than the reader ends
 * the request, and at the file's end. A read that began before nvrwatch did is counted as lost.
 */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "hooks/reads.h"

static void test_every_call(void **state)
{
	static const char *const ways[] = { "by read 131072",  "by pread 65536", "by aio 131072",
					    "by uring 131072", "by fixed 65536", "by worker 65536",
					    "by aio 9000000" };

	(void)state;
	reads_check_all(reads_trace(), "direct", ways, NW_ARRAY_SIZE(ways), 1);
}

#define BYTES 65536

/* An ext4 on a file that the actor serves, with a recording in it. */
static struct nw_actor *make_slow_disk(const char *dir)
{
	char served[128], path[192];
	struct nw_actor *disk;
	int image;

	snprintf(served, sizeof(served), "%s/served", nw_place_files());
	assert_int_equal(mkdir(served, 0700), 0);
	disk = nw_actor_start(NW_PLACE_FAR, "disk %s 24", served);
	nw_actor_truth(disk);
	snprintf(path, sizeof(path), "/proc/%d/root%s/image", disk->pid, served);
	image = open(path, O_RDWR | O_CLOEXEC);
	assert_true(image >= 0);
	nw_place_mount_image(dir, image);
	close(image);
	nw_actor_done(nw_actor_start(NW_PLACE_FAR, "files write %s/1.mp4 %d close", dir, BYTES));
	return disk;
}

/* The disk answers late: who reads had asked before nvrwatch looked, so nobody knows whose bytes come then. */
static void test_begun_before(void **state)
{
	static const struct nw_tool_options options = { .prepare = nw_tool_root };
	char dir[100], yaml[200], config[NW_TOOL_CONFIG];
	struct nw_actor *disk, *reader;
	struct nw_tool *t;
	bool is_counted;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/slow", nw_place_files());
	disk = make_slow_disk(dir);
	nw_actor_say(disk, "hold");
	nw_actor_truth(disk);
	reader = nw_actor_start(NW_PLACE_SEEN, "reads direct %s/1.mp4 by aio %d close", dir, BYTES);
	nw_actor_truth(disk); /* its first reader waits */
	snprintf(yaml, sizeof(yaml), "recording_roots: [%s]\n", dir);
	nw_tool_config(yaml, config);
	t = nw_tool_start(&options, "trace -o json --config %s", config);
	is_counted = reads_are_counted(t, true);
	nw_actor_say(disk, "go on");
	assert_int_equal(nw_rec_u64(nw_actor_truth(reader), "bytes"), BYTES);
	nw_actor_done(reader);
	if (is_counted) {
		nw_tool_await_loss(t, "read");
	}
	assert_int_equal(nw_tool_lost(nw_tool_stopped(t), "read"), is_counted);
	assert_int_equal(nw_tool_count(t, READS_FILE " nvrwatch.reading.bytes=%d", BYTES), 0);
	assert_int_equal(umount(dir), 0);
}

NW_TESTS(hooks_file_direct, NW_ROOT_TEST(test_every_call), NW_ROOT_TEST(test_begun_before));

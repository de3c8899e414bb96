/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lib_scan: who has a maker's library or shared memory mapped is told, however and whenever it came to be
 * mapped, and nobody else is. All are looked at in one go, so who was there when a later one is told was seen too.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "event.h"
#include "recording.h"
#include "root/libraries.h"

/* One run for the tests of this file, and gone behind the last of them: what comes then is told by another. */
static struct nw_tool *shared;

static struct nw_tool *run(void)
{
	if (!shared) {
		shared = nw_tool_trace_libraries("");
		shared->is_lasting = true;
	}
	return shared;
}

static int end_run(void **state)
{
	if (shared) {
		(void)nw_tool_stop(shared, SIGINT);
		nw_tool_free(shared);
		shared = NULL;
	}
	return nw_root_teardown(state);
}

static const char *in_place(const char *name)
{
	static char path[4][160];
	static unsigned i;
	char *ret = path[i++ % NW_ARRAY_SIZE(path)];

	snprintf(ret, sizeof(path[0]), "%s/%s", nw_place_files(), name);
	return ret;
}

/* Two looks at everybody who is there now are over. */
static void let_look(struct nw_tool *t)
{
	for (int i = 0; i < 2; i++) {
		struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "mapped file %s ready wait",
						    in_place("libhcnetsdk.so"));

		nw_await_speaks(t, a->pid, "hikvision");
		nw_actor_say(a, "");
		nw_actor_done(a);
	}
}

static unsigned told(struct nw_tool *t, int pid)
{
	return nw_tool_count(t, "event.action=speaks process.pid=%d", pid);
}

static void test_later(void **state)
{
	struct nw_tool *t = run();
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "mapped ready wait file %s ready wait file %s wait",
			       in_place("libhcnetsdk.so.6.1"), in_place("libIOTCAPIs.so-4.3"));
	struct json_object *rec;

	(void)state;
	nw_actor_truth(a);
	let_look(t); /* it has none, and was looked at for the last time if nothing changes */
	assert_int_equal(told(t, a->pid), 0);
	nw_actor_say(a, "");
	nw_await_speaks(t, a->pid, "hikvision");
	nw_actor_say(a, "");
	rec = nw_await_speaks(t, a->pid, "throughtek");
	assert_true(nw_rec_speaks_for(rec, "hikvision"));
	assert_string_equal(nw_rec_str(rec, "nvrwatch.speaks_by"), "libhcnetsdk.so");
	let_look(t);
	assert_int_equal(told(t, a->pid), 2); /* each once, however often it is looked at */
}

/* A library of others', which needs nothing that a program has not, under a maker's name. */
static const char *real_library(void)
{
	const char *path = in_place("libdhnetsdk.so");
	char line[512];
	char *from = NULL;
	FILE *maps = fopen("/proc/self/maps", "re");
	int in, out;

	assert_non_null(maps);
	while (!from && fgets(line, sizeof(line), maps)) {
		from = strstr(line, "/libjson-c.so") ? strchr(line, '/') : NULL;
	}
	fclose(maps);
	assert_non_null(from);
	from[strcspn(from, "\n")] = '\0';
	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	assert_true(in >= 0 && out >= 0);
	while (sendfile(out, in, NULL, 1 << 20) > 0) {
	}
	close(in);
	close(out);
	return path;
}

/* As the loader does it: with the program, and long after. */
static void test_the_loader(void **state)
{
	struct nw_tool *t = run();
	const char *path = real_library();
	struct nw_actor *with =
		nw_actor_start(NW_PLACE_SEEN, "mapped preload %s again ready wait", path);
	struct nw_actor *after =
		nw_actor_start(NW_PLACE_SEEN, "mapped ready wait dlopen %s wait", path);

	(void)state;
	nw_await_speaks(t, with->pid, "dahua");
	nw_actor_truth(after);
	let_look(t);
	assert_int_equal(told(t, after->pid), 0);
	nw_actor_say(after, "");
	nw_await_speaks(t, after->pid, "dahua");
}

/* Another program in the same process has what it maps itself. */
static void test_exec(void **state)
{
	struct nw_tool *t = run();
	const char *path = in_place("libhcnetsdk.so");
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN,
		"mapped file %s wait again again file %s ready wait again ready wait", path, path);
	struct json_object *rec;

	(void)state;
	nw_await_speaks(t, a->pid, "hikvision");
	let_look(t); /* for the last time, if it stays what it is */
	nw_actor_say(a, "");
	nw_actor_truth(a);
	let_look(t);
	assert_int_equal(told(t, a->pid), 2);
	nw_actor_say(a, "");
	nw_actor_truth(a);
	let_look(t);
	assert_int_equal(told(t, a->pid), 2);
	nw_actor_say(a, "");
	nw_actor_done(a);
	rec = nw_tool_await(t, "event.action=exit process.pid=%d", a->pid);
	assert_null(nw_rec_get(rec, "nvrwatch.speaks_for"));
}

static void test_other_names(void **state)
{
	struct nw_tool *t = run();
	struct nw_actor *names =
		nw_actor_start(NW_PLACE_SEEN, "mapped file %s file %s file %s file %s ready wait",
			       in_place("mylibhcnetsdk.so"), in_place("libhcnetsdk.sox"),
			       in_place("libdhnetsdk.a"), in_place("libhcnetsdk.so6"));

	(void)state;
	nw_actor_truth(names);
	let_look(t);
	assert_int_equal(told(t, names->pid), 0);
}

/* Events of the hook about two processes. */
struct events {
	uint32_t one, other;
	unsigned of_one, of_other;
};

static void count(void *ctx, const struct nw_event *ev)
{
	struct events *n = ctx;

	if (ev->shape == NW_SHAPE_LIBRARY) {
		const struct nw_ev_library *e = nw_event_library(ev);

		assert_int_equal(ev->hook, NW_HOOK_LIB_SCAN);
		assert_true(e->self.start_ns > 0 && e->self.start_ns < ev->ts_ns);
		n->of_one += e->self.tgid == n->one;
		n->of_other += e->self.tgid == n->other;
	}
}

/* Who is outside of the cgroup is not told, and who is inside no more often than it is looked at; a
 * library that is mapped often is one. */
static void test_events(void **state)
{
	const char *path = in_place("libhcnetsdk.so");
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "mapped file %s file %s file %s ready wait", path, path, path);
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "mapped file %s ready wait", path);
	struct events n = { (uint32_t)seen->pid, (uint32_t)far->pid, 0, 0 };
	struct nw_recording *rec;
	struct nw_tool *t;
	char more[200];

	(void)state;
	nw_actor_truth(seen);
	nw_actor_truth(far);
	snprintf(more, sizeof(more), "--record %s", in_place("libraries.nwr"));
	t = nw_tool_trace_libraries(more);
	let_look(t);
	let_look(t);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	assert_int_equal(nw_recording_open(in_place("libraries.nwr"), &rec), 0);
	assert_int_equal(nw_recording_read(rec, count, &n), 0);
	nw_recording_close(rec);
	assert_int_equal(n.of_one, 2);
	assert_int_equal(n.of_other, 0);
}

/* Memory of a process and of another with a segment of the same id. */
struct memory {
	uint32_t one, other;
	uint64_t inode;
	unsigned both, read; /* of inode */
	uint64_t segment, other_segment;
	unsigned strange;
	uint64_t look_ns, end_ns; /* with the last memory, the last that had no more */
};

static void count_memory(void *ctx, const struct nw_event *ev)
{
	const struct nw_ev_fd *e = ev->shape == NW_SHAPE_FD ? nw_event_fd(ev) : NULL;
	struct memory *m = ctx;

	if (!e || ev->hook != NW_HOOK_LIB_SCAN) {
		return;
	}
	assert_int_equal(ev->what, NW_FD_MEMORY);
	assert_int_equal(e->fd, UINT32_MAX);
	assert_int_equal(e->scan_ns, ev->ts_ns);
	if (e->self.tgid == m->other) {
		m->other_segment = e->inode ? e->inode : m->other_segment;
	} else if (e->self.tgid == m->one && !e->inode) {
		m->end_ns = e->scan_ns;
	} else if (e->self.tgid == m->one) {
		m->look_ns = e->scan_ns;
		m->both += e->inode == m->inode && e->flags == (NW_FD_READ | NW_FD_WRITE);
		m->read += e->inode == m->inode && e->flags == NW_FD_READ;
		m->segment = e->inode >> 63 ? e->inode : m->segment;
		m->strange += e->inode != m->inode && !(e->inode >> 63);
	}
}

static struct memory read_memory(const char *name, uint32_t one, uint32_t other, uint64_t inode)
{
	struct memory m = { .one = one, .other = other, .inode = inode };
	struct nw_recording *rec;

	assert_int_equal(nw_recording_open(in_place(name), &rec), 0);
	assert_int_equal(nw_recording_read(rec, count_memory, &m), 0);
	nw_recording_close(rec);
	return m;
}

/* Mapped long after its first looks, with no file open, and unmapped again. */
static void test_memory(void **state)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN,
					    "mapped ready wait memory sysv wait unmap ready wait");
	struct nw_actor *b = nw_actor_start(NW_PLACE_SEEN, "mapped sysv wait");
	uint64_t inode, id;
	struct nw_tool *t;
	struct memory m;
	char more[200];

	(void)state;
	nw_actor_truth(a);
	snprintf(more, sizeof(more), "--record %s", in_place("memory.nwr"));
	t = nw_tool_trace_libraries(more);
	let_look(t);
	nw_actor_say(a, "");
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	id = nw_rec_u64(nw_actor_truth(a), "id");
	assert_int_equal(id, nw_rec_u64(nw_actor_truth(b), "id"));
	let_look(t);
	nw_actor_say(a, "");
	nw_actor_truth(a);
	let_look(t);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	m = read_memory("memory.nwr", (uint32_t)a->pid, (uint32_t)b->pid, inode);
	assert_true(m.both >= 2);
	assert_int_equal(m.both, m.read); /* neighbours that may do the same are one */
	assert_int_equal(m.strange, 0);
	assert_int_equal(m.segment & UINT32_MAX, id);
	assert_int_equal(m.other_segment & UINT32_MAX, id);
	assert_true(m.segment >> 63 && m.other_segment >> 63 && m.segment != m.other_segment);
	assert_true(m.end_ns > m.look_ns);
}

static void test_container(void **state)
{
	struct nw_tool *t = run();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "mapped container file %s ready wait",
					    in_place("libdhnetsdk.so"));
	int pid = (int)nw_rec_u64(nw_actor_truth(a), "pid");

	(void)state;
	nw_await_speaks(t, pid, "dahua");
	assert_int_equal(told(t, a->pid), 0);
}

/* A leaf of the tree has 16 mappings, its root 10 branches: this is five levels deep. */
static void test_many_mappings(void **state)
{
	struct nw_tool *t = run();
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN, "mapped file %s many 10000 file %s many 10000 file %s ready wait",
		in_place("libdhnetsdk.so"), in_place("libhcnetsdk.so.1"),
		in_place("libIOTCAPIs.so.2"));

	(void)state;
	nw_await_speaks(t, a->pid, "dahua");
	nw_await_speaks(t, a->pid, "hikvision");
	nw_await_speaks(t, a->pid, "throughtek");
}

/* Its first thread has no memory any more. */
static void test_without_its_first_thread(void **state)
{
	struct nw_tool *t = run();
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "mapped outlive %s", in_place("libIOTCAPIs.so"));

	(void)state;
	nw_await_speaks(t, a->pid, "throughtek");
}

NW_TESTS(hooks_lib_scan, NW_ROOT_TEST(test_later), NW_ROOT_TEST(test_the_loader),
	 NW_ROOT_TEST(test_exec), NW_ROOT_TEST(test_other_names), NW_ROOT_TEST(test_events),
	 NW_ROOT_TEST(test_memory), NW_ROOT_TEST(test_container), NW_ROOT_TEST(test_many_mappings),
	 cmocka_unit_test_teardown(test_without_its_first_thread, end_run));

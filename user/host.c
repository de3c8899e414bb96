/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about host, configuration and hooks. Owns nothing; a fact that can't be had is left out.
 */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "changes.h"
#include "event.h"
#include "log.h"
#include "progs.h"
#include "util/text.h"

#define COUNT_EVERY_NS	(10 * NW_NSEC_PER_SEC)
#define ASK_EVERY_NS	NW_NSEC_PER_SEC /* some 4 us for each program and each link */
#define PID_NS_INIT_INO 0xEFFFFFFCU	/* PROC_PID_INIT_INO, include/linux/proc_ns.h */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NW_NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

uint64_t nw_host_boot_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

uint64_t nw_host_mono_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t nw_host_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

static void fact_at(struct nw_host *h, uint64_t ts_ns, const char *key, const char *value)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)];
	size_t len = nw_event_make_fact(buf, sizeof(buf), ts_ns, key, value);

	h->feed(h->ctx, buf, len);
}

void nw_host_fact(struct nw_host *h, const char *key, const char *value)
{
	fact_at(h, nw_host_boot_ns(), key, value);
}

static void tell_place(void *ctx, const uint8_t addr[16], uint64_t ts_ns)
{
	char key[6 + NW_ADDR_TEXT] = "place.";
	struct nw_host *h = ctx;
	char value[NW_ENRICH_TEXT];

	nw_addr_text(key + 6, addr);
	nw_enrich_place(h->enrich, addr, value);
	fact_at(h, ts_ns, key, value); /* as old as what it is asked for: time does not run ahead */
}

nw_ask_fn nw_host_asks(const struct nw_host *h)
{
	return nw_enrich_has_places(h->enrich) ? tell_place : NULL;
}

/* The first line of a small file. */
static void fact_of_file(struct nw_host *h, const char *key, const char *path)
{
	char line[256];
	FILE *f = fopen(path, "re");

	if (!f) {
		return;
	}
	if (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		nw_host_fact(h, key, line);
	}
	fclose(f);
}

static void fact_hex(struct nw_host *h, const char *key, uint64_t value)
{
	char text[17];

	snprintf(text, sizeof(text), "%016llx", (unsigned long long)value);
	nw_host_fact(h, key, text);
}

static void users(struct nw_host *h)
{
	const struct passwd *pw;
	char key[32];

	setpwent();
	while ((pw = getpwent())) {
		snprintf(key, sizeof(key), "user.%u", (unsigned)pw->pw_uid);
		nw_host_fact(h, key, pw->pw_name);
	}
	endpwent();
}

static void labels(struct nw_host *h)
{
	char text[NW_FACT_VALUE_MAX];
	size_t len = 0;

	for (unsigned i = 0; i < h->config->site.labels_count; i++) {
		int n = snprintf(text + len, sizeof(text) - len, "%s%s", i ? "\n" : "",
				 h->config->site.labels[i]);

		if (n < 0 || (size_t)n >= sizeof(text) - len) {
			h->lost++;
			return;
		}
		len += (size_t)n;
	}
	if (len > 0) {
		nw_host_fact(h, "site.labels", text);
	}
}

static void tell_link(void *ctx, uint32_t netns, const struct nw_link *link)
{
	char key[32];
	char value[2 * NW_LINK_TEXT + 1] = "";

	snprintf(key, sizeof(key), "iface.%u.%u", netns, link->index);
	if (!link->is_gone) {
		snprintf(value, sizeof(value), "%s %s", link->kind, link->name);
	}
	nw_host_fact(ctx, key, value);
}

/* With the time that it is for state: measures that were made before this was read are still to come,
 * and what happens between them must not seem to last longer. */
static void tell_neigh(void *ctx, uint32_t netns, const struct nw_neigh *neigh)
{
	char key[32 + NW_ADDR_TEXT];
	char value[NW_ENRICH_TEXT] = "";
	struct nw_host *h = ctx;
	int n = snprintf(key, sizeof(key), "%s.%u.%u.", neigh->is_frame ? "frame" : "neigh", netns,
			 neigh->index);

	nw_addr_text(key + n, neigh->addr);
	if (!neigh->is_gone) {
		nw_enrich_device(h->enrich, neigh->mac, value);
	}
	fact_at(h, nw_state_now_ns(h->state), key, value);
}

bool nw_host_takes(struct nw_host *h, const void *data, size_t len)
{
	struct nw_neigh neigh = { .is_frame = true };
	const struct nw_ev_device *e;
	const struct nw_event *ev;

	/* its shape first: every event passes here, and the pipeline checks the others */
	if (len < sizeof(*e) || ((const struct nw_event *)data)->shape != NW_SHAPE_DEVICE ||
	    nw_event_check(data, len, &ev) < 0) {
		return false;
	}
	e = nw_event_device(ev);
	memcpy(neigh.addr, e->addr, sizeof(neigh.addr));
	memcpy(neigh.mac, e->mac, sizeof(neigh.mac));
	neigh.index = e->ifindex;
	nw_links_saw(h->links, e->netns, &neigh);
	return true;
}

/* The host's own network namespace, which is ours, and its interfaces. */
static int own_netns(struct nw_host *h)
{
	NW_CLEANUP_CLOSE int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	char text[24];
	int r = nw_links_new(tell_link, tell_neigh, h, &h->links);

	if (r == 0 && (fd < 0 || fstat(fd, &st) < 0)) {
		r = -errno;
	}
	if (r < 0) {
		return nw_err_r(r, "cannot read the network namespace");
	}
	snprintf(text, sizeof(text), "%llu", (unsigned long long)st.st_ino);
	nw_host_fact(h, "host.netns", text);
	nw_netstat_open(&h->netstat);
	return nw_links_add(h->links, fd, (uint32_t)st.st_ino);
}

void nw_host_count(struct nw_host *h, bool now)
{
	uint64_t ns = nw_host_boot_ns();

	if (h->counted_ns && !now && ns < h->counted_ns + COUNT_EVERY_NS) {
		return;
	}
	h->counted_ns = ns;
	if (nw_netstat_read(&h->netstat, h->counted) < 0) {
		h->counted[0] = '\0';
	}
}

void nw_host_tell_counted(struct nw_host *h)
{
	if (h->counted[0]) {
		nw_host_fact(h, "net.counters", h->counted);
		h->counted[0] = '\0';
	}
}

bool nw_host_read_notified(struct nw_host *h)
{
	bool has_files = nw_files_read(h->files);

	return nw_changes_read(h->changes) || has_files;
}

void nw_host_tell_notified(struct nw_host *h)
{
	uint64_t now_ns = nw_host_boot_ns();

	nw_files_tell(h->files, now_ns, h->feed, h->ctx);
	nw_changes_tell(h->changes, now_ns, h->feed, h->ctx);
}

void nw_host_hooks(struct nw_host *h)
{
	static const char *const words[] = { "live", "fallback", "off" };

	for (unsigned i = 1; i < _NW_HOOK_MAX; i++) {
		const struct nw_hook_status *s = nw_load_status(h->loader, i);
		char key[64];
		char value[256];

		snprintf(key, sizeof(key), "hook.%s", nw_hook_name(i));
		if (s->state == NW_HOOK_STATE_OFF) {
			snprintf(value, sizeof(value), "off: %s", s->why);
		} else {
			snprintf(value, sizeof(value), "%s", words[s->state]);
		}
		nw_host_fact(h, key, value);
	}
	nw_progs_watch();
}

/* Whose own traffic is told as nobody else's: only where the kernel knows it by the same number. */
static void own_pid(struct nw_host *h)
{
	struct stat own = { 0 };
	char text[16];

	if (stat("/proc/self/ns/pid", &own) == 0 && own.st_ino == PID_NS_INIT_INO) {
		(void)snprintf(text, sizeof(text), "%d", (int)getpid());
		nw_host_fact(h, "tool.pid", text);
	}
}

static void tell_row(void *ctx, const char *key, const char *value)
{
	struct nw_host *h = ctx;
	char numbered[32];

	(void)snprintf(numbered, sizeof(numbered), "%s.%u", key, ++h->rows);
	nw_host_fact(h, numbered, value);
}

static void watch_library(void *ctx, const char *name, const char *text)
{
	struct nw_host *h = ctx;
	int r = nw_load_watch_library(h->loader, name, text);

	if (r < 0 && r != -EEXIST) {
		h->lost++;
		nw_warn("nobody looks for the library %s: %s", name, strerror(-r));
	}
}

void nw_host_libraries(struct nw_host *h)
{
	nw_enrich_libraries(h->enrich, watch_library, h);
}

int nw_host_facts(struct nw_host *h)
{
	struct utsname u;
	uint64_t session = 0;
	int r;

	/* first: state makes ids from it */
	fact_of_file(h, "boot.id", "/proc/sys/kernel/random/boot_id");
	if (getrandom(&session, sizeof(session), 0) != sizeof(session)) {
		session = nw_host_wall_ns();
	}
	fact_hex(h, "session.id", session);
	nw_host_fact(h, "tool.version", NW_VERSION);
	own_pid(h);
	fact_hex(h, "config.hash", h->config->hash);
	nw_host_tell_clock(h, true);
	fact_of_file(h, "host.id", "/etc/machine-id");
	if (uname(&u) == 0) {
		nw_host_fact(h, "host.name", u.nodename);
		nw_host_fact(h, "kernel.release", u.release);
		nw_host_fact(h, "host.architecture", u.machine);
	}
	if (h->config->site.name) {
		nw_host_fact(h, "site.name", h->config->site.name);
	}
	if (h->config->site.organisation) {
		nw_host_fact(h, "site.organisation", h->config->site.organisation);
	}
	labels(h);
	r = own_netns(h);
	nw_host_fact(h, "scope", nw_load_has_root_cgroup(h->loader) ? "host" : "cgroup");
	nw_host_fact(h, "scope.cgroup", nw_load_cgroup(h->loader));
	fact_of_file(h, "net.port_range", "/proc/sys/net/ipv4/ip_local_port_range");
	users(h);
	nw_host_programs(h);
	nw_enrich_catalogue(h->enrich, tell_row, h);
	return r;
}

/* A link that somebody took off its cgroup: the hook sees nothing more, and each is told once. */
static void tell_detached(struct nw_host *h)
{
	static const struct {
		uint64_t types; /* any of them */
		const char *fact;
	} hooks[] = {
		{ 1ULL << BPF_CGROUP_INET_EGRESS, "hook.skb_egress" },
		{ 1ULL << BPF_CGROUP_INET_INGRESS, "hook.skb_ingress" },
		{ 1ULL << BPF_CGROUP_INET_SOCK_CREATE, "hook.sock_create" },
		{ 1ULL << BPF_CGROUP_INET_SOCK_RELEASE, "hook.sock_release" },
		{ 1ULL << BPF_CGROUP_INET4_CONNECT | 1ULL << BPF_CGROUP_INET6_CONNECT,
		  "hook.sock_connect" },
		{ 1ULL << BPF_CGROUP_INET4_POST_BIND | 1ULL << BPF_CGROUP_INET6_POST_BIND,
		  "hook.sock_bind" },
		{ 1ULL << NW_CGROUP_UNIX_CONNECT, "hook.unix_connect" },
	};
	uint64_t off = nw_progs_detached();
	uint64_t fresh = off & ~h->detached;

	for (unsigned i = 0; i < NW_ARRAY_SIZE(hooks); i++) {
		if (fresh & hooks[i].types) {
			nw_host_fact(h, hooks[i].fact, NW_HOOK_TAKEN_OFF);
		}
	}
	h->detached = off;
}

/* What somebody else did to the kernel side's memory or links, by a fact for each. */
static void tell_touched(struct nw_host *h)
{
	static const char *const what[] = { "ring", "asked", "table", "link" };
	unsigned touched =
		nw_load_touched(h->loader) | (nw_progs_replaced() ? NW_LOAD_TOUCHED_LINK : 0);
	char key[32];

	for (unsigned i = 0; i < NW_ARRAY_SIZE(what); i++) {
		if (touched & 1U << i) {
			(void)snprintf(key, sizeof(key), NW_FACT_TOUCHED "%s", what[i]);
			nw_host_fact(h, key, "by somebody else");
		}
	}
}

void nw_host_losses(struct nw_host *h, bool now, struct nw_ev_loss *e)
{
	if (now || e->ev.ts_ns >= h->asked_ns + ASK_EVERY_NS) {
		h->skipped = nw_progs_skipped();
		tell_detached(h);
		tell_touched(h);
		h->asked_ns = e->ev.ts_ns;
	}
	e->total[NW_LOSS_HOST] =
		h->lost + nw_links_lost(h->links) + nw_load_libraries_lost(h->loader);
	e->total[NW_LOSS_FILE] = nw_files_lost(h->files);
	e->total[NW_LOSS_CHANGE] = nw_changes_lost(h->changes);
	e->total[NW_LOSS_READ] = nw_load_reads_lost(h->loader);
	e->total[NW_LOSS_SKIPPED] = h->skipped;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records for tests of what writes them: one host with its facts, two processes, and of each
 * dataset the records that together have every field. A test may change what it likes in its copy.
 * The state is the real one, fed with events.
 */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "harness.h"
#include "nw_hooks.h"
#include "output.h"
#include "state/camera.h"
#include "state/internal.h"

#define NW_RECORDS_BOOT_NS 1000000000000ULL	  /* what a record's ts_ns is here */
#define NW_RECORDS_WALL_NS 1795518184123456789ULL /* 2026-11-24T11:03:04.123456789Z */
#define NW_RECORDS_RAN_NS  61500000000ULL	  /* since the session began */
#define NW_RECORDS_CONFIG  "cameras: [{name: lost, address: 10.0.0.99}]\n"
#define NW_RECORDS_NETNS   4026531840U

struct nw_records {
	struct nw_config *config;
	struct nw_state *state;
	struct nw_proc proc, sender, unknown;
	struct nw_flow tcp, udp;
	struct nw_flow frames, forwarded; /* of a packet socket; of nobody here */
	struct nw_said said;		  /* of tcp, where a test wants it */
	struct nw_listener listener;
	struct nw_covert covert;
	struct nw_dns dns;
	struct nw_dns_record asked;
	uint8_t client[16], server[16];
	struct nw_loss_record loss;
	struct nw_status_record status;
	struct nw_finding finding;
	struct nw_camera camera;
	uint64_t sequence;
};

static inline void nw_records_addr(uint8_t ret[16], const char *text)
{
	memset(ret, 0, 16);
	if (strchr(text, ':')) {
		assert_int_equal(inet_pton(AF_INET6, text, ret), 1);
		return;
	}
	ret[10] = ret[11] = 0xff;
	assert_int_equal(inet_pton(AF_INET, text, ret + 12), 1);
}

static inline void nw_records_fact_at(struct nw_state *st, const char *key, const char *value,
				      uint64_t ts_ns)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)];

	assert_true(nw_event_make_fact(buf, sizeof(buf), ts_ns, key, value) > 0);
	nw_state_event(st, (const struct nw_event *)(const void *)buf, NULL);
}

static inline void nw_records_fact(struct nw_state *st, const char *key, const char *value)
{
	nw_records_fact_at(st, key, value, NW_RECORDS_BOOT_NS);
}

static inline void nw_records_ignore(void *ctx, const struct nw_output *out)
{
	(void)ctx;
	(void)out;
}

/* Apart from the rest: nothing that is compared with a file may follow the list of hooks. */
static inline void nw_records_hooks(struct nw_state *st, const char *value)
{
#define NW_RECORDS_HOOK(name, upper) nw_records_fact(st, "hook." #name, value);
	NW_HOOKS(NW_RECORDS_HOOK)
#undef NW_RECORDS_HOOK
}

static inline void nw_records_facts(struct nw_state *st)
{
	static const char *const fact[][2] = {
		{ "session.id", "5e55103" },
		{ "boot.id", "0b5e6a1c-6f64-4a5f-8a51-7c3f3f6a9d10" },
		{ "tool.probe.78", "eth0" },
		{ "host.name", "nvr-1" },
		{ "host.id", "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d" },
		{ "host.architecture", "x86_64" },
		{ "host.netns", "4026531840" },
		{ "kernel.release", "6.1.0-28-amd64" },
		{ "tool.version", "0.1.0" },
		{ "config.hash", "00c0ffee00c0ffee" },
		{ "clock", "synchronised 1234" },
		{ "site.name", "Depot North" },
		{ "site.organisation", "Example Transport" },
		{ "site.labels", "rack=7\nnet.zone=cameras" },
		{ "user.0", "root" },
		{ "user.998", "recorder" },
		{ "iface.4026531840.2", "physical eth0" },
		{ "changes", "100 patterns, 47 folders" },
		{ "files.0", "/srv/old\noff: No such file or directory" },
		{ "files.1", "/srv/rec\nopened, position" },
		{ "net.counters", "in4=1 out4=1" },
		{ "net.counters", "in4=2000001 out4=1" },
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(fact); i++) {
		nw_records_fact(st, fact[i][0], fact[i][1]);
	}
}

static inline void nw_records_proc(struct nw_proc *p, uint32_t pid, const char *name,
				   const char *exe, const char *args, size_t args_len)
{
	*p = (struct nw_proc){
		.id = { .tgid = pid, .start_ns = 900000000000ULL + pid },
		.parent_id = { .tgid = 1, .start_ns = 20000000 },
		.cgroup_id = 4711,
		.exe_ino = 131,
		.exe_dev = 8 << 20 | 1,
		.exec_ns = 900100000000ULL,
		.uid = 998,
		.gid = 997,
		.netns = NW_RECORDS_NETNS,
		.session = 1200,
		.args_len = (uint16_t)args_len,
	};
	strncpy(p->name, name, sizeof(p->name) - 1);
	strncpy(p->exe, exe, sizeof(p->exe) - 1);
	memcpy(p->args, args, args_len);
	strcpy(p->cgroup, "recorder.service");
	strcpy(p->unit, "recorder.service");
}

/* The parent of all, in the state's own table. */
static inline void nw_records_init_process(struct nw_state *st)
{
	static const char exe[] = "/usr/lib/systemd/systemd";
	uint64_t buf[64] = { 0 };
	struct nw_ev_proc *e = (struct nw_ev_proc *)(void *)buf;

	*e = (struct nw_ev_proc){
		.ev = { .size = sizeof(*e) + sizeof(exe) - 1,
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_PROC,
			.what = NW_PROC_FOUND,
			.ts_ns = NW_RECORDS_BOOT_NS },
		.self = { .tgid = 1, .start_ns = 20000000 },
		.comm = "systemd",
		.exe_len = sizeof(exe) - 1,
	};
	memcpy(e->tail, exe, sizeof(exe) - 1);
	nw_state_event(st, &e->ev, NULL);
}

static inline void nw_records_flows(struct nw_records *r)
{
	r->tcp = (struct nw_flow){
		.cookie = 77,
		.proto = IPPROTO_TCP,
		.family = 4,
		.lport = 45678,
		.rport = 443,
		.uid = 998,
		.netns = NW_RECORDS_NETNS,
		.ifindex = 2,
		.owner = &r->proc,
		.sender = &r->sender,
		.first_ns = NW_RECORDS_BOOT_NS - 2500000000ULL,
		.last_ns = NW_RECORDS_BOOT_NS - 500000000ULL,
		.tx_bytes = 1200000,
		.rx_bytes = 34000,
		.tx_packets = 900,
		.rx_packets = 450,
		.unacked = 2896,
		.unsent = 512,
		.told_tx_bytes = 200000,
		.told_rx_bytes = 30600,
		.told_tx_packets = 150,
		.told_rx_packets = 50,
		.told_ns = NW_RECORDS_BOOT_NS - 1000000000ULL,
		.told_count = 2,
		.initiator = NW_INITIATOR_SYN,
		.is_outbound = true,
		.community_id = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
		.name = "cdn.example.org",
	};
	nw_records_addr(r->tcp.laddr, "10.0.0.5");
	nw_records_addr(r->tcp.raddr, "203.0.113.7");
	r->udp = (struct nw_flow){
		.cookie = 78,
		.slot = 3,
		.proto = IPPROTO_UDP,
		.family = 6,
		.lport = 8000,
		.rport = 50000,
		.owner = &r->proc,
		.first_ns = NW_RECORDS_BOOT_NS - 100000000ULL,
		.last_ns = NW_RECORDS_BOOT_NS,
		.tx_bytes = 1,
		.rx_bytes = 1400,
		.tx_packets = 1,
		.rx_packets = 2,
		.drops = 5,
		.initiator = NW_INITIATOR_FIRST,
		.is_inside = true,
	};
	nw_records_addr(r->udp.laddr, "fd00::1");
	nw_records_addr(r->udp.raddr, "fd00::2");
	r->listener = (struct nw_listener){
		.cookie = 79,
		.netns = NW_RECORDS_NETNS,
		.port = 8554,
		.proto = IPPROTO_TCP,
		.family = 4,
		.first_ns = NW_RECORDS_BOOT_NS - 1000000000ULL,
		.owner = &r->proc,
	};
	nw_records_addr(r->listener.addr, "0.0.0.0");
}

static inline void nw_records_link(struct nw_records *r)
{
	r->frames = (struct nw_flow){
		.cookie = NW_COOKIE_INODE | 9001,
		.family = NW_FAMILY_OTHER | 17,
		.netns = NW_RECORDS_NETNS,
		.ifindex = 2,
		.owner = &r->proc,
		.first_ns = NW_RECORDS_BOOT_NS - 1000000000ULL,
		.last_ns = NW_RECORDS_BOOT_NS,
		.tx_bytes = 500,
		.tx_packets = 5,
		.initiator = NW_INITIATOR_FIRST,
		.is_outbound = true,
	};
	r->forwarded = (struct nw_flow){
		.cookie = NW_COOKIE_FORWARD | 990000000000ULL,
		.slot = 4711,
		.proto = IPPROTO_TCP,
		.family = 4,
		.lport = 50001,
		.rport = 443,
		.netns = NW_RECORDS_NETNS,
		.ifindex = 2,
		.flags = NW_SOCK_FORWARDED | NW_SOCK_NO_OWNER | NW_SOCK_CONNECTED,
		.first_ns = NW_RECORDS_BOOT_NS - 1000000000ULL,
		.last_ns = NW_RECORDS_BOOT_NS,
		.tx_bytes = 70000,
		.rx_bytes = 900,
		.tx_packets = 50,
		.rx_packets = 30,
		.initiator = NW_INITIATOR_SYN,
		.is_outbound = true,
		.is_local_inside = true,
		.community_id = "1:3wOOgXBAJrvCDJ2a1mk9LvWGJtw=",
	};
	nw_records_addr(r->forwarded.laddr, "192.168.1.9");
	nw_records_addr(r->forwarded.raddr, "203.0.113.7");
	r->covert = (struct nw_covert){
		.inode = 9001,
		.netns = NW_RECORDS_NETNS,
		.uid = 998,
		.proto = 3,
		.family = 17,
		.type = 3,
		.is_uncounted = true,
		.first_ns = NW_RECORDS_BOOT_NS - 1000000000ULL,
		.owner = &r->proc,
	};
}

static inline uint16_t nw_records_text(struct nw_dns *d, const char *text)
{
	size_t len = strlen(text) + 1;
	uint16_t at = d->text_len;

	assert_true(at + len <= sizeof(d->text));
	memcpy(d->text + at, text, len);
	d->text_len = (uint16_t)(at + len);
	return at;
}

static inline void nw_records_answer(struct nw_dns *d, uint16_t type, const char *name,
				     const char *data, const char *addr)
{
	struct nw_dns_answer *a = &d->answer[d->answers_len++];

	*a = (struct nw_dns_answer){
		.name = nw_records_text(d, name),
		.data = nw_records_text(d, data),
		.type = type,
		.is_addr = addr,
		.ttl = 300,
	};
	if (addr) {
		nw_records_addr(a->addr, addr);
	}
}

static inline void nw_records_dns(struct nw_records *r)
{
	r->dns = (struct nw_dns){
		.id = 4660,
		.flags = 0x8180,
		.qtype = 1,
		.qclass = 1,
		.is_response = true,
		.is_cut = true,
		.answers_total = 4,
	};
	r->dns.question = nw_records_text(&r->dns, "cdn.example.org");
	nw_records_answer(&r->dns, 5, "cdn.example.org", "edge.example.net", NULL);
	nw_records_answer(&r->dns, 1, "edge.example.net", "", "203.0.113.7");
	nw_records_answer(&r->dns, 28, "edge.example.net", "", "2001:db8::7");
	nw_records_addr(r->client, "10.0.0.5");
	nw_records_addr(r->server, "10.0.0.1");
	r->asked = (struct nw_dns_record){
		.msg = &r->dns,
		.asker = &r->proc,
		.asker_id = r->proc.id,
		.server = r->server,
		.client = r->client,
		.server_port = 53,
		.client_port = 40000,
		.proto = IPPROTO_UDP,
		.is_answered = true,
		.query_ns = NW_RECORDS_BOOT_NS - 12000000ULL,
	};
}

static inline void nw_records_trust(struct nw_records *r)
{
	for (unsigned i = 0; i < _NW_LOSS_MAX; i++) {
		r->loss.total[i] = 100 + i;
		r->loss.delta[i] = i;
	}
	r->status = (struct nw_status_record){
		.covered_ns = NW_RECORDS_RAN_NS,
		.events = 1234,
		.records = 56,
		.flows = 7,
		.processes = 8,
		.listeners = 9,
		.names = 10,
	};
	r->finding = (struct nw_finding){
		.rule_id = "blind-spot",
		.rule_name = "Something could not be seen",
		.key = "ring_full",
		.question = "trust",
		.reason = "12 events found no room in the ring buffer",
		.known_ways_to_be_wrong = "none: every loss is counted where it happens",
		.action = NW_FINDING_OPENED,
		.outcome = NW_OUTCOME_MATCH,
		.severity = 3,
		.score = 60,
		.confidence = 100,
		.first_ns = NW_RECORDS_BOOT_NS - 3000000000ULL,
		.last_ns = NW_RECORDS_BOOT_NS,
		.count = 2,
		.proc = &r->proc,
		.flow = &r->tcp,
		.evidence = { { .key = "cause", .text = "ring_full" },
			      { .key = "lost", .number = 12 } },
		.evidence_len = 2,
		.camera = &r->camera,
		.technique = { "T1125", "T1071.001" },
	};
	nw_records_addr(r->camera.addr, "10.0.0.9");
}

static inline void nw_records_init(struct nw_records *r)
{
	static const char args[] = "ffmpeg\0-i\0rtsp://10.0.0.9/1\0-f\0flv\0rtmp://example.org/x y";
	static const char sender_args[] = "sh\0-c\0relay";
	const struct nw_teller teller = { .tell = nw_records_ignore };
	const struct nw_ev_tick first = {
		.ev = { .size = sizeof(first),
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_TICK,
			.ts_ns = NW_RECORDS_BOOT_NS - NW_RECORDS_RAN_NS },
		.wall_ns = NW_RECORDS_WALL_NS - NW_RECORDS_RAN_NS,
	};
	const struct nw_ev_tick tick = {
		.ev = { .size = sizeof(tick),
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_TICK,
			.ts_ns = NW_RECORDS_BOOT_NS },
		.wall_ns = NW_RECORDS_WALL_NS,
	};

	memset(r, 0, sizeof(*r));
	assert_int_equal(nw_config_parse("test", NW_RECORDS_CONFIG, sizeof(NW_RECORDS_CONFIG) - 1,
					 &r->config),
			 0);
	assert_int_equal(nw_state_new(r->config, NW_NSEC_PER_SEC, teller, &r->state), 0);
	nw_state_event(r->state, &first.ev, NULL);
	nw_records_fact_at(r->state, "session", "start", NW_RECORDS_BOOT_NS - NW_RECORDS_RAN_NS);
	nw_state_event(r->state, &tick.ev, NULL); /* as late as that: a stall */
	nw_records_facts(r->state);
	nw_records_init_process(r->state);
	nw_records_proc(&r->proc, 1234, "ffmpeg", "/usr/bin/ffmpeg", args, sizeof(args) - 1);
	nw_records_proc(&r->sender, 1240, "sh", "/usr/bin/dash", sender_args,
			sizeof(sender_args) - 1);
	strcpy(r->proc.container, "0123456789ab");
	r->unknown = (struct nw_proc){ .id = { .tgid = 4321 }, .is_unknown = true };
	nw_records_flows(r);
	r->tcp.iface = nw_iface_find(r->state, NW_RECORDS_NETNS, 2);
	nw_records_link(r);
	r->frames.iface = r->forwarded.iface = r->tcp.iface;
	nw_records_dns(r);
	nw_records_trust(r);
}

static inline void nw_records_free(struct nw_records *r)
{
	nw_state_free(r->state);
	nw_config_free(r->config);
}

static inline struct nw_output nw_records_output(struct nw_records *r, enum nw_dataset dataset,
						 enum nw_action action, const void *what)
{
	static const uint64_t rests_on[] = { 2, UINT64_MAX };
	bool is_finding = dataset == NW_DATASET_FINDING;

	return (struct nw_output){
		.dataset = dataset,
		.action = action,
		.ts_ns = NW_RECORDS_BOOT_NS,
		.sequence = ++r->sequence,
		.state = r->state,
		.proc = what, /* any member of the union */
		.finding_sequence = is_finding,
		.rests_on = rests_on,
		.rests_on_len = is_finding ? NW_ARRAY_SIZE(rests_on) : 0,
		.block = is_finding ? 123456 : 0,
	};
}

/* Who reads a recording, in the state's own tables: sums are there. */
static inline const struct nw_rec *nw_records_rec(struct nw_records *r)
{
	static const char path[] = "gate/2026-11-24/10.mp4";
	const struct nw_proc_id reader = { .tgid = 1, .start_ns = 20000000 };
	uint64_t buf[64] = { 0 };
	struct nw_ev_file *e = (struct nw_ev_file *)(void *)buf;
	struct nw_rec *rec;

	*e = (struct nw_ev_file){
		.ev = { .size = sizeof(*e) + sizeof(path) - 1,
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_FILE,
			.what = NW_FILE_POSITION,
			.ts_ns = NW_RECORDS_BOOT_NS },
		.self = reader,
		.inode = 777,
		.dev = 8 << 20 | 2,
		.size = 5000000,
		.position = 1234567,
		.root = 1,
		.flags = NW_FILE_CAN_READ,
		.path_len = sizeof(path) - 1,
	};
	memcpy(e->tail, path, sizeof(path) - 1);
	nw_state_event(r->state, &e->ev, NULL);
	e->ev.what = NW_FILE_USED;
	e->flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ | NW_FILE_REMOVED;
	e->mtime_ns = NW_RECORDS_WALL_NS - 3600 * NW_NSEC_PER_SEC;
	nw_state_event(r->state, &e->ev, NULL);
	rec = (struct nw_rec *)(uintptr_t)nw_rec_next(r->state, NULL, NULL);
	rec->is_camera_known = true;
	strcpy(rec->proc->unit, "reader.service");
	strcpy(rec->proc->container, "0123456789ab");
	memcpy(rec->proc->args, "cp\0x", rec->proc->args_len = 4);
	rec->proc->session = 1;
	rec->proc->parent_id = (struct nw_proc_id){ .tgid = 1234, .start_ns = 900000001234 };
	return rec;
}

static inline struct nw_output nw_records_covert(struct nw_records *r, enum nw_action action)
{
	struct nw_output o = nw_records_output(r, NW_DATASET_LISTENER, action, NULL);

	o.covert = &r->covert;
	return o;
}

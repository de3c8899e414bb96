/* SPDX-License-Identifier: Apache-2.0 */
/* Records that together have every field, told one after the other: of whatever records.h makes. */
#pragma once

#include "every_said.h"
#include "records.h"
#include "records_exe.h"
#include "view.h"

/* The process asked for the flow's name, before it began, and got its address. */
static inline void nw_records_asked_name(struct nw_records *r, const struct nw_flow *f)
{
	static struct nw_dns d;
	struct nw_dns_record record;
	struct nw_ev_head head = {
		.ev = { .what = NW_HEAD_TX, .ts_ns = f->first_ns - 2 },
		.proto = IPPROTO_UDP,
		.owner = f->owner->id,
		.rport_be = htons(53),
	};

	d = (struct nw_dns){ .id = 1, .qtype = 1, .qclass = 1, .text_len = 1 };
	d.question = nw_records_text(&d, f->name);
	assert_false(nw_names_message(r->state->names, &head, &d, &record));
	d.is_response = true;
	head.ev.what = NW_HEAD_RX;
	head.ev.ts_ns++;
	d.answers_len = 1;
	d.answer[0] =
		(struct nw_dns_answer){ .name = d.question, .type = 1, .is_addr = true, .ttl = 60 };
	memcpy(d.answer[0].addr, f->raddr, sizeof(f->raddr));
	assert_true(nw_names_message(r->state->names, &head, &d, &record));
}

/* A recording's reads are counted. */
static inline void nw_records_counted(struct nw_records *r, const struct nw_rec *rec)
{
	struct nw_ev_file e = {
		.ev = { .size = sizeof(e),
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_FILE,
			.what = NW_FILE_READ,
			.ts_ns = NW_RECORDS_BOOT_NS },
		.self = rec->proc->id,
		.inode = 777,
		.dev = 8 << 20 | 2,
		.size = 5000000,
		.position = 2345678,
		.root = 1,
		.mtime_ns = 1,
	};

	nw_state_event(r->state, &e.ev, NULL);
	e.ev.what = NW_FILE_MAPPED;
	e.position = 4096;
	nw_state_event(r->state, &e.ev, NULL);
}

/* A peer of whom knowledge knows all, as the one and as the other end. */
static inline void nw_records_known(struct nw_records *r,
				    void (*tell)(void *ctx, const struct nw_output *out), void *ctx)
{
	struct nw_dns_record asked = r->asked;
	struct nw_flow f = r->tcp;
	static struct nw_dns dns;
	struct nw_output o;

	nw_records_fact(r->state, "place.198.51.100.7",
			"DE 132203 Shenzhen Tencent Computer Systems");
	nw_records_fact(r->state, "neigh.4026531840.2.198.51.100.7",
			"c0:56:e3:01:02:0a hikvision Hangzhou Hikvision Digital Technology");
	nw_records_addr(f.raddr, "198.51.100.7");
	nw_records_fact(r->state, "vendor.1", "198.51.100.0/24 hikvision cloud");
	nw_records_fact(r->state, "vendor.2", "hik.example.org hikvision cloud");
	f.end_ns = 0;
	r->said = (struct nw_said){ .protocol = "tls", .basis = NW_BASIS_CONTENT };
	assert_int_equal(nw_said_add(&r->said, NW_ATTR_TLS_SERVER_NAME, "www.example.com", 15), 0);
	assert_int_equal(nw_said_add(&r->said, NW_ATTR_TLS_SERVER_NAMES, "*.example.com", 13), 0);
	f.said = &r->said;
	dns = r->dns;
	asked.msg = &dns;
	memcpy(dns.text + dns.question, "hik", 3); /* in place of "cdn" */
	asked.waiting = (struct nw_asker){ r->sender.id, 2, NW_ASKER_CONNECTED };
	asked.waiting_proc = &r->sender;
	nw_records_asked_name(r, &f);
	o = nw_records_output(r, NW_DATASET_DNS, NW_ACTION_UPDATE, &asked);
	tell(ctx, &o);
	for (unsigned i = 0; i < 2; i++) {
		f.is_outbound = i == 0;
		o = nw_records_output(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &f);
		tell(ctx, &o);
	}
}

/* One that the state has in its table. */
static inline void nw_records_seen_camera(struct nw_records *r, const char *addr,
					  uint8_t confidence)
{
	uint32_t i = nw_lru_add(&r->state->cameras.lru, confidence);

	r->state->cameras.camera[i] = (struct nw_camera){ .confidence = confidence,
							  .why = NW_CAMERA_PROTOCOL,
							  .spoken = 1U << NW_CAMERA_RTSP_SPOKEN,
							  .rx_bytes = 5000,
							  .mac_maker = "dahua" };
	nw_records_addr(r->state->cameras.camera[i].addr, addr);
}

/* Who sees a camera: reads it, sends it on, and plays back what was recorded; and the sums. */
static inline void nw_records_views(struct nw_records *r,
				    void (*tell)(void *ctx, const struct nw_output *out), void *ctx)
{
	const struct nw_view_files files = { .proc = &r->proc,
					     .camera = "gate",
					     .files = 2,
					     .most = 2000000,
					     .from_ns = NW_RECORDS_BOOT_NS - 7000000000ULL,
					     .to_ns = NW_RECORDS_BOOT_NS };
	const struct nw_view played = { .files = &files };
	struct nw_view v = { .id = r->proc.id,
			     .comm = "ffmpeg",
			     .port = 443,
			     .is_outbound = true,
			     .basis = NW_LINEAGE_CHAIN,
			     .cameras = 1,
			     .missed = 2,
			     .tx = 700000,
			     .rx = 9000,
			     .from_ns = NW_RECORDS_BOOT_NS - 9000000000ULL,
			     .to_ns = NW_RECORDS_BOOT_NS,
			     .chain = "motion > ffmpeg",
			     .name = "cdn.example.org" };
	struct nw_output o = { .dataset = NW_DATASET_VIEW,
			       .ts_ns = NW_RECORDS_BOOT_NS,
			       .state = r->state,
			       .view = &v };

	nw_records_seen_camera(r, "10.0.0.9", 95);
	nw_records_seen_camera(r, "10.0.0.10", 35);
	nw_records_addr(v.raddr, "198.51.100.7");
	nw_records_addr(v.camera[0], "10.0.0.9");
	o.sequence = ++r->sequence;
	tell(ctx, &o);
	v.id.tgid = 1; /* gone: what the view kept is told */
	v.is_ingest = v.is_inside = true;
	v.missed = 0;
	v.chain[0] = v.name[0] = '\0';
	nw_records_addr(v.raddr, "10.0.0.9");
	o.sequence = ++r->sequence;
	tell(ctx, &o);
	v.is_ingest = v.is_inside = false;
	v.is_recorded = v.is_sure = v.is_shared = true;
	v.cameras = 0;
	v.reads = 1;
	v.read[0] = (struct nw_view_read){ .camera = "gate", .files = 2, .most = 2000000 };
	nw_records_addr(v.raddr, "198.51.100.7");
	o.sequence = ++r->sequence;
	tell(ctx, &o);
	o.view = &played;
	o.sequence = ++r->sequence;
	tell(ctx, &o);
	o.dataset = NW_DATASET_INVENTORY;
	o.sequence = ++r->sequence;
	tell(ctx, &o);
}

/* A camera of which all is known. */
static inline void nw_records_known_camera(struct nw_records *r)
{
	struct nw_camera *c = &r->camera;

	nw_records_fact(r->state, "maker.1", "dahua\tcameras\tZhejiang Dahua Technology");
	nw_records_fact(r->state, "restriction.1", "dahua\tGB\t2022-11-24\tnot on sensitive sites");
	*c = (struct nw_camera){ .why = UINT16_MAX & ~(uint32_t)NW_CAMERA_DECLARED,
				 .confidence = 95,
				 .first_ns = NW_RECORDS_BOOT_NS - 5000000000ULL,
				 .last_ns = NW_RECORDS_BOOT_NS,
				 .media_ns = NW_RECORDS_BOOT_NS - 4000000000ULL,
				 .media_last_ns = NW_RECORDS_BOOT_NS,
				 .rx_bytes = 1234567,
				 .tx_bytes = 890,
				 .flows = 2,
				 .spoken =
					 1U << NW_CAMERA_RTSP_SPOKEN | 1U << NW_CAMERA_DAHUA_SPOKEN,
				 .encrypted = NW_ENCRYPTED_NO,
				 .mac = { 0x3c, 0xef, 0x8c, 0x01, 0x02, 0x0a },
				 .has_mac = true,
				 .mac_maker = "dahua",
				 .spoken_maker = "dahua",
				 .said_makers = 1,
				 .brand = "Lorex",
				 .model = "E841CA",
				 .firmware = "2.800",
				 .reader = r->proc.id,
				 .reader_name = "ffmpeg",
				 .past_bytes = 4000,
				 .past_ns = NW_RECORDS_BOOT_NS,
				 .past_flows = 1 };
	nw_records_addr(c->addr, "10.0.0.9");
}

/* What a reader of recordings did beside that. */
static inline void nw_records_change(struct nw_output *o)
{
	static struct nw_change change = { .flags = NW_CHANGE_MADE | NW_CHANGE_THERE |
						    NW_CHANGE_UNSEEN,
					   .kind = "cron",
					   .technique = "T1053.003",
					   .path = "/etc/cron.d/x" };

	change.proc = o->rec->proc;
	o->change = &change;
}

/* Everything that a record may hold, told one after the other. */
static inline void nw_records_each(struct nw_records *r,
				   void (*tell)(void *ctx, const struct nw_output *out), void *ctx)
{
	const struct nw_chain chain = { .len = 3,
					.link = { { &r->proc, 0 },
						  { &r->sender, NW_VIA_UNIX },
						  { &r->unknown, NW_VIA_PIPE } },
					.others = 3 };
	const struct nw_rec *rec;
	struct nw_output o;

#define NW_RECORDS_TELL(dataset, action, what)                                            \
	do {                                                                              \
		o = nw_records_output(r, NW_DATASET_##dataset, NW_ACTION_##action, what); \
		tell(ctx, &o);                                                            \
	} while (0)

	NW_RECORDS_TELL(STATUS, START, &r->status);
	r->proc.flags = NW_PROC_ARGS_CUT | NW_PROC_EXE_CUT | NW_PROC_DELETED | NW_PROC_MEMFD |
			(NW_STDIO_SOCKET | NW_STDIO_PIPE << 3 | NW_STDIO_PTY << 6)
				<< NW_PROC_STDIO_SHIFT;
	NW_RECORDS_TELL(PROCESS, EXEC, &r->proc);
	r->proc.flags = 0;
	NW_RECORDS_TELL(PROCESS, FORK, &r->proc);
	NW_RECORDS_TELL(PROCESS, FOUND, &r->proc);
	NW_RECORDS_TELL(PROCESS, FOUND, &r->unknown);
	NW_RECORDS_TELL(LISTENER, START, &r->listener);
	NW_RECORDS_TELL(DNS, UPDATE, &r->asked);
	r->tcp.flags = NW_SOCK_PRESTART | NW_SOCK_LOOPBACK | NW_SOCK_GUESSED;
	r->tcp.missed_bytes = 9;
	r->tcp.peer = &r->sender;
	r->tcp.role[0] = (struct nw_role){ &r->proc, NW_ROLE_HOLDS, false };
	r->tcp.role[1] = (struct nw_role){ &r->sender, NW_ROLE_SENT | NW_ROLE_HOLDS, false };
	r->tcp.roles = 2;
	r->tcp.roles_missed = 1;
	r->tcp.chain = &chain;
	nw_every_said(&r->said);
	r->tcp.said = &r->said;
	NW_RECORDS_TELL(FLOW, START, &r->tcp);
	r->tcp.said = NULL;
	r->tcp.flags = 0;
	r->tcp.missed_bytes = 0;
	r->tcp.peer = NULL;
	r->tcp.roles = 0;
	r->tcp.roles_missed = 0;
	r->tcp.chain = NULL;
	NW_RECORDS_TELL(FLOW, UPDATE, &r->tcp);
	r->udp.slot = NW_SLOT_OTHER;
	NW_RECORDS_TELL(FLOW, UPDATE, &r->udp);
	r->udp.slot = 3;
	strcpy(r->udp.name, "camera-7.example.org");
	NW_RECORDS_TELL(FLOW, END, &r->udp);
	r->tcp.end_ns = NW_RECORDS_BOOT_NS;
	r->tcp.end_state = 5;
	NW_RECORDS_TELL(FLOW, END, &r->tcp);
	r->listener.end_ns = NW_RECORDS_BOOT_NS;
	NW_RECORDS_TELL(LISTENER, END, &r->listener);
	o = nw_records_covert(r, NW_ACTION_START);
	tell(ctx, &o);
	NW_RECORDS_TELL(FLOW, UPDATE, &r->frames);
	NW_RECORDS_TELL(FLOW, UPDATE, &r->forwarded);
	r->covert.end_ns = NW_RECORDS_BOOT_NS;
	o = nw_records_covert(r, NW_ACTION_END);
	tell(ctx, &o);
	r->proc.end_ns = NW_RECORDS_BOOT_NS;
	r->proc.exit_code = 0x80 | 11;
	NW_RECORDS_TELL(PROCESS, EXIT, &r->proc);
	NW_RECORDS_TELL(LOSS, UPDATE, &r->loss);
	r->tcp.chain = &chain;
	NW_RECORDS_TELL(FINDING, START, &r->finding);
	r->tcp.chain = NULL;
	r->finding.flow = &r->udp;
	r->proc.flags = NW_PROC_EXE_CUT | NW_PROC_DELETED | NW_PROC_MEMFD;
	NW_RECORDS_TELL(FINDING, UPDATE, &r->finding);
	r->proc.flags = 0;
	r->finding.flow = &r->tcp;
	nw_records_known_camera(r);
	NW_RECORDS_TELL(CAMERA, START, &r->camera);
	r->proc.speaks_for = 1; /* dahua, which the camera brought */
	strcpy(r->proc.library, "libdhnetsdk.so");
	r->proc.version += 1000; /* it is another process to who keeps what was said of it */
	NW_RECORDS_TELL(PROCESS, SPEAKS, &r->proc);
	NW_RECORDS_TELL(LISTENER, START, &r->listener);
	NW_RECORDS_TELL(FINDING, UPDATE, &r->finding);
	nw_records_identified(r->state, &r->proc, NW_RECORDS_EXE);
	NW_RECORDS_TELL(PROCESS, IDENTIFIED, &r->proc);
	NW_RECORDS_TELL(FINDING, UPDATE, &r->finding);
	r->proc.exe_file = 0;
	nw_records_fact(r->state, "scope", "cgroup");
	NW_RECORDS_TELL(STATUS, UPDATE, &r->status);
	nw_records_fact(r->state, "scope", "host");
	NW_RECORDS_TELL(STATUS, END, &r->status);
	nw_records_known(r, tell, ctx);
	rec = nw_records_rec(r);
	rec->proc->speaks_for = 1;
	strcpy(rec->proc->library, "libdhnetsdk.so");
	NW_RECORDS_TELL(FILE, START, rec);
	nw_records_counted(r, rec);
	NW_RECORDS_TELL(FILE, END, rec);
	nw_records_change(&o);
	tell(ctx, &o);
	nw_records_views(r, tell, ctx);
#undef NW_RECORDS_TELL
}

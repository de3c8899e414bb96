/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of user/state/ share. Nobody else includes this but pipeline.c, which owns it. */
#pragma once

#include "config.h"
#include "decoders/decoder.h"
#include "enrich/vendors.h"
#include "event.h"
#include "kept.h"
#include "output.h"
#include "state/balance.h"
#include "state/connect.h"
#include "state/coverage_book.h"
#include "state/name.h"
#include "state/state.h"
#include "util/list.h"
#include "util/lru.h"

#define NW_FACTS_MAX	  2048
#define NW_EXITS_MAX	  1024 /* a power of 2 */
#define NW_FACTS_TEXT_MAX ((size_t)256 * 1024)

/* Something is to be told; out->ts_ns, state and sequence are set by who gets it. */
struct nw_teller {
	void (*tell)(void *ctx, const struct nw_output *out);
	void *ctx;
};

struct nw_fact {
	uint32_t key; /* offsets in the text */
	uint32_t value;
	uint32_t room; /* of the value, with NUL */
};

/* Network interfaces: iface.c */
struct nw_ifaces {
	struct nw_lru lru;
	struct nw_iface *iface;
	uint32_t generation; /* grows with every fact about one */
};

/* Where outside addresses are: place.c */
struct nw_places {
	struct nw_lru lru;
	struct nw_place *place;
};

struct nw_program;

/* Shells and interpreters, by file and by name at the same places: program.c */
struct nw_programs {
	struct nw_lru by_file, by_name;
	struct nw_program *program;
};

/* Who answers on the link: neighbour.c */
struct nw_neighbours {
	struct nw_lru lru;
	struct nw_neighbour *neighbour;
};

/* Cameras: camera.c, and for each flow what camera_sign.c made of it. Places count from 1, 0 = none. */
struct nw_ingest {
	uint32_t camera;
	uint32_t prev, next;	      /* flows */
	uint32_t why;		      /* NW_CAMERA_*, as it was judged last */
	uint32_t words;		      /* of these, what its ends' words alone say */
	uint32_t cameras, neighbours; /* generations that it was judged with */
	uint16_t said_len;	      /* what had been said then */
	uint8_t level;		      /* and how much had come: nw_camera_level() */
	bool is_declared;
	bool is_missed;		     /* its far end found no room, and was counted */
	bool is_still;		     /* it brought a picture, and was counted */
	uint64_t tx_bytes, rx_bytes; /* seen of it so far */
};

/* What an earlier session knew of an address: camera_past.c */
struct nw_camera_past {
	uint8_t addr[16];
	uint8_t mac[6];
	bool has_mac;
	uint64_t first_ns; /* negative, modulo 2^64, before this boot */
};

struct nw_cameras {
	struct nw_camera_past *past;
	uint32_t past_count;
	struct nw_kept_pace pace;
	struct nw_lru lru;
	struct nw_camera *camera;
	struct nw_ingest *ingest; /* of each place of the table of flows */
	uint32_t first_ingest;
	uint32_t generation; /* grows when an address becomes a camera, or is no longer one */
};

/* Who reads cameras, and which recorders the catalogue knows: reader.c */
#define NW_KNOWN_RECORDERS_MAX 256
#define NW_MEDIA_RATE	       12500U /* bytes a second: 100 kbit/s, less than any sub-stream */

struct nw_reader;

struct nw_known_recorder {
	bool is_unit;
	char what[128];
};

struct nw_readers {
	struct nw_lru lru;
	struct nw_reader *reader;
	struct nw_known_recorder *known;
	unsigned known_count;
	const struct nw_reader *first; /* it reads most, or did */
	uint8_t basis;		       /* enum nw_recorder_basis, the surest of a reader so far */
};
struct nw_makers;

/* The networks of the configuration's rows, in their order: policy.c */
struct nw_policy_nets {
	struct nw_network *net;
	bool *is; /* the row has one */
};

struct nw_policy {
	struct nw_policy_nets allowed, cameras, listeners;
};

struct nw_gone;

/* Flows by their two ends: pair.c */
struct nw_pairs {
	struct nw_lru live;
	uint32_t *flow; /* index of the flow at each place of live */
	struct nw_lru gone;
	struct nw_gone *gone_ends;
};

struct nw_waiting;

/* What flows said: said.c */
struct nw_saids {
	struct nw_said *of_flow; /* of each place of the table of flows */
	struct nw_lru waiting_lru;
	struct nw_waiting *waiting; /* for their flow to begin */
};

/* What data goes through from one process to another. */
struct nw_object {
	uint64_t id; /* inode; of a loopback flow its cookie * 2 (sent) or + 1 (received) */
	uint32_t dev;
	uint8_t via; /* enum nw_via */
};

/* A process that can use one. */
struct nw_hold {
	struct nw_object object;
	uint64_t seen_ns; /* beginning of the scan that met it last */
	uint64_t gone_ns; /* 0 = it is open */
	uint32_t proc;	  /* index */
	uint32_t held;	  /* the object's own entry */
	uint8_t mode;	  /* NW_FD_READ, NW_FD_WRITE, NW_FD_NAMED, MAPPED; 0 = not used */
	bool is_mapped;
};

/* All of them: hold_table.c */
struct nw_holds {
	struct nw_lru lru;
	struct nw_hold *hold;
	struct nw_list_link *of_proc, *of_object;
	uint32_t *first; /* of each process, from 1; 0 = none */
	struct nw_lru held_lru;
	struct nw_held *held; /* objects */
};

/* The connection between two processes that ended last. */
struct nw_hold_pair {
	uint64_t id; /* of its object */
	uint32_t writer, reader;
};

/* Who uses recordings: recording.c */
struct nw_rec_book {
	struct nw_proc_id id;
	struct nw_rec_use use;
	uint64_t told_ns, told_bytes;
	uint32_t told_files;
	uint32_t first; /* its files, from 1; 0 = none */
};

struct nw_recs {
	struct nw_lru lru;
	struct nw_rec *rec;
	struct nw_list_link *link; /* of a process's */
	struct nw_rec_book *use;   /* of each process */
	uint32_t sweep;
};

struct nw_flow_counts {
	uint64_t tx_bytes, rx_bytes, tx_packets, rx_packets;
};

#define NW_SELF_PROBES_MAX 64

/* What is this tool's own: self.c. */
struct nw_self {
	uint32_t tgid; /* 0 = not known */
	unsigned probes;
	uint64_t probe[NW_SELF_PROBES_MAX]; /* cookies of sockets */
};
bool nw_self_on_fact(struct nw_state *st, const char *key, const char *value);

struct nw_state {
	const struct nw_config *config;
	struct nw_teller teller;
	struct nw_keeper keeper;
	uint64_t flow_interval_ns;
	uint64_t now_ns;
	struct nw_moved moved;	  /* by the event being handled */
	const struct nw_dns *dns; /* in its head, or NULL */
	struct nw_asker asker;	  /* for whom that is; count 0 = for nobody else */
	uint64_t wall_offset_ns;  /* CLOCK_REALTIME - CLOCK_BOOTTIME, of the last tick */
	uint64_t id_seed;	  /* from the boot id */
	uint64_t fact_generation;
	uint64_t loss[_NW_LOSS_MAX];
	uint64_t loss_elsewhere[_NW_LOSS_MAX]; /* of it, what others counted */
	uint64_t loss_told[_NW_LOSS_MAX];
	uint64_t loss_told_ns;
	struct nw_self self;
	uint32_t host_netns; /* network namespace of the host itself, 0 = not known */
	bool is_narrow;	     /* --cgroup: sockets that nobody introduced are not ours */
	bool is_capture;

	struct nw_lru proc_lru;
	struct nw_proc *procs;
	uint32_t *proc_of_tgid;		 /* by the low bits of the pid: a list, from 1; 0 = none */
	struct nw_list_link *proc_links; /* of these */
	uint32_t exit_head, exit_tail;	 /* of those that linger, oldest first: ring of indices */
	uint32_t exits[NW_EXITS_MAX];

	struct nw_lru flow_lru;
	struct nw_flow *flows;
	uint64_t *flow_due;   /* when a flow's next record is due; 0 = nothing untold */
	uint32_t *flow_ended; /* to be removed once indicators have seen the event */
	uint32_t flow_ended_count;
	uint32_t flow_sweep; /* where the search for idle datagram flows goes on */
	struct nw_pairs pairs;
	struct nw_saids saids;

	struct nw_recs recs;
	struct nw_change change; /* of the event being handled; proc NULL: of none */
	struct nw_holds holds;
	struct nw_connects connects;
	struct nw_hold_pair *hold_pairs; /* by writer and reader */
	struct nw_chain *chains;	 /* of each flow */
	uint64_t births;		 /* of processes and flows, ever */
	uint64_t joins;			 /* processes that came to an object, ever */
	uint64_t chain_looks_ns;	 /* a second of looks at chains began */
	uint32_t chain_looks;		 /* at objects */
	uint32_t chain_flows;
	uint32_t chain_sweep; /* where the search for flows without one goes on */
	bool wants_scan;      /* of open files: there is a new flow that a chain may lead to,
				  * or a socket whose process is not known */

	struct nw_lru listener_lru;
	struct nw_listener *listeners;
	struct nw_lru covert_lru;
	struct nw_covert *coverts;
	uint64_t covert_scans;	      /* whole scans of open files so far */
	uint16_t port_low, port_high; /* ports that the kernel gives to clients */

	struct nw_names *names;
	struct nw_ifaces ifaces;
	struct nw_places places;
	struct nw_neighbours neighbours, frames;
	uint32_t
		neighbours_generation; /* grows with every one that comes, goes or changes its MAC */
	struct nw_programs programs;
	struct nw_exe_file *exe_files; /* a ring: exe_file.c */
	uint64_t exe_files_told;
	struct nw_clock clock;
	struct nw_cameras cameras;
	struct nw_readers readers;
	struct nw_makers *makers;
	struct nw_policy policy;
	struct nw_vendors *vendors;
	struct nw_balance_book balance;
	struct nw_coverage_book coverage;

	struct nw_fact facts[NW_FACTS_MAX];
	char *facts_text;
	uint32_t facts_count;
	uint32_t facts_text_len;
};

NW_MUST_CHECK int nw_state_new(const struct nw_config *config, uint64_t flow_interval_ns,
			       struct nw_teller teller, struct nw_state **ret);
void nw_state_free(struct nw_state *st);
/* Fold one event in and tell what it makes worth telling. facts: what decoders made of a head. */
void nw_state_event(struct nw_state *st, const struct nw_event *ev, const struct nw_facts *facts);
/* After the indicators: what has ended is forgotten. */
void nw_state_settle(struct nw_state *st);
void nw_state_tell(struct nw_state *st, struct nw_output out);
void nw_state_lose(struct nw_state *st, enum nw_loss cause);

int nw_facts_init(struct nw_state *st);
void nw_facts_on_event(struct nw_state *st, const struct nw_ev_fact *e);
/* Parts of a key. Digits up to `end`: where they end, or NULL. */
const char *nw_fact_u32(const char *p, const char *end, uint32_t *ret);
bool nw_fact_address(const char *p, const char *end, uint8_t ret[16]);

int nw_ifaces_init(struct nw_ifaces *t);
void nw_ifaces_free(struct nw_ifaces *t);
/* True when the fact is about an interface: then it is kept here and nowhere else. */
bool nw_ifaces_on_fact(struct nw_state *st, const struct nw_ev_fact *e);

int nw_places_init(struct nw_places *t);
void nw_places_free(struct nw_places *t);
/* True when the fact is about a place: then it is kept here and nowhere else. */
bool nw_places_on_fact(struct nw_state *st, const struct nw_ev_fact *e);

int nw_neighbours_init(struct nw_neighbours *t);
void nw_neighbours_free(struct nw_neighbours *t);
/* The same of a neighbour. */
bool nw_neighbours_on_fact(struct nw_state *st, const struct nw_ev_fact *e);

int nw_programs_init(struct nw_programs *t);
void nw_programs_free(struct nw_programs *t);
/* The same of a shell or interpreter. */
bool nw_programs_on_fact(struct nw_state *st, const struct nw_ev_fact *e);
/* NW_PROGRAM_* of what it runs, for nw_proc::program. */
uint32_t nw_program_of(const struct nw_state *st, const struct nw_proc *p);

/* The same of whose service a domain or network is: vendor.c */
bool nw_vendors_on_fact(struct nw_state *st, const struct nw_ev_fact *e);

/* True when the fact is about whom a process speaks for: speaks.c */
bool nw_speaks_on_fact(struct nw_state *st, const struct nw_ev_fact *e);
NW_MUST_CHECK int nw_exe_files_init(struct nw_state *st);
bool nw_exe_files_on_fact(struct nw_state *st, const struct nw_ev_fact *e);
bool nw_clock_on_fact(struct nw_state *st, const struct nw_ev_fact *e);
/* The same, told by the kernel side. What runs since then has another program's mappings. */
void nw_speaks_on_library(struct nw_state *st, const struct nw_ev_library *e);
/* The process has this library of that maker's mapped; false without room for it. */
bool nw_proc_speaks(struct nw_state *st, const struct nw_proc_id *id, unsigned maker,
		    const char *library);
int nw_makers_init(struct nw_state *st);
void nw_makers_free(struct nw_makers *t);
/* True when the fact is about makers: then it is kept here and nowhere else. */
bool nw_makers_on_fact(struct nw_state *st, const struct nw_ev_fact *e);

int nw_cameras_init(struct nw_cameras *t, uint32_t flows);
void nw_cameras_free(struct nw_cameras *t);
void nw_cameras_on_tick(struct nw_state *st);
/* Rows of earlier sessions, and of this one; whether the camera is the one that was known there. */
bool nw_cameras_on_kept(struct nw_state *st, const struct nw_ev_fact *e);
void nw_cameras_keep(struct nw_state *st);
void nw_camera_recall(const struct nw_state *st, struct nw_camera *c);
void nw_cameras_on_end(struct nw_state *st); /* the session ends */
/* The flow was measured, or its ends said something. */
void nw_cameras_on_flow(struct nw_state *st, const struct nw_flow *f);
void nw_cameras_on_bytes(struct nw_state *st, const struct nw_flow *f, uint64_t tx, uint64_t rx);
void nw_cameras_on_flow_end(struct nw_state *st, const struct nw_flow *f); /* it goes */

int nw_readers_init(struct nw_readers *t);
void nw_readers_free(struct nw_readers *t);
/* True when the fact is about a recorder: then it is kept here and nowhere else. */
bool nw_readers_on_fact(struct nw_state *st, const struct nw_ev_fact *e);
/* The flow got rx bytes since it was measured span_ns ago. */
void nw_readers_on_flow(struct nw_state *st, const struct nw_flow *f, uint64_t rx,
			uint64_t span_ns);

int nw_policy_init(struct nw_state *st);
void nw_policy_free(struct nw_policy *p);

/* The flow's totals are no longer what they were. */
void nw_balance_on_flow(struct nw_state *st, const struct nw_flow *f,
			const struct nw_flow_counts *was);
void nw_balance_on_turn(struct nw_state *st, const struct nw_flow *f); /* it began, or ends */
/* True when the fact is a reading: then it is kept here and nowhere else. */
bool nw_balance_on_fact(struct nw_state *st, const struct nw_ev_fact *e);
void nw_balance_on_end(struct nw_state *st); /* the session ends */

int nw_procs_init(struct nw_state *st, uint32_t capacity);
void nw_procs_on_event(struct nw_state *st, const struct nw_ev_proc *e);
void nw_procs_on_tick(struct nw_state *st);
/* The process, made as unknown when nobody introduced it; NULL for an id without tgid. */
struct nw_proc *nw_proc_get(struct nw_state *st, const struct nw_proc_id *id);
struct nw_proc *nw_proc_ref(struct nw_proc *p); /* NULL stays NULL */
void nw_proc_unref(struct nw_state *st, struct nw_proc *p);

int nw_flows_init(struct nw_state *st, uint32_t capacity);
void nw_flows_on_event(struct nw_state *st, const struct nw_ev_sock *e);
void nw_flows_on_tick(struct nw_state *st);
void nw_flows_on_end(struct nw_state *st); /* the session ends: tell what is untold */
void nw_flows_settle(struct nw_state *st);
/* Takes e's entry of the kernel's ledger for the flow's: true when it is another than was counted before. */
bool nw_moved_entry(struct nw_flow *f, const struct nw_ev_sock *e);
void nw_moved_set(struct nw_state *st, const struct nw_flow *f, const struct nw_flow_counts *was,
		  const struct nw_ev_sock *e);
void nw_flow_forget(struct nw_state *st, uint64_t cookie); /* it turned out to be a listener */
uint32_t nw_flow_hash(const struct nw_state *st, uint64_t cookie); /* of flow_lru */
/* Who began it, of one that has its ends: initiator.c */
void nw_flow_set_initiator(const struct nw_state *st, struct nw_flow *f);
/* Who counted TCP's bytes did not know who began; the flow may: the event, or a copy that is right. */
const struct nw_ev_sock *nw_flow_settle(const struct nw_flow *f, const struct nw_ev_sock *e,
					struct nw_ev_sock *room);

/* The flow was measured at ts_ns; was: its totals before. rate.c */
void nw_rates_update(struct nw_flow *f, const struct nw_flow_counts *was, uint64_t ts_ns);

int nw_pairs_init(struct nw_pairs *p, uint32_t capacity);
void nw_pairs_free(struct nw_pairs *p);
/* The flow has its ends, or an owner that it did not have: who is at the other end, and tell it. */
void nw_pair_join(struct nw_state *st, struct nw_flow *f);
void nw_pair_part(struct nw_state *st, struct nw_flow *f); /* the flow goes */
int nw_saids_init(struct nw_saids *t, uint32_t flows, uint32_t waiting);
void nw_saids_free(struct nw_saids *t);
/* How much was said; it only grows. said may be NULL. */
uint16_t nw_said_size(const struct nw_said *said);
void nw_saids_on_head(struct nw_state *st, const struct nw_ev_head *head,
		      const struct nw_facts *facts);
/* The flow begins: what was said before is its own. */
void nw_saids_on_flow(struct nw_state *st, struct nw_flow *f);
void nw_saids_on_tick(struct nw_state *st);

/* A process was seen doing this (NW_ROLE_*) with the flow's socket. */
void nw_role_add(struct nw_state *st, struct nw_flow *f, const struct nw_proc_id *id, uint8_t bits);
void nw_roles_release(struct nw_state *st, struct nw_flow *f);
/* The same in every flow of a socket. */
void nw_flows_on_role(struct nw_state *st, uint64_t cookie, const struct nw_proc_id *id,
		      uint8_t bits);
int nw_coverts_init(struct nw_state *st, uint32_t capacity);
void nw_coverts_on_event(struct nw_state *st, const struct nw_ev_sock *e);
void nw_coverts_on_fd(struct nw_state *st, const struct nw_ev_fd *e);

int nw_recs_init(struct nw_state *st, uint32_t processes);
void nw_recs_free(struct nw_recs *t);
void nw_recs_on_event(struct nw_state *st, const struct nw_ev_file *e);
void nw_recs_on_tick(struct nw_state *st);
/* Is it said of its root that not every way to read is counted? */
bool nw_rec_root_is_in_part(const struct nw_state *st, const struct nw_rec *r);
void nw_change_on_event(struct nw_state *st, const struct nw_ev_change *e);

NW_MUST_CHECK int nw_hold_table_new(struct nw_holds *t, uint32_t processes);
void nw_hold_table_free(struct nw_holds *t);
struct nw_hold *nw_hold_find(const struct nw_holds *t, const struct nw_object *o, uint32_t proc,
			     bool is_mapped);
/* It is not there yet; NULL when the table is full. */
struct nw_hold *nw_hold_add(struct nw_holds *t, const struct nw_object *o, uint32_t proc,
			    bool is_mapped);
void nw_hold_remove(struct nw_holds *t, struct nw_hold *h);
/* Who uses an object, and what a process uses: lists, the newest first. */
struct nw_hold *nw_hold_first_user(const struct nw_holds *t, const struct nw_object *o);
struct nw_hold *nw_hold_first_same(const struct nw_holds *t, const struct nw_hold *h); /* h's */
static inline struct nw_hold *nw_hold_at(const struct nw_holds *t, uint32_t i)
{
	return i ? &t->hold[i - 1] : NULL;
}
static inline struct nw_hold *nw_hold_next_user(const struct nw_holds *t, const struct nw_hold *h)
{
	return nw_hold_at(t, t->of_object[h - t->hold].next);
}
static inline struct nw_hold *nw_hold_first_used(const struct nw_holds *t, uint32_t proc)
{
	return nw_hold_at(t, t->first[proc]);
}
static inline struct nw_hold *nw_hold_next_used(const struct nw_holds *t, const struct nw_hold *h)
{
	return nw_hold_at(t, t->of_proc[h - t->hold].next);
}
int nw_holds_init(struct nw_state *st, uint32_t processes);
void nw_holds_on_fd(struct nw_state *st, const struct nw_ev_fd *e);
void nw_holds_on_exec(struct nw_state *st, const struct nw_ev_proc *e, const struct nw_proc *p);
void nw_holds_on_flow(struct nw_state *st, const struct nw_flow *f);	 /* it carried something */
void nw_holds_on_flow_end(struct nw_state *st, const struct nw_flow *f); /* it goes */
void nw_holds_forget(struct nw_state *st, const struct nw_proc *p);	 /* it goes */
/* The next of a process's, and the next of one object's; first after NULL. */
const struct nw_hold *nw_hold_of(const struct nw_state *st, const struct nw_proc *p,
				 const struct nw_hold *after);
const struct nw_hold *nw_hold_same(const struct nw_state *st, const struct nw_hold *of,
				   const struct nw_hold *after);

int nw_chains_init(struct nw_state *st, uint32_t flows);
/* Before the flow is told. */
void nw_chain_update(struct nw_state *st, struct nw_flow *f);
void nw_chain_on_measure(struct nw_state *st, struct nw_flow *f);
/* It has so many Unix connections that one of them says nothing. */
bool nw_proc_is_hub(const struct nw_state *st, const struct nw_proc *p);
/* The one process that connected to a name of p's shortly before at_ns, else that has a Unix connection to p
 * which p took at a name of its own. */
bool nw_asker_connected(const struct nw_state *st, const struct nw_proc *p, uint64_t at_ns,
			struct nw_asker *ret);
/* For whom the message of DNS is that the head has, into st->asker. */
void nw_asker_of_message(struct nw_state *st, const struct nw_ev_head *head);
void nw_chains_on_scan(struct nw_state *st);
void nw_chain_release(struct nw_state *st, struct nw_flow *f);

int nw_listeners_init(struct nw_state *st, uint32_t capacity);
void nw_listeners_on_event(struct nw_state *st, const struct nw_ev_sock *e);
void nw_listeners_on_close(struct nw_state *st, const struct nw_ev_sock *e);
bool nw_listener_has(const struct nw_state *st, uint32_t netns, uint16_t proto, uint16_t port);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known about this host: processes, flows, listeners, names. Written only by user/state/,
 * read by indicators and sinks. Every table has a fixed capacity, reserved at the start and touched
 * on use; when it is full the oldest entry goes, and that is counted (enum nw_loss).
 * Time comes from events alone, so the same events always give the same state.
 * Strings are what other processes said of themselves: NUL-terminated here, any other byte in them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "nw_event.h"
#include "util/macro.h"

struct nw_config;
struct nw_dns;	    /* output.h */
struct nw_exe_file; /* exe_file.h */
struct nw_state;
struct nw_vendor; /* enrich/vendors.h: name, service */

#define NW_PROC_ID_HEX 17 /* 16 hex digits and NUL */

/* What the file is that a process runs, as this host said of its own files; wherever the file lies
 * and whatever it is called there. */
#define NW_PROGRAM_SHELL       (1U << 0) /* people log in with it, or it holds one */
#define NW_PROGRAM_INTERPRETER (1U << 1) /* scripts name it in their first line */
#define NW_PROGRAM_LOADER      (1U << 3) /* programs name it as what puts them into memory */
#define NW_PROGRAM_PACKAGES    (1U << 4) /* puts packages on this host */
#define NW_PROGRAM_BY_NAME     (1U << 2) /* not this file, but one of its name: another root's? */

struct nw_proc {
	struct nw_proc_id id;
	struct nw_proc_id parent_id;
	uint64_t cgroup_id;
	uint64_t exe_ino;
	uint64_t exec_ns;  /* last exec, 0 = none seen */
	uint64_t exe_file; /* state's own: number of what is known of its file, 0 = nothing */
	uint64_t end_ns;   /* 0 = alive; kept while flows refer to it */
	uint64_t version; /* never used twice; new when anything but its end and its refs changes */
	uint32_t exe_dev;
	uint32_t uid;
	uint32_t gid;
	uint32_t netns;
	uint32_t flags;	  /* NW_PROC_* */
	uint32_t program; /* NW_PROGRAM_* */
	uint32_t exit_code;
	uint32_t session;  /* pid of its leader, 0 = not known */
	uint32_t refs;	   /* flows and listeners that name this process */
	bool is_found;	   /* ran before the start */
	bool is_lingering; /* state's own: ended, and nobody need refer to it */
	bool is_unknown; /* named by a socket event, but its exec, fork and /proc entry were not seen */
	uint16_t args_len;
	/* stdin, stdout, stderr: inode and device of a pipe, PTY or Unix socket, cookie of an Internet
	 * socket; 0 = none of these, or not known */
	uint64_t stdio_id[3];
	uint32_t stdio_dev[3];
	char name[16];		    /* comm */
	char exe[256];		    /* path; longer ones keep their end, behind "…" */
	char args[512];		    /* NUL between arguments, args_len bytes, scrubbed of secrets */
	char cgroup[NW_CGROUP_MAX]; /* leaf name */
	char unit[64];		    /* systemd unit from the cgroup's name, "" = none */
	uint64_t speaks_for; /* set of makers (state/maker.h) whose libraries it has mapped */
	char library[NW_LIBRARY_NAME]; /* the first one of them, "" = none known */
	char container[13];	       /* first 12 hex digits of the container's id, "" = none */
};

/* Who asks for names through a resolver of this host. */
enum nw_asker_how {
	NW_ASKER_NONE,
	NW_ASKER_QUESTION,  /* asked it the same question, and waited */
	NW_ASKER_TIME,	    /* assumed: asked it something, last of all */
	NW_ASKER_CONNECTED, /* assumed: nobody else is connected to it over a Unix socket */
};
struct nw_asker {
	struct nw_proc_id id; /* who asked first */
	uint32_t count;	      /* processes that wait for the answer */
	uint8_t how;	      /* enum nw_asker_how */
};

enum nw_initiator {
	NW_INITIATOR_ASSUMED,  /* nobody can tell: the lower port is taken for the server */
	NW_INITIATOR_SYN,      /* the handshake was seen */
	NW_INITIATOR_LISTENER, /* the local port was listening */
	NW_INITIATOR_FIRST,    /* datagrams: who sent first */
};

/* A network interface: "physical", "loopback", "unknown", or the kernel's word for its kind. */
struct nw_iface {
	uint32_t netns;
	uint32_t index; /* in netns */
	char kind[16], name[16];
	bool is_tunnel; /* who is reached through it stands somewhere else */
	bool is_physical;
};

/* Where an outside address is and who operates its network, as the files of the site said. */
struct nw_place {
	uint8_t addr[16];
	char country[3];	/* ISO 3166-1 alpha-2, "" = not known */
	uint32_t asn;		/* 0 = not known */
	char organisation[128]; /* "" = not known */
};

/* Who answers for an address on the link, as the kernel's neighbour table says, or else its own frames. */
struct nw_neighbour {
	uint8_t addr[16];
	uint32_t netns;
	uint32_t index; /* of the interface, in netns */
	uint8_t mac[6];
	char maker[26];		/* "hikvision", "" = none of those that make cameras */
	char organisation[128]; /* whose prefix the MAC has, "" = not known */
};

#define NW_ROLES_MAX 6 /* processes that are kept of one flow, beside its owner */
#define NW_CHAIN_MAX 9 /* processes of one chain, with the one that sends */

enum nw_via {
	NW_VIA_PIPE,
	NW_VIA_LOOPBACK,
	NW_VIA_UNIX,
	NW_VIA_SHM,
	NW_VIA_MOUNT,
	_NW_VIA_MAX,
	NW_VIA_PTY = _NW_VIA_MAX, /* no link of a chain: whoever logs in is behind one */
};

struct nw_chain_link {
	struct nw_proc *proc;
	uint8_t via; /* enum nw_via: over what to the one before it in the array */
};

/* Whose data a flow can carry: first the process that sends it, then back to the far end. */
struct nw_chain {
	struct nw_chain_link link[NW_CHAIN_MAX];
	uint8_t len;
	uint16_t others; /* processes that have an edge to one of these and were not followed */
};

/* What a process did with a socket. */
struct nw_role {
	struct nw_proc *proc;
	uint8_t bits;	 /* NW_ROLE_* */
	bool is_assumed; /* nobody could tell: taken for granted */
};

struct nw_flow {
	uint64_t cookie;
	uint32_t slot;
	uint16_t proto;
	uint8_t family;
	uint8_t end_state; /* TCP state before CLOSE */
	uint8_t laddr[16];
	uint8_t raddr[16];
	uint16_t lport, rport; /* host order */
	uint32_t uid, netns, ifindex;
	const struct nw_iface *iface; /* what ifindex is, as of the last record; NULL = unknown */
	uint32_t iface_generation;    /* state's own */
	uint32_t flags;		      /* NW_SOCK_* */
	struct nw_proc *owner;	      /* never NULL for a live flow with an owner; may have ended */
	struct nw_proc *sender;	      /* NULL unless seen and not the owner */
	struct nw_proc *peer; /* owner of the other end when that is on this host too, or NULL */
	const struct nw_chain
		*chain; /* NULL: nobody's data but the sender's own, as far as known */
	uint64_t chain_joins, chain_ns;	   /* state's own: when it was looked for last */
	struct nw_role role[NW_ROLES_MAX]; /* as they were seen, the owner's too */
	uint8_t roles, roles_missed;	   /* missed: processes that found no place there */
	uint64_t birth_ns;
	uint64_t first_ns; /* first event about it */
	uint64_t last_ns;
	uint64_t end_ns; /* 0 = open */
	/* totals since birth, as the kernel counts them */
	uint64_t tx_bytes, rx_bytes, tx_packets, rx_packets;
	uint64_t unacked, unsent;
	/* state's own: the kernel's entry that is counted in, and what those before it had */
	uint64_t entry_ns, gone_tx_bytes, gone_rx_bytes, gone_tx_packets, gone_rx_packets;
	/* bytes a second, smoothed over RATE_NS, at last_ns; see nw_flow_rate() */
	uint32_t tx_rate, rx_rate;
	uint64_t missed_bytes; /* known to have moved, but in none of the totals; 0 = none known */
	uint32_t drops;
	/* what records have already told; the first record of a flow that was open before the
	 * start begins at what it had carried by then */
	uint64_t told_tx_bytes, told_rx_bytes, told_tx_packets, told_rx_packets;
	uint64_t told_ns;	    /* time of the last record, 0 = none */
	uint32_t told_count;	    /* records written */
	uint16_t told_said;	    /* how much was said by then */
	uint8_t initiator;	    /* enum nw_initiator */
	bool is_outbound;	    /* this end is the initiator */
	bool is_inside;		    /* the peer is in trusted_networks, and not behind a tunnel */
	bool is_local_inside;	    /* forwarded: laddr is too */
	bool is_tunnelled;	    /* by an undeclared tunnel, also when that is gone */
	bool is_used;		    /* state's own: this place of the table holds a flow */
	uint32_t pair;		    /* state's own: place in the index of ends, from 1; 0 = none */
	const struct nw_said *said; /* what its ends said of themselves, or NULL */
	char community_id[32];	    /* "1:...", made with the first record */
	char name[256];		    /* name that was asked for and gave raddr, "" = none */
};

/* What the event being handled measured; what state makes of ticks is not in it. */
struct nw_moved {
	const struct nw_flow *flow; /* NULL: nothing was. It may end with this event */
	uint64_t tx_bytes, rx_bytes, tx_packets, rx_packets; /* since the measure before */
	uint64_t since_ns; /* when that was; 0 = the flow is new here */
	bool is_resumed;   /* new here, but it had carried something before: birth_ns is old */
	bool is_reborn;	   /* its entry in the kernel's ledger was taken out: this is another */
};

struct nw_listener {
	uint64_t cookie;
	uint32_t netns;
	uint16_t port; /* host order */
	uint16_t proto;
	uint8_t addr[16];
	uint8_t family;
	bool is_found; /* before the start */
	uint64_t first_ns;
	uint64_t end_ns;
	struct nw_proc *owner;
};

/* A socket whose traffic no Internet socket's hook sees. */
struct nw_covert {
	uint64_t inode;
	uint32_t netns;
	uint32_t uid;
	uint16_t proto; /* what it asked for; packet: ETH_P_* */
	uint8_t family; /* AF_* */
	uint8_t type;	/* SOCK_* */
	bool is_listed; /* the kernel side tells its end; else a scan of open files that lacks it */
	uint64_t scan_ns;  /* the last scan of open files that had it */
	bool is_found;	   /* before the start */
	bool is_uncounted; /* what it sends is in no flow */
	uint64_t first_ns;
	uint64_t end_ns;
	struct nw_proc *owner; /* NULL: not known yet */
};

/* What one process does with one file below a recording root. */
#define NW_REC_PATH   128
#define NW_REC_CAMERA 64
struct nw_rec {
	struct nw_proc *proc; /* may have ended */
	uint64_t inode;
	uint32_t dev;
	uint16_t root; /* number of the fact "files.<root>" */
	bool is_read;  /* was, ever; so is_written */
	bool is_written;
	bool is_open;
	bool is_removed;
	bool is_camera_known; /* declared in the configuration; else camera is a folder's name */
	uint32_t opens;
	uint64_t size;	   /* the largest seen */
	uint64_t position; /* how far an open file's position was seen to be; 0 = not seen */
	uint64_t bytes;	   /* counted reads since the start, what was read twice twice */
	uint64_t mapped;   /* may have been read without a call, at most; windows add up */
	bool has_position; /* seen, or counted */
	bool is_counted;   /* the kernel counts: what it says goes before positions and sizes; */
	bool is_in_part;   /* but not every way to read */
	uint64_t mtime_ns; /* CLOCK_REALTIME, 0 = not known */
	uint64_t first_ns, last_ns;
	/* what the last event about it added to the sums of reading */
	bool added_file, added_position, added_count;
	int64_t added_least, added_most, added_uncounted; /* less, when a count says so */
	uint64_t added_bytes, added_mapped;
	/* state's own */
	uint64_t opened_mtime_ns, opened_size;
	bool is_opened_fresh; /* it was just written when that was looked at */
	uint64_t summed_least, summed_most, summed_mapped, summed_uncounted;
	uint64_t born_ns[2], seen[2]; /* the count that goes on, and what it said: read, mapped */
	char path[NW_REC_PATH];	      /* below the root; a longer one keeps its end */
	char camera[NW_REC_CAMERA];   /* as the path tells, "" = it does not */
};

/* What a process did with recordings, all in all. */
struct nw_rec_use {
	uint32_t files;	    /* read */
	uint32_t positions; /* of these, whose position was seen, or whose reads are counted */
	uint32_t counts, in_part;   /* of these, whose reads are counted; and not in every way */
	uint32_t written;	    /* files */
	uint64_t bytes_least;	    /* read: as far as counts or positions go, each file once */
	uint64_t bytes_most;	    /* read once: counted and mapped, else the sizes of the files */
	uint64_t uncounted;	    /* of files in_part: so much more may have been read */
	uint64_t bytes;		    /* counted, what was read twice twice */
	uint64_t bytes_mapped;	    /* each file once */
	uint64_t first_ns, last_ns; /* of reading */
	uint64_t written_ns;	    /* last */
	uint64_t file_first_ns,
		file_last_ns;  /* last changes of the files, CLOCK_REALTIME; 0 = not known */
	bool has_more_cameras; /* than this one */
	bool is_camera_known;
	char camera[NW_REC_CAMERA];
};

/* What was done to a file that this host starts something by, or lets somebody in by. */
struct nw_change {
	struct nw_proc *proc; /* who did it; may have ended */
	uint32_t flags;	      /* NW_CHANGE_* */
	char kind[NW_CHANGE_KIND_MAX + 1];
	char technique[NW_CHANGE_TECHNIQUE_MAX + 1];
	char path[NW_CHANGE_PATH_MAX + 1]; /* a longer one keeps its end */
};

/* What the kernel counted in the host's network namespace, and what of it flows explain: octets. */
enum nw_way {
	NW_WAY_IN,
	NW_WAY_OUT,
};

struct nw_balance_side {
	uint64_t kernel;
	uint64_t explained;
	uint64_t again; /* of explained: sent more than once, an estimate */
};

struct nw_balance_span {
	struct nw_balance_side side[2]; /* enum nw_way */
	uint64_t from_ns, to_ns;
	bool forwards; /* the kernel counts what it forwards, on some releases twice */
};

struct nw_balance {
	struct nw_balance_span all;    /* since the first reading */
	struct nw_balance_span window; /* the last whole one, about a minute */
	uint32_t windows;	       /* so far */
};

/* What the kernel says of its wall clock. */
struct nw_clock {
	bool is_known, is_synchronised;
	uint64_t max_error_us; /* at most, if it is */
};

/* ---- reading ---- */

/* The next of a process's files, or with p NULL of all; first after NULL. */
const struct nw_rec *nw_rec_next(const struct nw_state *st, const struct nw_proc *p,
				 const struct nw_rec *after);
const struct nw_rec_use *nw_rec_use_of(const struct nw_state *st, const struct nw_proc *p);
/* What the event is about, or NULL. */
const struct nw_rec *nw_rec_of(const struct nw_state *st, const struct nw_ev_file *e);
/* It writes recordings, or is declared to be a recorder. */
bool nw_rec_is_recorder(const struct nw_state *st, const struct nw_proc *p);
/* Its whole path, cut to size - 1 bytes, and NUL: the length. */
size_t nw_rec_path(const struct nw_state *st, const struct nw_rec *r, char *ret, size_t size);
/* At least, at most so much of it was read, each byte once; in ways not counted perhaps so much more. */
uint64_t nw_rec_least(const struct nw_rec *r);
uint64_t nw_rec_most(const struct nw_rec *r);
uint64_t nw_rec_uncounted(const struct nw_rec *r);
/* How far bytes can be trusted: "exact", every read of every file was counted; "mapped", so it was, and
 * what was mapped besides may have been read; "part", but not every way to read is counted; "position"
 * of every file, of "some", or none: "opened". */
const char *nw_rec_tier(const struct nw_rec_use *use);

/* During an event only: the change that it is of, by somebody who is known; or NULL. */
const struct nw_change *nw_change_of(const struct nw_state *st);
/* "created", "moved", "modified", "opened", "attributes", "deleted": the most that was done. */
const char *nw_change_word(const struct nw_change *c);

/* NULL until the kernel's counters were read twice. */
const struct nw_balance *nw_balance_of(const struct nw_state *st);
/* Why the two may not be compared: "cgroup", "forwards"; NULL when they may. */
const char *nw_balance_why_not(const struct nw_state *st, const struct nw_balance_span *span);
static inline uint64_t nw_balance_missed(const struct nw_balance_side *s)
{
	return s->kernel > s->explained ? s->kernel - s->explained : 0;
}
static inline uint64_t nw_balance_ppm(uint64_t part, uint64_t all)
{
	return all ? (uint64_t)((double)part * 1e6 / (double)all) : 0;
}
static inline uint64_t nw_balance_surplus(const struct nw_balance_side *s)
{
	return s->explained > s->kernel ? s->explained - s->kernel : 0;
}

/* The process with exactly this id, or NULL. */
struct nw_proc *nw_proc_find(const struct nw_state *st, const struct nw_proc_id *id);
/* Of all in the table, ended ones too; first after NULL. */
const struct nw_proc *nw_proc_next(const struct nw_state *st, const struct nw_proc *after);
/* The one that has the pid now, or had it last; NULL: not known. */
struct nw_proc *nw_proc_of_tgid(const struct nw_state *st, uint32_t tgid);
struct nw_flow *nw_flow_find(const struct nw_state *st, uint64_t cookie, uint32_t slot);
/* The flow that this measure or last word is of, also when it ended with it; or NULL. */
const struct nw_flow *nw_flow_measured(const struct nw_state *st, const struct nw_ev_sock *e);
/* Open flows in the table, in no particular order; first after NULL. Not for each event. */
const struct nw_flow *nw_flow_next(const struct nw_state *st, const struct nw_flow *after);
/* Bytes a second now, by what was measured last: a flow that went silent fades. */
uint32_t nw_flow_rate(const struct nw_flow *f, uint32_t rate, uint64_t now_ns);
/* During an event only. */
const struct nw_moved *nw_state_moved(const struct nw_state *st);
/* The DNS message in the head being handled, or NULL. */
const struct nw_dns *nw_state_dns(const struct nw_state *st);
/* For whom the client's message in the head being handled is, when its sender passes on what it was
 * asked; or NULL. */
const struct nw_asker *nw_state_asker(const struct nw_state *st);
/* The flow's place in the table, below limits.flows: an indicator may keep an array beside it. Given
 * anew when the flow ended, so the array's entry must say whose it is (cookie and slot). */
uint32_t nw_flow_place(const struct nw_state *st, const struct nw_flow *f);
/* The same of a process, below limits.processes. */
uint32_t nw_proc_place(const struct nw_state *st, const struct nw_proc *p);
/* What descriptor i (0-2) was when it ran its program, or is since an open file was looked at. */
static inline enum nw_stdio nw_proc_stdio(const struct nw_proc *p, unsigned i)
{
	return (enum nw_stdio)(p->flags >> (NW_PROC_STDIO_SHIFT + i * NW_PROC_STDIO_BITS) &
			       ((1U << NW_PROC_STDIO_BITS) - 1));
}
/* The next process at the far end of it: who writes to a pipe that is stdin, who reads one that is
 * stdout, who holds the terminal of a PTY, who has the other socket of a pair; *at begins as 0. Not
 * the process itself. NULL behind the last one. */
const struct nw_proc *nw_proc_stdio_far(const struct nw_state *st, const struct nw_proc *p,
					unsigned i, uint32_t *at);

/* Can what `from` writes reach p over pipes, Unix sockets or terminals, through two more at most? */
bool nw_proc_is_fed_by(const struct nw_state *st, const struct nw_proc *p,
		       const struct nw_proc *from);

/* What was read of the file that it runs, once somebody asked for it; or NULL. */
const struct nw_exe_file *nw_exe_file_of(const struct nw_state *st, const struct nw_proc *p);

/* Does a process that has not ended live in this network namespace? */
bool nw_netns_has_process(const struct nw_state *st, uint32_t netns);
/* The other end of it, when that is on this host and still in the table, or NULL. It may be in
 * another network namespace, and it is the flow itself when a socket talks to itself. */
struct nw_flow *nw_flow_peer(const struct nw_state *st, const struct nw_flow *f);
/* Both its ends are on this host, whether or not the other one is known. */
bool nw_flow_stays_here(const struct nw_flow *f);
/* Who did what with the flow's socket, what was seen first and what is assumed behind it. 0: nobody
 * but the owner is known to have had it, who did it all. */
#define NW_FLOW_ROLES_MAX (NW_ROLES_MAX + 3)
unsigned nw_flow_roles(const struct nw_flow *f, struct nw_role ret[NW_FLOW_ROLES_MAX]);
/* Who listens on a port, or NULL; netns 0 is any. Looks at all listeners: not for each event. */
const struct nw_listener *nw_listener_find(const struct nw_state *st, uint32_t netns,
					   uint16_t proto, uint16_t port);
/* Is it one that the kernel gives to clients, and to who listens without naming a port? */
bool nw_is_client_port(const struct nw_state *st, uint16_t port);
/* The socket of another family with this inode, or NULL. */
const struct nw_covert *nw_covert_find(const struct nw_state *st, uint64_t inode);
/* Stable id for output: 16 hex digits from the boot id, pid and start time. */
void nw_proc_entity_id(const struct nw_state *st, const struct nw_proc_id *id,
		       char ret[NW_PROC_ID_HEX]);
/* What is told was read from packets: no host, no processes. */
bool nw_state_is_capture(const struct nw_state *st);
/* Is it of this tool's own process, or a socket of its probe? */
bool nw_flow_is_self(const struct nw_state *st, const struct nw_flow *f);
/* Did this tool ask for cameras with this socket, because it was told to (--probe)? */
bool nw_self_has_probe(const struct nw_state *st, uint64_t cookie);
/* A fact that was read from the host ("host.name"), or NULL. */
const char *nw_fact_find(const struct nw_state *st, const char *key);
/* NULL when nobody knows, always for netns or index 0. */
const struct nw_iface *nw_iface_find(const struct nw_state *st, uint32_t netns, uint32_t index);
/* NULL when nobody was asked; what is empty in it, nobody knew. */
const struct nw_place *nw_place_find(const struct nw_state *st, const uint8_t addr[16]);
/* The entry of exactly this address, or NULL: a router's says nothing of who is behind it. index 0:
 * whichever interface, when one device alone has it. */
const struct nw_neighbour *nw_neighbour_find(const struct nw_state *st, uint32_t netns,
					     uint32_t index, const uint8_t addr[16]);
/* Whose service a name is; and whose a flow's peer is, by the surest of what is known of it. NULL:
 * nobody's in the catalogue. */
const struct nw_vendor *nw_vendor_of_name(const struct nw_state *st, const char *name);
enum nw_vendor_basis {
	NW_VENDOR_BY_NAME,	  /* that was asked for and gave the address */
	NW_VENDOR_BY_SERVER_NAME, /* that one end says of the other: SNI, Host */
	NW_VENDOR_BY_ADDRESS,
};
const char *nw_vendor_name(const struct nw_vendor *v);
const char *nw_vendor_service(const struct nw_vendor *v);
const struct nw_vendor *nw_vendor_of_flow(const struct nw_state *st, const struct nw_flow *f,
					  enum nw_vendor_basis *ret_basis);
/* Changes with every fact but those about interfaces, and no two states of a process ever have the same: what was made of
 * facts, and pointers that nw_fact_find() gave, are good while it stays. Never 0. */
uint64_t nw_fact_generation(const struct nw_state *st);
/* Wall clock of a boot time, from the last tick; ns since 1970. */
uint64_t nw_state_wall_ns(const struct nw_state *st, uint64_t boot_ns);
/* The other way round; before this boot it is negative, modulo 2^64. */
uint64_t nw_state_boot_ns(const struct nw_state *st, uint64_t wall_ns);
/* Of this boot, another number than of any other. */
uint64_t nw_state_boot(const struct nw_state *st);
/* How far the wall clock can be trusted now; NULL: not known. */
const struct nw_clock *nw_clock_of(const struct nw_state *st);
uint64_t nw_state_now_ns(const struct nw_state *st); /* time of the event being handled, boot ns */
/* How far apart looks at the ledger are, of the last tick; 0 = not known. */
uint64_t nw_state_period_ns(const struct nw_state *st);
uint64_t nw_state_loss(const struct nw_state *st, enum nw_loss cause); /* total since the start */

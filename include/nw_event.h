/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * THE contract between the BPF programs and user space.
 *
 * Every record in the ring buffer, and every event in a recording, is one `struct nw_event` header
 * followed by the rest of its shape. Who made the event is its hook (gen/hooks.h, made from the
 * files in bpf/hooks); how it is laid out is its shape. A new hook needs no edit here; a new shape
 * or field is an ABI change and bumps NW_ABI_VERSION. Numbers never leave the process: output and
 * recordings carry hook names.
 *
 * Unless a field says otherwise: integers are in host byte order, times are CLOCK_BOOTTIME in ns
 * (bpf_ktime_get_boot_ns), sizes are bytes, counters are totals since the object was born, never
 * deltas, and addresses are IPv6 in network byte order with IPv4 as ::ffff:a.b.c.d.
 * Strings come from other processes: they are data, may hold any byte but NUL, and have a length.
 */
#pragma once

#include "nw_head_size.h"

#define NW_ABI_VERSION 14
/* Recordings from this one on are read: since then only losses, shapes, and what is told of files
 * and of what is open came to be more. */
#define NW_ABI_READABLE 8

/* Who an event is about: (tgid, start) never repeats within one boot; a pid alone does. */
struct nw_proc_id {
	__u64 start_ns; /* task_struct::group_leader->start_boottime; 0 = unknown */
	__u32 tgid;	/* init pid namespace, task_struct::tgid; 0 = unknown */
	__u32 pad;
};
static_assert(sizeof(struct nw_proc_id) == 16, "ABI");

enum nw_shape {
	NW_SHAPE_NONE,
	NW_SHAPE_PROC,
	NW_SHAPE_SOCK,
	NW_SHAPE_HEAD,
	NW_SHAPE_FD,
	/* made by user space, so that a recording holds all that the pipeline was fed */
	NW_SHAPE_TICK,
	NW_SHAPE_LOSS,
	NW_SHAPE_FACT,
	/* of both: the kernel's notifications reach user space, which makes events of them */
	NW_SHAPE_FILE,
	NW_SHAPE_CHANGE,
	/* made by the kernel side again */
	NW_SHAPE_LIBRARY,
	NW_SHAPE_DEVICE,
	_NW_SHAPE_MAX,
};

struct nw_event {
	__u32 size;  /* whole event with its tail, bytes; the ring's record may be longer */
	__u16 hook;  /* enum nw_hook */
	__u8 shape;  /* enum nw_shape */
	__u8 what;   /* enum of the shape: nw_proc_what, nw_sock_what, ... */
	__u64 ts_ns; /* when it was measured */
};
static_assert(sizeof(struct nw_event) == 16, "ABI");

/* ---- processes ---------------------------------------------------------------------------- */

enum nw_proc_what {
	NW_PROC_EXEC,  /* tail: executable path, arguments, cgroup */
	NW_PROC_FORK,  /* no tail; what the child has, it has from its parent */
	NW_PROC_EXIT,  /* no tail; the last thread ended; only self and exit_code are set */
	NW_PROC_FOUND, /* running before the start; read from /proc, same tail as EXEC */
	_NW_PROC_WHAT_MAX,
};

#define NW_PROC_EXE_CUT	  (1U << 0) /* the path is longer than its room: only its last parts */
#define NW_PROC_ARGS_CUT  (1U << 1)
#define NW_PROC_MEMFD	  (1U << 2) /* executable has no name in any directory and never had */
#define NW_PROC_DELETED	  (1U << 3) /* executable was unlinked before it was run */
#define NW_PROC_EXE_PARTS (1U << 4) /* path comes as components, last first, each ended by NUL */
/* what stdin, stdout and stderr are: 3 bits each from bit 8, enum nw_stdio */
#define NW_PROC_STDIO_SHIFT 8
#define NW_PROC_STDIO_BITS  3
/* which of them are open for reading (bit 20, 22, 24) and for writing (21, 23, 25) */
#define NW_PROC_STDIO_MODE_SHIFT 20

enum nw_stdio {
	NW_STDIO_OTHER,
	NW_STDIO_SOCKET, /* of another family than INET and INET6 */
	NW_STDIO_PIPE,
	NW_STDIO_PTY,
	NW_STDIO_FILE,
	NW_STDIO_INET,
};

#define NW_EXE_MAX    1024 /* bytes of path kept, without NUL */
#define NW_ARGS_MAX   2048 /* bytes of arguments kept, NUL between them */
#define NW_CGROUP_MAX 128  /* kernfs name of the leaf cgroup; a container id with prefix is < 100 */

struct nw_ev_proc {
	struct nw_event ev;
	struct nw_proc_id self;
	struct nw_proc_id parent; /* task_struct::real_parent */
	__u64 cgroup_id;	  /* v2 kernfs id = inode of the cgroup directory */
	__u64 exe_ino;		  /* inode::i_ino */
	__u64 stdio_ino[3]; /* of pipes, PTYs and sockets, of INET its cookie; 0 = none of these */
	__u32 stdio_dev[3]; /* super_block::s_dev of it */
	__u32 exe_dev;	    /* super_block::s_dev, kernel encoding (major << 20 | minor) */
	__u32 uid;	    /* init user namespace, real */
	__u32 gid;
	__u32 netns;	 /* inode of the network namespace */
	__u32 flags;	 /* NW_PROC_* */
	__u32 exit_code; /* EXIT: as for wait(2) */
	char comm[16];	 /* task_struct::comm, NUL padded */
	__u16 exe_len;	 /* the tail: exe_len + args_len + cgroup_len bytes, in this order */
	__u16 args_len;
	__u16 cgroup_len;
	__u16 pad;
	__u32 session; /* pid of the session's leader, init pid namespace; 0 = not known */
	char tail[];
};
static_assert(sizeof(struct nw_ev_proc) == 152, "ABI");

/* ---- sockets ------------------------------------------------------------------------------ */

enum nw_sock_what {
	NW_SOCK_OPEN,  /* first seen; TCP: only where the last word cannot carry the owner (5.10) */
	NW_SOCK_BIN,   /* the ledger's periodic measure: something changed since t0_ns */
	NW_SOCK_CLOSE, /* the last word: of one TCP flow, or (slot = NW_SLOT_ALL) of a socket */
	NW_SOCK_LISTEN, /* a TCP socket began to listen, or a datagram socket was bound to a port */
	NW_SOCK_ROLE,	/* sender did what state says (NW_ROLE_*); no ends, no counters */
	_NW_SOCK_WHAT_MAX,
};

#define NW_SOCK_CONNECTED (1U << 0) /* this end began: connect() or TCP SYN sent */
#define NW_SOCK_ACCEPTED  (1U << 1) /* cloned from a listener */
#define NW_SOCK_PRESTART  (1U << 2) /* open before nvrwatch: totals hold bytes from before */
#define NW_SOCK_LISTENER  (1U << 3)
#define NW_SOCK_TX_FIRST \
	(1U << 4) /* datagrams: the first one to or from this peer was sent by us */
#define NW_SOCK_FOUND	   (1U << 5) /* read from the host at the start */
#define NW_SOCK_GUESSED	   (1U << 6) /* owner is not sure: several processes hold the socket */
#define NW_SOCK_NO_OWNER   (1U << 7) /* made by the kernel, or by nobody that could be named */
#define NW_SOCK_TX_CHANGED (1U << 8)
#define NW_SOCK_LOOPBACK   (1U << 9)  /* both ends are in this host's loopback device */
#define NW_SOCK_OWNER_READ (1U << 10) /* the owner was seen reading */
#define NW_SOCK_NO_SYN	   (1U << 11) /* connected without a handshake, by TCP_REPAIR */
#define NW_SOCK_TIMESTAMPS (1U << 12) /* TCP: its headers have the option, 12 bytes more */
/* TCP: who counted did not know which side began; of tx_bytes a SYN was taken off all the same */
#define NW_SOCK_NO_SIDE	  (1U << 13)
#define NW_SOCK_SYN_TAKEN (1U << 14)

/* What a process did with a socket: nw_ev_sock::state of NW_SOCK_ROLE, and bits in state */
#define NW_ROLE_CREATED	  (1U << 0)
#define NW_ROLE_CONNECTED (1U << 1)
#define NW_ROLE_ACCEPTED  (1U << 2)
#define NW_ROLE_SENT	  (1U << 3)
#define NW_ROLE_RECEIVED  (1U << 4)
#define NW_ROLE_HOLDS	  (1U << 5) /* had it among its open files */
#define NW_ROLE_ALL	  ((1U << 6) - 1)
#define NW_SOCK_FORWARDED (1U << 16) /* no socket of this host: laddr began, raddr answered */
#define NW_SOCK_UNCOUNTED (1U << 17) /* what it sends passes no hook: AF_XDP, PACKET_QDISC_BYPASS */

/* nw_ev_sock::family is 4 or 6 of an Internet socket, else AF_* with this bit; such a socket has no
 * addresses and no ports, and proto is what it asked for (AF_PACKET: ETH_P_*, host byte order). */
#define NW_FAMILY_OTHER 0x80U

/* nw_ev_sock::cookie where the kernel has none: of other families the socket's inode, of what is
 * forwarded the time at which it began; slot tells two of one time apart. */
#define NW_COOKIE_INODE	  (1ULL << 63)
#define NW_COOKIE_FORWARD (1ULL << 62)

/* nw_ev_sock::slot of a record about the socket as a whole */
#define NW_SLOT_NONE  0U	  /* TCP: the flow is the socket */
#define NW_SLOT_OTHER 0xfffffffeU /* datagrams of peers that found no slot, added up */
#define NW_SLOT_ALL   0xffffffffU /* every flow of this socket */

struct nw_ev_sock {
	struct nw_event ev;
	__u64 cookie;		  /* bpf_get_socket_cookie; 0 = never asked for */
	struct nw_proc_id owner;  /* created, connected or accepted it */
	struct nw_proc_id sender; /* last process seen sending; zero = the owner, or not known */
	__u64 birth_ns; /* socket (TCP) or first datagram of this peer; 0 = before start */
	__u64 t0_ns;	/* previous measure; 0 = none */
	__u8 laddr[16];
	__u8 raddr[16];
	__u64 t0_tx_bytes; /* totals at t0_ns: who has no earlier record counts from here */
	__u64 t0_rx_bytes;
	__u64 tx_bytes; /* TCP: first transmissions, exact; else payload handed to IP */
	__u64 rx_bytes; /* TCP: accepted in order; else payload that reached the socket */
	__u64 tx_packets;
	__u64 rx_packets;
	__u64 unacked; /* TCP: of tx_bytes, not acknowledged yet */
	__u64 unsent;  /* TCP: written by the program, not yet sent once */
	__u32 drops;   /* sock::sk_drops, whole socket; 0 for TCP */
	__u32 slot;    /* which peer of a datagram socket; tells two lives of one slot apart */
	__u32 uid;
	__u32 netns;   /* inode of the network namespace; 0 = not known */
	__u32 ifindex; /* of the first packet sent, in netns */
	__u32 flags;   /* NW_SOCK_* */
	__be16 lport_be;
	__be16 rport_be;
	__u16 proto; /* IPPROTO_* */
	__u8 family; /* 4 or 6: what the socket is; a v4-mapped peer of an AF_INET6 socket is 6 */
	/* TCP: state before this event, include/net/tcp_states.h; other families: SOCK_*; or NW_ROLE_* */
	__u8 state;
};
static_assert(sizeof(struct nw_ev_sock) == 200, "ABI");

/* ---- heads: the only payload that leaves the kernel ---------------------------------------- */

enum nw_head_what {
	NW_HEAD_TX, /* bytes that this host sent */
	NW_HEAD_RX,
	_NW_HEAD_WHAT_MAX,
};

#define NW_HEAD_CUT (1U << 0) /* the datagram, or the stream's head, is longer than data */
#define NW_HEAD_END (1U << 1) /* no more pieces will come of this direction */

struct nw_ev_head {
	struct nw_event ev;
	__u64 cookie;
	struct nw_proc_id owner;
	__u8 laddr[16];
	__u8 raddr[16];
	__u32 slot;	/* as in nw_ev_sock */
	__u32 offset;	/* TCP: position of data[0] in the stream */
	__u32 wire_len; /* datagram's payload length as it was sent */
	__u32 flags;	/* NW_HEAD_* */
	__u32 netns;
	__be16 lport_be;
	__be16 rport_be;
	__u16 proto;
	__u16 len; /* bytes in data */
	__u32 uid;
	__u8 data[];
};
static_assert(sizeof(struct nw_ev_head) == 104, "ABI");

/* ---- open files that join processes: one scan of all file tables ---------------------------- */

enum nw_fd_what {
	NW_FD_SOCKET, /* every family but netlink */
	NW_FD_PIPE,   /* FIFOs too */
	NW_FD_PTY,
	NW_FD_MEMORY, /* a memfd or file of a tmpfs that somebody has mapped shared and writable; of
		       * lib_scan: what a process may have mapped so, inode 0 behind its last */
	NW_FD_END, /* no file: the scan is over. With lost = 0, what it did not tell is not open */
	NW_FD_MOUNT, /* FUSE: /dev/fuse of who serves a file system, a file of it open for writing */
	NW_FD_CONNECT, /* of unix_connect: self connects to what listens at peer_inode; no file */
	_NW_FD_WHAT_MAX,
};

#define NW_FD_READ	(1U << 0) /* file::f_mode */
#define NW_FD_WRITE	(1U << 1)
#define NW_FD_LISTENING (1U << 2)
#define NW_FD_NAMED	(1U << 3) /* AF_UNIX: bound to a name, or accepted by a socket that is */
#define NW_FD_MASTER	(1U << 4) /* PTY: the terminal's end; MOUNT: who serves it */

struct nw_ev_fd {
	struct nw_event ev;
	__u64 scan_ns; /* when the scan began; the same in all of its events and in no other's; of
			* lib_scan: when the process was looked at; of unix_connect: ev.ts_ns */
	struct nw_proc_id self; /* holds the file */
	__u64 cookie;		/* socket: sock_common::skc_cookie; 0 = nobody asked for it yet */
	__u64 inode;		/* of the object; both ends of a PTY have the one of its slave; of a
				 * System V segment bit 63, i_generation (31 bits), its id */
	__u64 peer_inode; /* AF_UNIX: inode of the socket at the other end; 0 = none, not accepted; of
			   * one that listens, and of CONNECT, a hash of its name and netns */
	__u32 dev;	  /* super_block::s_dev of inode, kernel encoding */
	__u32 fd;	  /* ~0 = none: it is mapped */
	__u32 netns;	  /* socket: inode of its network namespace */
	__u32 ifindex;	  /* AF_PACKET: bound to this interface; 0 = all */
	__u32 files;	  /* END: open files that were looked at */
	__u32 lost;	  /* END: files that found no room in the ring buffer */
	__u16 family;	  /* socket: AF_* */
	__u16 type;	  /* SOCK_* */
	__u16 proto;	  /* sock::sk_protocol; AF_PACKET: ETH_P_*, host byte order */
	__u16 flags;	  /* NW_FD_* */
};
static_assert(sizeof(struct nw_ev_fd) == 96, "ABI");

/* ---- recordings: who uses the files below the recording roots -------------------------------- */

enum nw_file_what {
	NW_FILE_USED,	  /* it was opened or closed, flags say which: from a notification */
	NW_FILE_POSITION, /* it is open, and the next read() begins at position: from a look at it */
	NW_FILE_READ,	  /* position bytes of it were read so far, by whatever call: counted */
	NW_FILE_MAPPED, /* position bytes of it were mapped so far, and may be read without a call */
	_NW_FILE_WHAT_MAX,
};

#define NW_FILE_OPENED	     (1U << 0)
#define NW_FILE_CLOSED_READ  (1U << 1) /* an open file that could not be written was closed */
#define NW_FILE_CLOSED_WRITE (1U << 2) /* an open file that could be written was closed */
#define NW_FILE_CAN_READ     (1U << 3) /* POSITION: file::f_mode */
#define NW_FILE_CAN_WRITE    (1U << 4)
#define NW_FILE_PARTS	     (1U << 5) /* the path comes as components, last first, each ended by NUL */
#define NW_FILE_CUT	     (1U << 6) /* the path is longer than its room: only its last part */
#define NW_FILE_REMOVED	     (1U << 7) /* it has no name any more */

#define NW_FILE_PATH_MAX  256 /* bytes of path kept */
#define NW_FILE_ROOTS_MAX 16

/* Several of one process and file that came close together are one, and flags are of them all. */
struct nw_ev_file {
	struct nw_event ev;
	struct nw_proc_id self; /* start_ns 0: not known, the one that has the tgid now */
	__u64 inode;		/* inode::i_ino */
	__u64 size;		/* when it was looked at */
	__u64 position; /* POSITION: file::f_pos; pread(), mmap() and the like do not move it */
	__u64 mtime_ns; /* USED: of the file, CLOCK_REALTIME; READ, MAPPED: when the count began; 0 = not known */
	__u32 dev;	/* stat::st_dev, kernel encoding (major << 20 | minor) */
	__u32 flags;	/* NW_FILE_* */
	__u16 root;	/* below which root: number of the fact "files.<root>" */
	__u16 path_len; /* the tail: path below the root, without a first slash; READ: told once */
	__u32 pad;
	char tail[];
};
static_assert(sizeof(struct nw_ev_file) == 80, "ABI");

/* A folder above recordings, for the kernel side, which user space says before the first scan. */
struct nw_root {
	__u64 inode;
	__u32 dev; /* as in nw_ev_file */
	__u32 sdev; /* super_block::s_dev: on btrfs another, since each subvolume has a dev of its own */
};
static_assert(sizeof(struct nw_root) == 16, "ABI");

/* ---- changes of what this host starts by itself ---------------------------------------------- */

enum nw_change_what {
	NW_CHANGE_FILE, /* below a place that is watched; flags say what was done: from a notification */
	_NW_CHANGE_WHAT_MAX,
};

#define NW_CHANGE_MADE	     (1U << 0) /* a name for it: also link() and symlink() */
#define NW_CHANGE_WRITTEN    (1U << 1) /* also truncate() */
#define NW_CHANGE_CLOSED     (1U << 2) /* an open file that could be written was closed */
#define NW_CHANGE_MOVED_HERE (1U << 3)
#define NW_CHANGE_MOVED_AWAY (1U << 4)
#define NW_CHANGE_DELETED    (1U << 5)
#define NW_CHANGE_ATTRIBUTES (1U << 6) /* mode, owner, times */
#define NW_CHANGE_THERE	     (1U << 7) /* it was in a folder that came to be: made with it, or before */
#define NW_CHANGE_UNSEEN     (1U << 8) /* a folder whose content can't be watched */
#define NW_CHANGE_CUT	     (1U << 9) /* the path is longer than its room: only its last part */

#define NW_CHANGE_KIND_MAX	32 /* bytes, as those below: "systemd-unit" */
#define NW_CHANGE_TECHNIQUE_MAX 15 /* of ATT&CK, "T1543.002" */
#define NW_CHANGE_PATH_MAX	512

/* Several of one process and name that came close together are one, and flags are of them all. */
struct nw_ev_change {
	struct nw_event ev;
	struct nw_proc_id self; /* start_ns 0: not known, the one that has the tgid now */
	__u32 flags;		/* NW_CHANGE_* */
	__u16 path_len;		/* the tail: path, kind, technique, in this order */
	__u8 kind_len;
	__u8 technique_len;
	char tail[];
};
static_assert(sizeof(struct nw_ev_change) == 40, "ABI");

/* ---- makers' libraries that processes have mapped --------------------------------------------- */

#define NW_LIBRARY_NAME 48 /* bytes of a library's file name up to its version, with NUL */
#define NW_LIBRARY_TEXT 80

/* Told again whenever a process is looked at anew. */
struct nw_ev_library {
	struct nw_event ev; /* ts_ns: before its mappings were looked at */
	struct nw_proc_id self;
	char text[NW_LIBRARY_TEXT]; /* "<maker>\t<library>" as the catalogue has it, NUL padded */
};
static_assert(sizeof(struct nw_ev_library) == 112, "ABI");

/* For the kernel side, which user space says before the first look: NUL padded. */
struct nw_library_name {
	char name[NW_LIBRARY_NAME]; /* up to its version: "libx.so" */
};
struct nw_library {
	char text[NW_LIBRARY_TEXT];
	__u64 look; /* the kernel side's own */
};
static_assert(sizeof(struct nw_library) == 88, "ABI");

/* ---- whose frames a bridge of this host passes on ---------------------------------------------- */

/* No router touched it: mac is of the device that has addr. Recordings have the fact made of it. */
struct nw_ev_device {
	struct nw_event ev;
	__u8 addr[16];
	__u8 mac[6];
	__u16 pad;
	__u32 netns;
	__u32 ifindex; /* of the bridge's port that the frame came in by, in netns */
};
static_assert(sizeof(struct nw_ev_device) == 48, "ABI");

/* ---- made by user space -------------------------------------------------------------------- */

/* Time passes. The pipeline has no other clock than the events' own. */
struct nw_ev_tick {
	struct nw_event ev;
	__u64 wall_ns; /* CLOCK_REALTIME at ev.ts_ns */
	__u64 period_ns;
	__u64 mono_ns; /* CLOCK_MONOTONIC at ev.ts_ns: it stands still while the host is suspended */
};
static_assert(sizeof(struct nw_ev_tick) == 40, "ABI");

/* What was lost so far, by cause. The kernel side adds, user space only reads (mmapped). */
enum nw_loss {
	NW_LOSS_RING_FULL, /* an event found no room in the ring buffer */
	NW_LOSS_STORAGE,   /* the kernel refused socket storage: this socket is not in the ledger */
	NW_LOSS_PEER_SLOTS, /* datagrams of peers that found no slot; bytes are in NW_SLOT_OTHER */
	NW_LOSS_HEAD,	    /* a head could not be copied */
	NW_LOSS_OWNER,	    /* a socket with traffic whose process is not known */
	NW_LOSS_UNMEASURED, /* an ending connection whose counters could not be read */
	NW_LOSS_LINK, /* a frame, forwarded packet or packet socket that found no room in its table */
	_NW_LOSS_KERNEL_MAX,
	NW_LOSS_REJECTED = _NW_LOSS_KERNEL_MAX, /* malformed events */
	NW_LOSS_PROC_EVICTED,			/* process table full */
	NW_LOSS_FLOW_EVICTED, /* flow table full; the flow's record was written before */
	NW_LOSS_LISTENER_EVICTED,
	NW_LOSS_COVERT_EVICTED, /* table of packet sockets and their like full */
	NW_LOSS_NAME_EVICTED,
	NW_LOSS_HOLD_EVICTED, /* who holds a pipe, Unix socket or memory: chains may lack a link */
	NW_LOSS_HEAD_EVICTED, /* a head was still being put together */
	NW_LOSS_DECODE,	      /* a message that its decoder could not read */
	NW_LOSS_SINK,	      /* a record that a sink could not write */
	NW_LOSS_RECORD,	      /* an event that the recording could not keep */
	NW_LOSS_HOST,	      /* a process or socket of the start that could not be read */
	NW_LOSS_FILE, /* the queue of what was done with files was full, or one could not be looked at */
	NW_LOSS_FILE_EVICTED,	/* table of who uses recordings full */
	NW_LOSS_CAMERA_EVICTED, /* table of cameras full */
	NW_LOSS_STATE, /* a row of what is known that state.db could not keep, or could not give back */
	NW_LOSS_CHANGE, /* the queue of changes was full, or a folder could not be watched any more */
	NW_LOSS_READ, /* reads of a recording that found no room in the kernel's table, or whose are not known */
	NW_LOSS_SKIPPED, /* a run of a program of ours that the kernel left out, see user/skipped.h */
	_NW_LOSS_MAX,
};

struct nw_ev_loss {
	struct nw_event ev;
	__u64 total[_NW_LOSS_MAX]; /* events or objects since the start */
};

/* A fact about the host, the configuration or the build: read once, replayed like any event. */
struct nw_ev_fact {
	struct nw_event ev;
	__u16 key_len; /* tail: key, then value */
	__u16 value_len;
	__u32 pad;
	char tail[];
};
static_assert(sizeof(struct nw_ev_fact) == 24, "ABI");

#define NW_FACT_KEY_MAX	  128
#define NW_FACT_VALUE_MAX 4096
#define NW_EVENT_MAX	  8192 /* no event is larger; a reader may refuse what is */

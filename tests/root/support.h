/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What root tests stand on: cgroups of their own, truth programs in them, runs of nvrwatch that
 * observe one of them, and questions to the JSON that those print. What cannot be done fails the
 * test with a sentence. Everything is gone when the test's process is, whatever ended it.
 */
#pragma once

#include <json-c/json.h>
#include <sys/types.h>

#include "harness.h"
#include "util/macro.h"

/* ---- time: deadline.c ---- */

/* Until when a condition may take, CLOCK_MONOTONIC ns. Software emulation is 10-45 times slower
 * than hardware: the allowance is multiplied there, or by NW_SLOW=N from the environment. */
uint64_t nw_deadline(void);
uint64_t nw_deadline_now(void);
bool nw_deadline_is_over(uint64_t deadline);
int nw_deadline_left_ms(uint64_t deadline); /* for poll(2) */
unsigned nw_deadline_slowness(void);	    /* by that much: 1 on hardware */
/* Reaps a child that ends before its deadline; 0 or -errno. */
NW_MUST_CHECK int nw_deadline_child(pid_t pid, int *ret_status);

/* ---- whose kernel it is: emulated.c ---- */

bool nw_is_emulated(void);
/* A setting below /proc/sys for a test's purpose; a machine's own kernel is left as it is, and one that has not
 * got it: false then. */
bool nw_emulated_set(const char *path, const char *value);

/* ---- where processes live: place.c ---- */

enum nw_place {
	NW_PLACE_SEEN, /* nvrwatch observes this one */
	NW_PLACE_FAR,  /* the other end of what is observed */
	NW_PLACE_TOOL, /* nvrwatch itself */
	_NW_PLACE_MAX,
};

/* Directory of the place's cgroup; made on first use. */
const char *nw_place_dir(enum nw_place place);
/* A cgroup below the place, with this name; gone with the place. */
void nw_place_add(enum nw_place place, const char *name);
/* An IPv4 loopback address of this test program's own; n: 0-15. Ports on it are free. */
const char *nw_place_address(unsigned n);
/* A folder for files, gone with the test program; only it and its children see what is in it. */
const char *nw_place_files(void);
/* A tmpfs of this size ("64k") at dir, seen and gone likewise. */
void nw_place_mount(const char *dir, const char *size);
/* The same, but an ext4 of so many MiB, in memory. */
void nw_place_mount_disk(const char *dir, unsigned mib);
/* The same in an open file, all of it. */
void nw_place_mount_image(const char *dir, int image);
/* For a child between fork and exec: move there. 0 or -errno. */
int nw_place_enter(enum nw_place place, const char *below);

/* ---- text from a pipe: lines.c ---- */

struct nw_lines {
	int fd;
	char *text; /* all that was read; NUL behind it */
	size_t len;
	size_t at; /* where the next line begins */
	bool is_eof;
};

/* Read what is there. */
void nw_lines_fill(struct nw_lines *l);
/* Next whole line without its end, or NULL. Valid until the next fill. */
const char *nw_lines_next(struct nw_lines *l);
void nw_lines_free(struct nw_lines *l);
/* A whole file; free the text. */
struct nw_lines nw_lines_of_file(const char *path);
/* Every byte that a recording holds, unpacked: unpack.c */
struct nw_lines nw_lines_of_recording(const char *path);
bool nw_lines_has(const struct nw_lines *l, const char *word);

/* What stands behind "KEY:" in /proc/PID/status, with one space between words; false: nothing, or the
 * process is gone. */
bool nw_status_of(pid_t pid, const char *key, char *ret, size_t size);
/* A process of this name that the other started; 0 = there is none. */
pid_t nw_child_of(pid_t parent, const char *name);
void nw_status_check(pid_t pid, const char *key,
		     const char *value); /* fails the test if it is another */

/* ---- truth programs: actor.c ---- */

#define NW_ACTOR_TRUTHS 64

struct nw_actor {
	pid_t pid; /* 0 = not used */
	int in;
	struct nw_lines out;
	struct json_object *truth[NW_ACTOR_TRUTHS];
	int truths;
	int status;
	bool is_reaped;
	bool is_lasting; /* outlives the test that started it */
	char what[160];
};

/* "tcp connect ::1 4711 send 5": a program of tests/truth/ and its arguments, split at spaces. */
struct nw_actor *nw_actor_start(enum nw_place place, const char *fmt, ...) NW_PRINTF(2, 3);
/* The same in a cgroup below the place. */
struct nw_actor *nw_actor_start_below(enum nw_place place, const char *below, const char *fmt, ...)
	NW_PRINTF(3, 4);
/* The next line it prints; the actor owns it. */
struct json_object *nw_actor_truth(struct nw_actor *a);
/* The port in the next line it prints, or the first of several. */
unsigned nw_actor_port(struct nw_actor *a);
unsigned nw_actor_port_at(struct json_object *truth, size_t i);
/* All of them, as a word of a script: "1,2,3". */
void nw_actor_ports(struct json_object *truth, char *ret, size_t size);
void nw_actor_say(struct nw_actor *a, const char *line);
/* Waits for its end: its status, as for wait(2). */
int nw_actor_end(struct nw_actor *a);
/* Waits for its end, which must be exit(0). */
void nw_actor_done(struct nw_actor *a);
/* Ends all that are not lasting. */
void nw_actor_end_all(void);

/* ---- JSON: record.c ---- */

/* Member by dotted path, nested or flat; NULL if it is not there. */
struct json_object *nw_rec_get(struct json_object *rec, const char *path);
uint64_t nw_rec_u64(struct json_object *rec, const char *path);	   /* fails the test if absent */
const char *nw_rec_str(struct json_object *rec, const char *path); /* NULL if absent */
/* As getsid(2) tells it: 0 where nothing up to the first process has asked for a session. */
uint64_t nw_rec_session(struct json_object *rec);
/* "event.action=end process.pid=5": does every member have this value, as text? "member=" asks that
 * it is absent. */
bool nw_rec_matches(struct json_object *rec, const char *query);
void nw_rec_check(struct json_object *rec, const char *query); /* fails the test if not */
/* Bytes of a text in hex, as truth programs print; NUL-terminated. */
void nw_rec_unhex(const char *hex, char *ret, size_t size);

/* ---- events of a recording: events.c ---- */

/* Between two moments, each of which is the end of a process. */
struct nw_events {
	unsigned proc;	    /* fork, exec, exit */
	unsigned exec;	    /* of these */
	unsigned sock, bin; /* bin: of these, measures */
	unsigned close;	    /* last words */
	unsigned others;    /* of sock: see nw_events_of() */
	unsigned tx, rx;    /* heads */
	unsigned fd, fd_lost;
	unsigned connect; /* of fd: connections to names of Unix sockets */
};

/* ret has n + 1 places: events up to the end of until[0], of until[1] ..., and the rest. port: what is of a
 * TCP socket of no process, or ends on another port, is others; 0: nothing is. */
void nw_events_of(const char *path, const pid_t *until, size_t n, unsigned port,
		  struct nw_events *ret);

/* ---- roles in a flow's record: role.c ---- */

bool nw_rec_has_role(struct json_object *rec, uint64_t pid, const char *role, bool is_assumed);
void nw_rec_check_role(struct json_object *rec, uint64_t pid, const char *role, bool is_assumed);
/* Does this kernel let the shared run have this hook, or is it off or another in its place? */
bool nw_session_has_hook(const char *hook);

/* ---- nvrwatch: tool.c ---- */

struct nw_tool {
	pid_t pid; /* 0 = not used */
	struct nw_lines out, err;
	struct json_object **recs;
	size_t recs_len, recs_room;
	size_t *ends;  /* of each record: where it ended in what was printed */
	size_t *since; /* by pid: what was printed before is of an earlier process; NULL: of none */
	size_t before; /* records that were there when the test began: a port may be used again */
	int status;
	bool is_reaped;
	bool is_lasting;
};

struct nw_tool_options {
	uid_t uid;	      /* 0 = stay root */
	int out_fd;	      /* where it prints, closed by nw_tool_start; 0 = a pipe read here */
	int (*prepare)(void); /* in the child, before exec; not 0 ends it with status 126 */
};

/* nvrwatch with these arguments, split at spaces. opt may be NULL. */
struct nw_tool *nw_tool_start(const struct nw_tool_options *opt, const char *fmt, ...)
	NW_PRINTF(2, 3);
/* `nvrwatch trace -o json` of the observed place, and these arguments too, once it is attached. */
struct nw_tool *nw_tool_trace(const char *more);
/* A configuration in a file; ret is where. */
#define NW_TOOL_CONFIG 128
void nw_tool_config(const char *yaml, char ret[NW_TOOL_CONFIG]);
/* nw_tool_trace() with a configuration of its own. */
struct nw_tool *nw_tool_trace_with(const char *yaml, const char *more);
/* The same as nw_tool_trace(), with an oui.tsv and a catalogue in place of what is installed: own.c */
struct nw_tool *nw_tool_trace_own(const char *oui, const char *catalogue, const char *more);
/* A process begins, and so far nothing was told of it: a run that lasts sees numbers used again. */
void nw_tool_begins(pid_t pid);
/* The place in recs from which on pid is the process that has this number now. */
size_t nw_tool_since(const struct nw_tool *t, pid_t pid);
/* Reads what it printed so far. */
void nw_tool_read(struct nw_tool *t, int timeout_ms);
/* The first record that matches (see nw_rec_matches), waited for. */
struct json_object *nw_tool_await(struct nw_tool *t, const char *fmt, ...) NW_PRINTF(2, 3);
/* Waits until a loss of this cause is told. */
void nw_tool_await_loss(struct nw_tool *t, const char *cause);
/* The same of more than so many; how many then. */
uint64_t nw_tool_await_more_loss(struct nw_tool *t, const char *cause, uint64_t before);
/* As told so far. */
uint64_t nw_tool_lost_so_far(struct nw_tool *t, const char *cause);
/* How many of those printed so far match. */
unsigned nw_tool_count(struct nw_tool *t, const char *fmt, ...) NW_PRINTF(2, 3);
/* Of those that match, the sum of what; each must have it. */
uint64_t nw_tool_sum(struct nw_tool *t, const char *what, const char *fmt, ...) NW_PRINTF(3, 4);
/* Waits until this is in what it printed, or in its messages. */
void nw_tool_await_text(struct nw_tool *t, const char *word);
/* Waits until it has told all that happened before this call; the process that showed it. */
pid_t nw_tool_settle(struct nw_tool *t);
size_t nw_tool_waiting(const struct nw_tool *t); /* bytes that it has printed and nobody has read */
/* Waits until it ended, reads the rest; its status as for wait(2). */
int nw_tool_end(struct nw_tool *t);
int nw_tool_stop(struct nw_tool *t, int sig);
/* It reads nothing more, until it is resumed. */
void nw_tool_pause(struct nw_tool *t);
void nw_tool_resume(struct nw_tool *t);
/* The same as nw_tool_stop() with SIGINT and status 0: what it said last, where nw_tool_lost()
 * finds its losses. */
struct json_object *nw_tool_stopped(struct nw_tool *t);
uint64_t nw_tool_lost(struct json_object *said, const char *cause);
void nw_tool_free(struct nw_tool *t);
void nw_tool_free_all(void); /* but lasting ones */
/* Path of the program under test. */
const char *nw_tool_path(void);
/* Fails the test with what the tool said last. */
void nw_tool_fail(struct nw_tool *t, const char *fmt, ...) NW_PRINTF(2, 3)
	__attribute__((noreturn));

/* A run that lasts to the end of the test program and has no --cgroup: whole.c */
struct nw_tool *nw_tool_whole(void);
/* To prepare a run: the hierarchy begins with NW_PLACE_TOOL, which is the whole host to it. */
int nw_tool_root(void);

/* ---- system calls of a process: syscalls.c ---- */

struct nw_syscalls {
	unsigned all;
	unsigned of[1024]; /* by number */
	unsigned opens;
	char opened[64][128]; /* paths that were opened, each once */
	unsigned opened_len;
};

/* Watches every system call of pid's threads, until(ctx) says it is enough or the deadline. */
void nw_syscalls_watch(pid_t pid, bool (*until)(void *ctx, const struct nw_syscalls *seen),
		       void *ctx, struct nw_syscalls *ret);

/* ---- flows: flow.c ---- */

struct nw_flow_key {
	pid_t pid;	       /* owner, 0 = any */
	const char *transport; /* "tcp" ... */
	const char *raddr;     /* NULL = any */
	unsigned lport, rport; /* 0 = any */
};

struct nw_flow_sum {
	uint64_t sent, received;
	uint64_t sent_packets, received_packets;
	unsigned records, starts, updates, ends;
	bool is_outbound; /* this end is the source */
	struct json_object *first, *last;
};

/* It sent what the far end's kernel received, and received what that sent; far: the end's truth. */
void nw_flow_check(const struct nw_flow_sum *sum, struct json_object *far);
/* Added up over the records of the flow so far. */
struct nw_flow_sum nw_flow_sum(struct nw_tool *t, const struct nw_flow_key *key);
/* The same once it ended. Fails unless records of one flow came in order, start first, end last. */
struct nw_flow_sum nw_flow_ended(struct nw_tool *t, const struct nw_flow_key *key);
/* The same once this much was told, whether or not it ended. */
struct nw_flow_sum nw_flow_reached(struct nw_tool *t, const struct nw_flow_key *key, uint64_t sent,
				   uint64_t received);

/* ---- two truth programs on a link of their own: link.c ---- */

struct nw_end {
	enum nw_place place;
	const char *ns;	    /* the verb that leaves this host's network; NULL = newnet */
	const char *addr;   /* IPv4, the other end's in the same /24 */
	const char *script; /* of the program `tcp`, from when its interface is up */
	struct nw_actor *actor;
	pid_t pid; /* who has the namespace: with "container" another than the actor */
};

/* The number of a process's network namespace, which is not this test's. */
uint32_t nw_netns_away(pid_t pid);
void nw_netns_check(struct json_object *rec, uint32_t netns); /* the record's socket is there */

/* From place to script as given; the rest is set. Both interfaces, v1 at a and v0 at b, are up. */
void nw_ends_start(struct nw_end *a, struct nw_end *b);

#define NW_TALK_FAR "203.0.113.70"

/* A TCP connection over such a link, from the observed place to NW_TALK_FAR, which is at v0. */
struct nw_talk {
	struct nw_actor *seen;
	struct nw_flow_key key;
};

/* Both are there and wait; far_first: verbs of the far end, or "". */
struct nw_talk nw_talk_start(const char *far_first);
/* Connects and sends something, until that is told. */
void nw_talk_open(struct nw_talk *k, struct nw_tool *t);
/* Closes, until that is told. */
struct nw_flow_sum nw_talk_end(struct nw_talk *k, struct nw_tool *t);

/* ---- one run for many tests: session.c ---- */

/* In network namespaces of their own: a listener with a connection that it took, and a UDP socket. */
struct nw_away {
	struct nw_actor *server, *server_peer, *udp; /* the peer is not observed */
	pid_t server_pid, udp_pid;		     /* as this host knows them */
	unsigned server_port, udp_port;
};

/* Two TCP connections, a TCP and a UDP listener, and more elsewhere, all open before nvrwatch started. */
struct nw_session {
	struct nw_tool *tool;
	struct nw_actor *client, *client_peer; /* client is observed */
	struct nw_actor *server, *server_peer; /* server is observed */
	struct nw_actor *listener, *udp;       /* observed */
	struct nw_actor *tunnel;       /* observed, in a namespace with 10.98.0.1/24 on tun0 */
	struct nw_actor *stub, *asker; /* observed; the asker asks the stub for NW_SESSION_NAME */
	struct nw_away newnet, container; /* named after the verbs that leave this host's network */
	unsigned client_port, server_port, listener_port, udp_port; /* listening ports */
};

#define NW_SESSION_BEFORE 10007 /* bytes each connection carried each way before the start */

/* Runs from the first call to the end of the test program. */
struct nw_session *nw_session(void);

/* Waits until the ledger came by all sockets this often, at most 4 times. */
void nw_session_looks(unsigned times);

/* Addresses (nw_place_address) of what the recorded things talk to. */
#define NW_SESSION_RESOLVER 14
#define NW_SESSION_SERVER   15
#define NW_SESSION_STUB	    13
#define NW_SESSION_UPSTREAM 12 /* whom the stub asks */

/* Told to, the asker asks for this and sends as many bytes there. */
#define NW_SESSION_NAME	  "old.nvrwatch.test"
#define NW_SESSION_CAMERA 11
#define NW_SESSION_PORT	  4711
#define NW_SESSION_SENT	  777

/* A word that is nobody's, in the forms in which it is sent and handed over as a secret. */
#define NW_SESSION_WORD 33
struct nw_planted {
	char word[NW_SESSION_WORD];
	char as_user[128];  /* base64 of admin:word; set once it was planted */
	char as_plain[128]; /* base64 of \0admin\0word */
};
const struct nw_planted *nw_session_planted(void);

/* Things of every kind: processes, TCP, UDP, DNS, hostile names, planted secrets. Waits until t,
 * which prints JSON, has told them; NULL: does not wait. */
void nw_session_do_something(struct nw_tool *t);
/* A recording of that, made once, and the run that printed it live as JSON, with -vv. */
const char *nw_session_recording(const struct nw_tool **ret_live);

int nw_root_teardown(void **state);
#define NW_ROOT_TEST(f) cmocka_unit_test_teardown(f, nw_root_teardown)

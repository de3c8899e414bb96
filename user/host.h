/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read from the host once, before privileges are dropped: facts, running processes, open
 * sockets. Everything becomes an event, so that a recording holds it. What could not be read is
 * counted (NW_LOSS_HOST).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "enrich/enrich.h"
#include "exe_look.h"
#include "files.h"
#include "link.h"
#include "load.h"
#include "netstat.h"
#include "pipeline.h"

#define NW_HOST_CLOCK 48

struct nw_host {
	struct nw_loader *loader;
	const struct nw_config *config;
	void (*feed)(void *ctx, const void *data, size_t len);
	void *ctx;
	const struct nw_state *state;
	struct nw_enrich *enrich;      /* the caller's; NULL: nobody knows more */
	struct nw_links *links;	       /* made by nw_host_facts(); nw_links_free() */
	unsigned rows;		       /* of the catalogue, told */
	struct nw_files *files;	       /* made by nw_host_files(); nw_files_free() */
	struct nw_spots *spots;	       /* made by nw_host_changes(); nw_spots_free() */
	struct nw_changes *changes;    /* so are these; nw_changes_free() */
	struct nw_exe_looker exes;     /* started by nw_host_exes_start(); nw_exe_looker_end() */
	struct nw_netstat netstat;     /* opened by nw_host_facts(); nw_netstat_close() */
	uint64_t counted_ns;	       /* when the kernel's counters were read; 0 = not yet */
	char counted[NW_NETSTAT_TEXT]; /* not told yet */
	uint64_t clock_ns;	       /* when the clock was asked about; 0 = not yet */
	char clock[NW_HOST_CLOCK];     /* as told last */
	uint64_t lost;
	uint64_t skipped, detached, asked_ns; /* of progs.h, and when that was asked */
};

uint64_t nw_host_boot_ns(void); /* CLOCK_BOOTTIME */
uint64_t nw_host_mono_ns(void); /* CLOCK_MONOTONIC */
uint64_t nw_host_wall_ns(void); /* CLOCK_REALTIME */

void nw_host_fact(struct nw_host *h, const char *key, const char *value);
/* 0, or -errno when to go on would be wrong; that has been logged. */
NW_MUST_CHECK int nw_host_facts(struct nw_host *h);
/* Whom to ask where an address is: answers with a fact, ctx is the struct nw_host. NULL: nobody. */
nw_ask_fn nw_host_asks(const struct nw_host *h);
/* What the kernel side told only to make a fact of it, which is told in its place; false: anything else. */
NW_MUST_CHECK bool nw_host_takes(struct nw_host *h, const void *data, size_t len);
void nw_host_programs(struct nw_host *h); /* shells and interpreters: host_programs.c */
void nw_host_hooks(struct nw_host *h);	  /* once all are attached */
/* Which folders hold recordings, and how what is done with their files is known: those that are
 * declared, else where the catalogue's recorders keep theirs, if they are here. */
void nw_host_files(struct nw_host *h);
/* The same question for who only asks: adds them to f. enrich may be NULL. */
void nw_host_find_roots(struct nw_files *f, const struct nw_config *config,
			const struct nw_enrich *enrich);
/* Is there any such folder? Known before anything is loaded. */
bool nw_host_has_roots(const struct nw_config *config, const struct nw_enrich *enrich);
/* Where this host looks for what it starts, and who watches that: as the fact "changes", and in words
 * for who only asks. */
void nw_host_changes(struct nw_host *h);
#define NW_HOST_CHANGES 160
void nw_host_changes_tier(const struct nw_config *config, const struct nw_enrich *enrich,
			  char ret[NW_HOST_CHANGES]);
/* What tells of a root's files, as nw_files_tier(), with "read" in front where reads are counted. */
#define NW_HOST_TIER (NW_FILES_TIER + 16)
void nw_host_files_tier(const struct nw_loader *l, const struct nw_files_root *r,
			char ret[NW_HOST_TIER]);
/* Who reads the files of programs, before the drop; which are asked for, nw_identify_fn, ctx is the
 * struct nw_host; and what came of it, told. Nothing of it waits, but to tell what comes within ms. */
void nw_host_exes_start(struct nw_host *h);
void nw_host_identify(void *host, const struct nw_proc *p);
void nw_host_tell_exes(struct nw_host *h, int ms);
/* What was lost of what this host was asked, into the totals that are its own. What takes long to ask
 * is asked once a second, or now. */
void nw_host_losses(struct nw_host *h, bool now, struct nw_ev_loss *e);
/* Reads the kernel's counters when it is time, or now: right after the ledger reported, so that the
 * two are of one moment. They are told once its report was taken in. */
void nw_host_count(struct nw_host *h, bool now);
void nw_host_tell_counted(struct nw_host *h);
/* How far the wall clock can be trusted, asked when it is time, or now. */
void nw_host_tell_clock(struct nw_host *h, bool now);
/* Takes notifications of files and changes; false: none wait. Of whoever is in them the ring has told
 * by then, and perhaps not before: it is read between the two. */
bool nw_host_read_notified(struct nw_host *h);
void nw_host_tell_notified(struct nw_host *h);
/* Which libraries the kernel side looks for: those of the catalogue. */
void nw_host_libraries(struct nw_host *h);
/* Processes under the loader's cgroup, the sockets that they hold, their network namespaces. */
NW_MUST_CHECK int nw_host_processes(struct nw_host *h);

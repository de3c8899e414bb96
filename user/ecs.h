/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record as one ECS JSON line with its newline. Fields: docs/events.md, checked against this.
 * struct nw_ecs keeps what is the same in every line until a fact changes; it belongs to one
 * thread, starts as zeros and needs no end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"
#include "output.h"

#define NW_ECS_LINE_MAX 32768
#define NW_ECS_VERSION	"9.4.0"

/* Facts that are called by a number, such as "user.1000": looked up once until facts change. */
#define NW_ECS_NUMBERED 32
struct nw_ecs_numbered {
	struct {
		const char *value; /* NULL: no such fact */
		uint32_t number;
		bool is_known;
	} slot[NW_ECS_NUMBERED];
};

/* What is said of a process in one piece; it may depend on nothing that has no new version. */
enum nw_ecs_part {
	NW_ECS_BEHIND,	/* of who is behind another record: "process", "container" */
	NW_ECS_SUBJECT, /* in "process", where it is the subject */
	NW_ECS_OWN,	/* there: "container", "nvrwatch" without its end */
	NW_ECS_PARENT,	/* in "parent" */
	NW_ECS_BRIEF,	/* "process" of who is named beside others */
	NW_ECS_OTHER,	/* in an object of its own, of who is beside the owner */
	_NW_ECS_PART_MAX
};

/* What lines say of a process again and again: a copy of the last ones, each part by the version in
 * turn. What is longer is not kept. */
#define NW_ECS_KEPT	 8
#define NW_ECS_KEPT_TEXT 1000
struct nw_ecs_kept {
	uint64_t version; /* nw_proc::version, 0 = nothing here */
	uint64_t clock;	  /* nw_state_wall_ns() of boot time 0: the text has times */
	uint16_t len;
	char text[NW_ECS_KEPT_TEXT];
};

struct nw_ecs {
	bool is_made;
	uint64_t generation; /* of the facts that all below was made of */
	uint64_t boot_seed;
	struct nw_json_second second;
	struct nw_ecs_numbered users;
	struct nw_ecs_kept kept[_NW_ECS_PART_MAX][NW_ECS_KEPT];
	uint16_t id_len;
	uint16_t host_len;
	uint16_t observer_len;
	char id[80];	    /* "id":"<session>- */
	char host[16384];   /* ecs, organization, labels, and host without its end */
	char observer[512]; /* without its end */
};

/* Bytes written to buf, or 0 when the line did not fit (the caller counts it). */
size_t nw_ecs_line(struct nw_ecs *ecs, const struct nw_output *out, char *buf, size_t size);

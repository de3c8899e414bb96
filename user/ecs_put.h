/* SPDX-License-Identifier: Apache-2.0 */
/* What the files ecs_*.c share: one line being written, and the parts that several datasets have. */
#pragma once

#include "ecs.h"
#include "json.h"
#include "util/macro.h"

struct nw_ecs_line {
	struct nw_json j;
	struct nw_ecs *ecs;
	const struct nw_output *out;
};

/* Fields that stand as they are, each with its comma: one copy. */
#define NW_ECS_RAW(l, text) nw_json_raw(&(l)->j, text, sizeof(text) - 1)

static inline void nw_ecs_put_time(struct nw_ecs_line *l, const char *key, uint64_t boot_ns)
{
	nw_json_time(&l->j, key, nw_state_wall_ns(l->out->state, boot_ns), &l->ecs->second);
}

/* The fact "<front><number>", or NULL. */
const char *nw_ecs_numbered(struct nw_ecs_line *l, struct nw_ecs_numbered *cache, const char *front,
			    uint32_t number);

/* "event":{ with id, sequence and what `same` says; the caller closes it. */
void nw_ecs_open_event(struct nw_ecs_line *l, uint64_t sequence, const char *same, size_t len);
#define NW_ECS_OPEN_EVENT(l, same) nw_ecs_open_event(l, (l)->out->sequence, same, sizeof(same) - 1)

/* What `put` puts for this part, or a copy of what it put before. */
void nw_ecs_put_kept(struct nw_ecs_line *l, const struct nw_proc *p, enum nw_ecs_part part,
		     void (*put)(struct nw_ecs_line *l, const struct nw_proc *p));

/* "process", "container"; for p NULL nothing. */
void nw_ecs_put_process(struct nw_ecs_line *l, const struct nw_proc *p);
/* The same of a finding's subject, with the hash of what it runs. */
void nw_ecs_put_accused(struct nw_ecs_line *l, const struct nw_proc *p);
/* Inside "nvrwatch": which unit, and what is worth knowing beside ECS. */
void nw_ecs_put_unit(struct nw_ecs_line *l, const struct nw_proc *p);
void nw_ecs_put_program(struct nw_ecs_line *l, const struct nw_proc *p);
/* The same: what was read of that file. */
void nw_ecs_put_exe_file(struct nw_ecs_line *l, const struct nw_proc *p);
/* {pid, entity_id} */
void nw_ecs_put_proc_id(struct nw_ecs_line *l, const struct nw_proc_id *id);

/* Inside "nvrwatch": who did what with the socket, where that is not its owner alone. */
void nw_ecs_put_roles(struct nw_ecs_line *l, const struct nw_flow *f);
/* Inside "nvrwatch": for whom a resolver asks. */
void nw_ecs_put_asker(struct nw_ecs_line *l, const struct nw_asker *a, const struct nw_proc *p);
/* What its ends said of themselves: inside "nvrwatch" our own keys, at the top all others. */
void nw_ecs_put_said(struct nw_ecs_line *l, const struct nw_said *said, bool is_own);
/* Inside "nvrwatch": whose data it can be. */
void nw_ecs_put_chain(struct nw_ecs_line *l, const struct nw_chain *c);

/* Inside "source" or "destination": who answers there, where it is, who operates its network. */
void nw_ecs_put_known(struct nw_ecs_line *l, const struct nw_flow *f, bool is_local);
/* "mac", of six bytes; for NULL nothing. */
void nw_ecs_put_mac(struct nw_ecs_line *l, const uint8_t *mac);
/* Inside "source" or "destination": where it is and who operates its network alone. */
void nw_ecs_put_place(struct nw_ecs_line *l, const uint8_t addr[16]);
/* Inside "nvrwatch": whose service the peer is. */
void nw_ecs_put_vendor(struct nw_ecs_line *l, const struct nw_flow *f);
/* Of a camera, or what may be one: "sign" and "protocol". */
void nw_ecs_put_signs(struct nw_json *j, const struct nw_camera *c);
void nw_ecs_put_names(struct nw_ecs_line *l, const struct nw_flow *f);
void nw_ecs_put_vendor_of_name(struct nw_ecs_line *l, const char *name);
/* Inside "nvrwatch.peer": who made it. */
void nw_ecs_put_device(struct nw_ecs_line *l, const struct nw_flow *f);

/* "network":{ with transport, iana_number and type; the caller closes it. */
void nw_ecs_open_network(struct nw_ecs_line *l, uint16_t proto, bool is_v4);
void nw_ecs_put_flow_ends(struct nw_ecs_line *l, const struct nw_flow *f, bool with_delta);
/* The same of a flow that is gone; p: whose, or NULL. now_ns: a name that came later is not its own. */
void nw_ecs_put_far_end(struct nw_ecs_line *l, const struct nw_far_end *far,
			const struct nw_proc *p, uint64_t now_ns);
void nw_ecs_put_flow_id(struct nw_ecs_line *l, const struct nw_flow *f);
void nw_ecs_put_flow_totals(struct nw_ecs_line *l, const struct nw_flow *f);

/* The datasets. Each writes its part between @timestamp and what all lines end with. */
void nw_ecs_process(struct nw_ecs_line *l);
void nw_ecs_flow(struct nw_ecs_line *l);
void nw_ecs_listener(struct nw_ecs_line *l);
void nw_ecs_dns(struct nw_ecs_line *l);
void nw_ecs_loss(struct nw_ecs_line *l);
void nw_ecs_status(struct nw_ecs_line *l);
void nw_ecs_finding(struct nw_ecs_line *l);
void nw_ecs_file(struct nw_ecs_line *l);
void nw_ecs_camera(struct nw_ecs_line *l);
void nw_ecs_view(struct nw_ecs_line *l);
void nw_ecs_inventory(struct nw_ecs_line *l);
/* Parts of what all lines end with that only one dataset has. */
void nw_ecs_put_flow_interface(struct nw_ecs_line *l, const struct nw_flow *f);
void nw_ecs_put_status_host(struct nw_ecs_line *l);

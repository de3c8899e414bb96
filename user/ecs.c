/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all lines have: time and event in front, then the dataset's own part, then who saw it and
 * where. The end is made of facts, so it is made once and copied until a fact changes.
 */
#include "ecs.h"

#include <stdlib.h>

#include "ecs_put.h"
#include "util/lru.h"

/* Of a fact, so that no fact can fill a line. */
#define SHORT_MAX  64
#define TEXT_MAX   256
#define LABELS_MAX 1024

static void put_fact(struct nw_json *j, const char *key, const char *value, size_t max)
{
	if (value && *value) {
		nw_json_strn(j, key, value, strnlen(value, max));
	}
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-';
}

/* "labels": of the site's name and its own "key=value" lines. Dots in keys would nest: ECS wants _ */
static void put_labels(struct nw_json *j, const char *site, const char *labels)
{
	char key[SHORT_MAX];

	if (!site && !labels) {
		return;
	}
	nw_json_open(j, "labels");
	put_fact(j, "site", site, TEXT_MAX);
	while (labels && *labels) {
		size_t line = strcspn(labels, "\n");
		size_t name = strcspn(labels, "=\n");
		size_t n = 0;

		for (size_t i = 0; i < name && n < sizeof(key) - 1; i++) {
			key[n++] = (char)(is_plain(labels[i]) ? labels[i] : '_');
		}
		key[n] = '\0';
		if (n > 0 && name < line && strcmp(key, "site") != 0) {
			nw_json_strn(j, key, labels + name + 1,
				     NW_MIN(line - name - 1, (size_t)TEXT_MAX));
		}
		labels += line + (labels[line] == '\n');
	}
	nw_json_close(j);
}

static void make_host(struct nw_ecs *e, const struct nw_state *st)
{
	const char *organisation = nw_fact_find(st, "site.organisation");
	const char *labels = nw_fact_find(st, "site.labels");
	struct nw_json j;

	/* labels that do not fit are left out rather than a line be lost with each of them */
	nw_json_init(&j, e->host, sizeof(e->host));
	if (labels && strlen(labels) > LABELS_MAX) {
		labels = NULL;
	}
	nw_json_open(&j, "ecs");
	nw_json_word(&j, "version", NW_ECS_VERSION);
	nw_json_close(&j);
	if (organisation && *organisation) {
		nw_json_open(&j, "organization");
		put_fact(&j, "name", organisation, TEXT_MAX);
		nw_json_close(&j);
	}
	put_labels(&j, nw_fact_find(st, "site.name"), labels);
	nw_json_open(&j, "host");
	put_fact(&j, "name", nw_fact_find(st, "host.name"), TEXT_MAX);
	put_fact(&j, "id", nw_fact_find(st, "host.id"), SHORT_MAX);
	nw_json_open(&j, "boot");
	put_fact(&j, "id", nw_fact_find(st, "boot.id"), SHORT_MAX);
	nw_json_close(&j);
	e->host_len = (uint16_t)(j.p - j.start);
}

static void make_observer(struct nw_ecs *e, const struct nw_state *st)
{
	struct nw_json j;

	nw_json_init(&j, e->observer, sizeof(e->observer));
	nw_json_open(&j, "observer");
	nw_json_word(&j, "vendor", "nvrwatch");
	nw_json_word(&j, "product", "nvrwatch");
	put_fact(&j, "version", nw_fact_find(st, "tool.version"), SHORT_MAX);
	e->observer_len = (uint16_t)(j.p - j.start);
}

/* The front of a string that each line ends with its number. */
static void make_id(struct nw_ecs *e, const struct nw_state *st)
{
	static const char front[] = "\"id\":\"";
	const char *session = nw_fact_find(st, "session.id");
	size_t n = sizeof(front) - 1;

	memcpy(e->id, front, n);
	for (const char *p = session; p && *p && n < sizeof(e->id) - 1; p++) {
		if (is_plain(*p)) {
			e->id[n++] = *p;
		}
	}
	e->id[n++] = '-';
	e->id_len = (uint16_t)n;
}

/* Everything that facts say, again. */
static void make(struct nw_ecs *e, const struct nw_state *st)
{
	const char *boot = nw_fact_find(st, "boot.id");

	*e = (struct nw_ecs){ .is_made = true, .generation = nw_fact_generation(st) };
	for (const char *p = boot ? boot : ""; *p; p++) {
		e->boot_seed = nw_hash_mix(e->boot_seed, (unsigned char)*p);
	}
	make_id(e, st);
	make_host(e, st);
	make_observer(e, st);
}

const char *nw_ecs_numbered(struct nw_ecs_line *l, struct nw_ecs_numbered *cache, const char *front,
			    uint32_t number)
{
	unsigned i = number % NW_ECS_NUMBERED;
	size_t len = strlen(front);
	char key[32];

	if (!cache->slot[i].is_known || cache->slot[i].number != number) {
		memcpy(key, front, len);
		key[len + nw_text_u64(key + len, number)] = '\0';
		cache->slot[i].value = nw_fact_find(l->out->state, key);
		cache->slot[i].number = number;
		cache->slot[i].is_known = true;
	}
	return cache->slot[i].value;
}

void nw_ecs_put_kept(struct nw_ecs_line *l, const struct nw_proc *p, enum nw_ecs_part part,
		     void (*put)(struct nw_ecs_line *l, const struct nw_proc *p))
{
	uint64_t clock = nw_state_wall_ns(l->out->state, 0);
	struct nw_ecs_kept *k = &l->ecs->kept[part][p->version % NW_ECS_KEPT];
	const char *from = l->j.p;
	size_t len;

	if (k->version == p->version && k->clock == clock && p->version) {
		nw_json_raw(&l->j, k->text, k->len);
		return;
	}
	put(l, p);
	len = (size_t)(l->j.p - from);
	if (l->j.overflow || len > sizeof(k->text)) {
		return;
	}
	memcpy(k->text, from, len);
	k->version = p->version;
	k->clock = clock;
	k->len = (uint16_t)len;
}

void nw_ecs_open_event(struct nw_ecs_line *l, uint64_t sequence, const char *same, size_t len)
{
	struct nw_json *j = &l->j;

	nw_json_open(j, "event");
	nw_json_raw(j, l->ecs->id, l->ecs->id_len);
	if (nw_json_room(j, 22)) {
		j->p += nw_text_u64(j->p, l->out->sequence);
		*j->p++ = '"';
		*j->p++ = ',';
	}
	nw_json_u64(j, "sequence", sequence);
	nw_json_raw(j, same, len);
}

static void put_end(struct nw_ecs_line *l)
{
	const struct nw_output *out = l->out;
	struct nw_json *j = &l->j;

	nw_json_raw(j, l->ecs->host, l->ecs->host_len);
	if (out->dataset == NW_DATASET_STATUS) {
		nw_ecs_put_status_host(l);
	}
	nw_json_close(j);
	nw_json_raw(j, l->ecs->observer, l->ecs->observer_len);
	if (out->dataset == NW_DATASET_FLOW) {
		nw_ecs_put_flow_interface(l, out->flow);
	}
	nw_json_close(j);
}

size_t nw_ecs_line(struct nw_ecs *ecs, const struct nw_output *out, char *buf, size_t size)
{
	static void (*const put[_NW_DATASET_MAX])(struct nw_ecs_line * l) = {
		[NW_DATASET_PROCESS] = nw_ecs_process,	   [NW_DATASET_FLOW] = nw_ecs_flow,
		[NW_DATASET_LISTENER] = nw_ecs_listener,   [NW_DATASET_DNS] = nw_ecs_dns,
		[NW_DATASET_LOSS] = nw_ecs_loss,	   [NW_DATASET_STATUS] = nw_ecs_status,
		[NW_DATASET_FINDING] = nw_ecs_finding,	   [NW_DATASET_FILE] = nw_ecs_file,
		[NW_DATASET_CAMERA] = nw_ecs_camera,	   [NW_DATASET_VIEW] = nw_ecs_view,
		[NW_DATASET_INVENTORY] = nw_ecs_inventory,
	};
	struct nw_ecs_line l = { .ecs = ecs, .out = out };
	size_t len;

	if (!ecs->is_made || ecs->generation != nw_fact_generation(out->state)) {
		make(ecs, out->state);
	}
	nw_json_init(&l.j, buf, size);
	nw_json_open(&l.j, NULL);
	nw_ecs_put_time(&l, "@timestamp", out->ts_ns);
	put[out->dataset](&l);
	put_end(&l);
	nw_json_close(&l.j);
	len = nw_json_finish(&l.j);
	if (len > 0) {
		buf[len++] = '\n'; /* where the NUL was */
	}
	return len;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams as they cross a host: frame sizes of tests/data/streams become what the ledger would have
 * measured of a camera's flow, and of flows that carry it further in various ways, or carry other
 * things. All chance comes from the seed, so a trial can be had again.
 */
#pragma once

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "util/macro.h"

#define WIRE_TABLES	24
#define WIRE_TUNING	12 /* tables below are for tuning, the others for the report */
#define WIRE_FRAMES	4400
#define WIRE_PASS	0.2
#define WIRE_PASSES_MAX 1000

struct wire_table {
	unsigned fps, gop, frames;
	bool repeats; /* its pictures come again: two cameras with it are one */
	double size[WIRE_FRAMES];
	double again[WIRE_FRAMES]; /* of the same pictures, encoded anew */
	double own[WIRE_FRAMES];   /* the same, with nothing of the source's structure */
	bool has_own;
};

struct wire_chance {
	uint64_t state;
};

static inline double wire_chance(struct wire_chance *r) /* [0, 1) */
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static inline double wire_between(struct wire_chance *r, double low, double high)
{
	return low + (high - low) * wire_chance(r);
}

static inline unsigned wire_below(struct wire_chance *r, unsigned n)
{
	return (unsigned)(wire_chance(r) * n);
}

/* ---- tables --------------------------------------------------------------------------------- */

static inline unsigned wire_digit(int c)
{
	return (unsigned)(c - 35 - (c > 92));
}

static inline unsigned wire_read(const char *name, double *size, struct wire_table *t)
{
	char path[64], line[256];
	unsigned n = 0, unit = 0;
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/streams/%s.txt", name);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, " unit=");

		if (at) {
			t->repeats = strncmp(line, "cells", 5) == 0;
			assert_int_equal(sscanf(at, " unit=%u", &unit), 1);
			assert_int_equal(
				sscanf(strstr(line, "fps="), "fps=%u gop=%u", &t->fps, &t->gop), 2);
			continue;
		}
		for (at = line; unit && at[0] > ' ' && at[1] > ' ' && n < WIRE_FRAMES; at += 2) {
			size[n++] = unit * (89.0 * wire_digit(at[0]) + wire_digit(at[1]));
		}
	}
	fclose(f);
	assert_true(n > 1000);
	return n;
}

/* Not of all streams; some programs keep every other picture only. */
static inline void wire_read_own(unsigned i, struct wire_table *t)
{
	static double size[WIRE_FRAMES];
	struct wire_table head = { 0 };
	unsigned step, n;
	char name[48];

	snprintf(name, sizeof(name), "tests/data/streams/c%02u.u.txt", i);
	if (access(name, R_OK) < 0) {
		return;
	}
	snprintf(name, sizeof(name), "c%02u.u", i);
	n = wire_read(name, size, &head);
	step = (t->frames + n / 2) / n;
	for (unsigned k = 0; k < n && k * step < t->frames; k++) {
		t->own[k * step] = size[k];
	}
	t->has_own = true;
}

static inline const struct wire_table *wire_table(unsigned i)
{
	static struct wire_table table[WIRE_TABLES];
	struct wire_table *t = &table[i];
	char name[16];

	if (!t->frames) {
		snprintf(name, sizeof(name), "c%02u.t", i);
		t->frames = wire_read(name, t->again, t);
		snprintf(name, sizeof(name), "c%02u", i);
		t->frames = NW_MIN(t->frames, wire_read(name, t->size, t));
		wire_read_own(i, t);
	}
	return t;
}

/* ---- time ----------------------------------------------------------------------------------- */

/* When the ledger looked, and what one flow had moved between two looks. */
struct wire_clock {
	unsigned passes;
	double at[WIRE_PASSES_MAX];
};

struct wire_flow {
	double moved[WIRE_PASSES_MAX];
};

static inline void wire_clock(struct wire_clock *c, struct wire_chance *r, double seconds)
{
	c->passes = (unsigned)(seconds / WIRE_PASS);
	assert_true(c->passes <= WIRE_PASSES_MAX);
	for (unsigned i = 0; i < c->passes; i++) {
		c->at[i] = (i + 1) * WIRE_PASS + wire_between(r, 0, 0.02);
	}
}

static inline void wire_put(const struct wire_clock *c, struct wire_flow *f, double t, double bytes)
{
	unsigned i = t > 0 ? (unsigned)(t / WIRE_PASS) : 0;

	while (i > 0 && i - 1 < c->passes && c->at[i - 1] >= t) {
		i--;
	}
	if (i < c->passes && c->at[i] < t) {
		i++;
	}
	if (i < c->passes && t >= 0) {
		f->moved[i] += bytes;
	}
}

static inline double wire_total(const struct wire_clock *c, const struct wire_flow *f)
{
	double sum = 0;

	for (unsigned i = 0; i < c->passes; i++) {
		sum += f->moved[i];
	}
	return sum;
}

/* ---- cameras -------------------------------------------------------------------------------- */

struct wire_camera {
	const struct wire_table *table;
	unsigned first; /* frame of the table that comes at time 0 */
	double phase;
};

static inline void wire_camera(struct wire_camera *cam, struct wire_chance *r, unsigned table)
{
	cam->table = wire_table(table);
	cam->first = wire_below(r, cam->table->frames);
	cam->phase = wire_chance(r) / cam->table->fps;
}

enum wire_again {
	WIRE_AS_IT_IS,
	WIRE_AGAIN, /* key frames where the source has them */
	WIRE_OWN,
};

static inline double wire_frame(const struct wire_camera *cam, unsigned n, enum wire_again again)
{
	unsigned i = (cam->first + n) % cam->table->frames;

	return again == WIRE_OWN     ? cam->table->own[i]
	       : again == WIRE_AGAIN ? cam->table->again[i]
				     : cam->table->size[i];
}

static inline bool wire_is_key(const struct wire_camera *cam, unsigned n)
{
	const struct wire_table *t = cam->table;

	return (cam->first + n) % t->frames % (t->fps * t->gop) == 0;
}

static inline void wire_ingest(const struct wire_clock *c, struct wire_chance *r,
			       const struct wire_camera *cam, struct wire_flow *f)
{
	double end = c->at[c->passes - 1];
	double last = 0;

	memset(f, 0, sizeof(*f));
	for (unsigned n = 0; (double)n / cam->table->fps < end; n++) {
		double bytes =
			wire_frame(cam, n, WIRE_AS_IT_IS) * 1.014; /* RTP's and RTSP's headers */
		double t = cam->phase + (double)n / cam->table->fps + wire_between(r, 0, 0.008);

		for (t = NW_MAX(t, last); bytes > 0; bytes -= 14600) { /* at 60 Mbit/s */
			wire_put(c, f, t, NW_MIN(bytes, 14600));
			t += 0.002;
		}
		last = t;
	}
}

/* ---- ways out ------------------------------------------------------------------------------- */

struct wire_way {
	double lag, jitter;
	double factor;	       /* of bytes */
	double a_frame;	       /* bytes more for each */
	double link;	       /* bytes a second, 0 = as fast as can be */
	double stall;	       /* seconds at most that the link stands still, 0 = never */
	double segment;	       /* seconds, 0 = no segments */
	double audio;	       /* bytes a second beside */
	enum wire_again again; /* decoded and encoded anew */
};

struct wire_link {
	double free_at, rate, stall, stall_from, stall_to;
};

static inline void wire_send(const struct wire_clock *c, struct wire_chance *r, struct wire_link *l,
			     struct wire_flow *f, double t, double bytes)
{
	t = NW_MAX(t, l->free_at);
	while (bytes > 0) {
		double part = NW_MIN(bytes, 14600);

		if (l->stall > 0 && t >= l->stall_to) {
			l->stall_from = t + wire_between(r, 3, 12);
			l->stall_to = l->stall_from + wire_between(r, 0.5, l->stall);
		}
		if (l->stall > 0 && t >= l->stall_from) {
			t = l->stall_to;
		}
		t += part / l->rate;
		wire_put(c, f, t, part);
		bytes -= part;
	}
	l->free_at = t;
}

/* What `cams` send, put together in one flow. */
static inline void wire_relay(const struct wire_clock *c, struct wire_chance *r,
			      const struct wire_camera *const *cams, unsigned count,
			      const struct wire_way *w, struct wire_flow *f)
{
	struct wire_link link = { .rate = w->link > 0 ? w->link : 4e6, .stall = w->stall };
	double end = c->at[c->passes - 1];
	double pending[8] = { 0 }, begun[8] = { 0 };
	unsigned n[8] = { 0 };

	memset(f, 0, sizeof(*f));
	link.stall_from = wire_between(r, 2, 8);
	link.stall_to = link.stall_from + wire_between(r, 0.5, NW_MAX(w->stall, 0.6));
	for (;;) {
		unsigned i = 0;
		double t = 1e9, bytes;

		for (unsigned k = 0; k < count; k++) { /* whose frame is next */
			double next = cams[k]->phase + (double)n[k] / cams[k]->table->fps;

			i = next < t ? k : i;
			t = NW_MIN(t, next);
		}
		if (t >= end) {
			break;
		}
		if (w->segment > 0 && wire_is_key(cams[i], n[i]) &&
		    t - begun[i] >= w->segment - 0.01) {
			wire_send(c, r, &link, f, t + wire_between(r, 0.05, 0.15), pending[i]);
			pending[i] = 0;
			begun[i] = t;
		}
		bytes = wire_frame(cams[i], n[i]++, w->again);
		if (bytes <= 0) {
			continue; /* a picture that was left out */
		}
		bytes = bytes * w->factor + w->a_frame + w->audio / cams[i]->table->fps;
		if (w->segment > 0) {
			pending[i] += bytes;
		} else {
			wire_send(c, r, &link, f, t + w->lag + wire_between(r, 0, w->jitter),
				  bytes);
		}
	}
}

/* ---- what is no relay ----------------------------------------------------------------------- */

enum wire_other {
	WIRE_CONSTANT,
	WIRE_AIMD,
	WIRE_WEB,
	WIRE_BURSTS,
	WIRE_BACKUP,
	WIRE_PIECES,
	_WIRE_OTHERS
};

/* rate: mean, bytes a second. */
static inline void wire_other(const struct wire_clock *c, struct wire_chance *r,
			      enum wire_other kind, double rate, struct wire_flow *f)
{
	double end = c->at[c->passes - 1];
	double now = rate, every = wire_between(r, 1.8, 2.2), until = 0, burst = 0;
	double piece = 4096 << wire_below(r, 7);

	memset(f, 0, sizeof(*f));
	for (double t = 0; t < end; t += 0.01) {
		double bytes = rate * 0.01;

		switch (kind) {
		case WIRE_AIMD: /* a saw of its own period */
			now = wire_chance(r) < 0.004 ? now * 0.5 : now + rate * 0.004;
			bytes = now * 0.01;
			break;
		case WIRE_WEB:
			burst = burst > 0 ? burst - 0.01
					  : (wire_chance(r) < 0.01 ? wire_between(r, 0.05, 1) : 0);
			bytes = burst > 0 ? rate * 0.034 : 0;
			break;
		case WIRE_BURSTS:
			bytes = fmod(t, every) < 0.3 ? rate * 0.01 * every / 0.3 : 0;
			break;
		case WIRE_PIECES: /* a program that holds a rate by waiting after each piece */
			burst += rate * 0.01;
			bytes = burst >= piece ? piece : 0;
			burst -= bytes;
			break;
		case WIRE_BACKUP: /* files, one after the other, as fast as the disk gives them */
			if (t >= until) {
				until = t + wire_between(r, 0.5, 6);
				now = rate * wire_between(r, 0.4, 1.6);
			}
			bytes = now * 0.01 * wire_between(r, 0.8, 1.2);
			break;
		default:
			bytes *= wire_between(r, 0.97, 1.03);
			break;
		}
		wire_put(c, f, t, bytes);
	}
}

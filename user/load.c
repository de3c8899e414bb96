/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the BPF object, its links and the private bpffs in which the iterators are pinned (the mount
 * namespace is ours: nothing stays behind, also after a crash). On error everything that was attached
 * is detached.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "event.h"
#include "load_host.h"
#include "load_name.h"
#include "load_self.h"
#include "load_trial.h"
#include "load_ways.h"
#include "load_word.h"
#include "log.h"
#include "nvrwatch.skel.h"
#include "priv.h"
#include "progs.h"
#include "util/warm.h"

#define DIRECT_XMIT "packet_direct_xmit"
#define ON_DEMAND   "nw_dev_queue" /* attached by the helper, while it is needed */

/* ---- which program is whose ----------------------------------------------------------------- */

/* Does a hook that fell back to its second way need this program? */
static bool is_alt_wanted(const struct nw_loader *l, const struct bpf_program *prog)
{
	for (unsigned i = 1; i < _NW_HOOK_MAX; i++) {
		if (l->status[i].state == NW_HOOK_STATE_FALLBACK &&
		    nw_load_alt_of(l->skel->obj, i) == prog) {
			return true;
		}
	}
	return false;
}

/* ---- opening and trying --------------------------------------------------------------------- */

/* libbpf knows this section from 1.3 on. */
static void set_unix_connect(struct bpf_program *prog)
{
	if (bpf_program__type(prog) == BPF_PROG_TYPE_UNSPEC) {
		(void)bpf_program__set_type(prog, BPF_PROG_TYPE_CGROUP_SOCK_ADDR);
		(void)bpf_program__set_expected_attach_type(
			prog, (enum bpf_attach_type)NW_CGROUP_UNIX_CONNECT);
	}
}

/* types: the file that the types are read from when the programs are loaded. */
static struct nvrwatch_bpf *open_object(const struct nw_load_options *opt,
					const struct nw_cgroup *cgroup, const char *types)
{
	LIBBPF_OPTS(bpf_object_open_opts, o, .btf_custom_path = types);
	struct nvrwatch_bpf *skel = nvrwatch_bpf__open_opts(&o);

	if (!skel) {
		return NULL;
	}
	(void)bpf_map__set_max_entries(skel->maps.nw_ring, opt->ring_bytes);
	skel->rodata->nw_cfg_wake_bytes = opt->ring_bytes / 4;
	skel->rodata->nw_cfg_narrow = !cgroup->is_root;
	skel->rodata->nw_cfg_cgroup_id = nw_cgroup_id(cgroup);
	skel->rodata->nw_cfg_heads = opt->heads;
	set_unix_connect(skel->progs.nw_unix_connect__alt);
	return skel;
}

/* Its hook falls back to the twin if there is one that was not refused too. */
static void refuse(struct nw_loader *l, const struct bpf_program *prog, unsigned at, int err)
{
	const char *name = bpf_program__name(prog);
	unsigned hook = nw_load_hook_of(name);

	l->is_off[at] = true;
	nw_load_off(&l->status[hook],
		    nw_load_is_of_files(hook) ||
				    (!nw_load_is_alt(name) && nw_load_alt_of(l->skel->obj, hook))
			    ? NW_HOOK_STATE_FALLBACK
			    : NW_HOOK_STATE_OFF,
		    err);
}

static void refuse_target(struct nw_loader *l, const struct bpf_program *prog, unsigned at, int r)
{
	char *why = l->status[nw_load_hook_of(bpf_program__name(prog))].why;

	nw_load_word_forget();
	refuse(l, prog, at, r);
	snprintf(why, sizeof(l->status[0].why), "%s: %s", bpf_program__section_name(prog),
		 r == -EPERM ? strerror(EPERM) : "not in this kernel");
	nw_info("this kernel refuses %s", why);
}

/* True: this kernel is old. A function without a promise may be lacking on any; a '?' in its section
 * says that it is not always needed. */
static bool try_targets(struct nw_loader *l, const struct nw_trial *t)
{
	struct bpf_program *prog;
	bool lacks = false;
	unsigned i = 0;

	bpf_object__for_each_program(prog, l->skel->obj) {
		const char *name = bpf_program__name(prog);
		bool is_of_function = nw_load_is_of_files(nw_load_hook_of(name));
		int r = nw_trial(t, bpf_program__section_name(prog));

		if (nw_load_is_refused(l->skel->obj, prog, r)) {
			if (is_of_function && nw_load_is_alt(name)) {
				l->is_gone[i] = true;
			} else if (is_of_function && !bpf_program__autoload(prog)) {
				l->is_off[i] = true;
			} else {
				refuse_target(l, prog, i, r);
			}
			lacks = lacks || (r == -ENOENT && !is_of_function);
		}
		i++;
	}
	l->direct_xmit = nw_trial_has_bypass_flag(t) ? 0 : nw_load_symbol(DIRECT_XMIT);
	return lacks;
}

/* Before the first load. fd: where the types go that it needs; -1: they are in a file already. */
static int look_at_kernel(struct nw_loader *l, int fd, bool *ret_is_old)
{
	struct nw_trial t;
	int r = 0;

	nw_trial_begin(&t, l->skel->obj);
	*ret_is_old = try_targets(l, &t);
	if (fd >= 0) {
		r = t.btf ? nw_types_copy(t.btf, bpf_object__btf(l->skel->obj), fd) : -ENOENT;
	}
	nw_trial_end(&t);
	return r;
}

/* The program that the kernel has just refused goes off. False when libbpf named none. */
static bool give_up(struct nw_loader *l, int err)
{
	struct bpf_program *prog;
	unsigned i = 0;

	bpf_object__for_each_program(prog, l->skel->obj) {
		if (strcmp(bpf_program__name(prog), nw_load_word_about()) == 0 && !l->is_off[i]) {
			refuse(l, prog, i, err);
			return true;
		}
		i++;
	}
	return false;
}

/* Twins are off unless their hook fell back to them. */
static void choose(struct nw_loader *l, bool only_twins)
{
	struct bpf_program *prog;
	unsigned i = 0;

	bpf_object__for_each_program(prog, l->skel->obj) {
		const char *name = bpf_program__name(prog);

		if (nw_load_is_alt(name)) {
			l->is_off[i] = l->is_gone[i] || !is_alt_wanted(l, prog);
		}
		(void)bpf_program__set_autoload(
			prog,
			!l->is_off[i] &&
				(l->has_files || !nw_load_is_of_files(nw_load_hook_of(name))) &&
				(!only_twins ||
				 (nw_load_has_twin(l->skel->obj, prog) &&
				  bpf_program__expected_attach_type(prog) != BPF_TRACE_ITER)));
		i++;
	}
	l->skel->rodata->nw_cfg_by_files =
		l->status[NW_HOOK_LEDGER_STREAM].state != NW_HOOK_STATE_LIVE;
	l->skel->rodata->nw_cfg_direct_xmit = l->direct_xmit;
	l->skel->rodata->nw_cfg_open_events =
		l->status[NW_HOOK_TCP_STATE].state != NW_HOOK_STATE_LIVE;
}

/*
 * Nearly every kernel takes all programs at once. When one is refused the whole object fails, so it
 * is tried again without that one, until the rest is taken: never by version, always by trial. A
 * kernel that lacks something is old enough to refuse more: there those that have a second way (but
 * iterators, whose targets were tried) are loaded alone first, since the verifier's work on all
 * others would be lost each time.
 */
static int load_object(struct nw_loader *l, const struct nw_load_options *opt)
{
	NW_CLEANUP_CLOSE int fd = opt->btf ? -1 : memfd_create("types", MFD_CLOEXEC);
	bool only_twins = false;
	int r = -ENOTSUP;
	char path[32];

	if (!opt->btf && fd < 0) {
		return -ENOMEM; /* or no descriptor is left */
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (int tries = 0; tries < NW_LOAD_PROGS_MAX; tries++) {
		nvrwatch_bpf__destroy(l->skel);
		l->skel = open_object(opt, &l->cgroup, opt->btf ? opt->btf : path);
		if (!l->skel) {
			return -errno;
		}
		r = tries == 0 ? look_at_kernel(l, fd, &only_twins) : 0;
		if (r < 0) {
			return r;
		}
		choose(l, only_twins);
		nw_load_word_forget();
		r = nvrwatch_bpf__load(l->skel); /* maps .bss too, unlike bpf_object__load() */
		if (r == 0 && only_twins) {
			only_twins = false; /* now all */
			continue;
		}
		if (r == 0 || r == -EPERM || !give_up(l, r)) {
			return r;
		}
		nw_info("this kernel refuses %s: %s", nw_load_word_about(), nw_load_word());
	}
	return r;
}

/* ---- attaching ------------------------------------------------------------------------------ */

static int keep_link(struct nw_loader *l, struct bpf_link *link)
{
	if (!link) {
		return -errno;
	}
	l->link[l->links++] = link;
	return 0;
}

static int attach_iter(struct nw_loader *l, const struct bpf_program *prog)
{
	struct bpf_link *link[NW_ITER_MAPS_MAX];
	unsigned n;
	int r = nw_iters_attach(&l->iters, l->skel->obj, prog, link, &n);

	for (unsigned i = 0; i < n; i++) {
		l->link[l->links++] = link[i];
	}
	return r;
}

static int attach_one(struct nw_loader *l, const struct bpf_program *prog)
{
	switch (bpf_program__type(prog)) {
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
		return keep_link(l, bpf_program__attach_cgroup(prog, l->cgroup.fd));
	default:
		if (bpf_program__expected_attach_type(prog) == BPF_TRACE_ITER) {
			return attach_iter(l, prog);
		}
		return keep_link(l, bpf_program__attach(prog));
	}
}

static int attach_all(struct nw_loader *l, enum nw_load_moment moment)
{
	enum nw_hook failed = NW_HOOK_HOST; /* half of a hook that counts would count wrong */
	struct bpf_program *prog;
	unsigned i = 0;

	bpf_object__for_each_program(prog, l->skel->obj) {
		enum nw_hook hook = nw_load_hook_of(bpf_program__name(prog));
		unsigned at = i++;
		int r;

		l->is_off[at] |= hook == failed;
		if (l->is_off[at] || strcmp(bpf_program__name(prog), ON_DEMAND) == 0 ||
		    nw_load_moment_of(prog) != moment) {
			continue;
		}
		nw_load_word_forget();
		r = attach_one(l, prog);
		if (r == 0) {
			continue;
		}
		l->is_off[at] = true;
		failed = moment == NW_LOAD_WITH_ROOTS ? hook : failed;
		nw_load_off(&l->status[hook],
			    failed == hook ? NW_HOOK_STATE_FALLBACK : NW_HOOK_STATE_OFF, r);
		nw_warn("hook %s is off: %s", nw_hook_name(hook), l->status[hook].why);
	}
	return l->links > 0 ? 0 : -ENOTSUP;
}

static int on_record(void *ctx, void *data, size_t len)
{
	struct nw_loader *l = ctx;

	l->fn(l->fn_ctx, data, len);
	return 0;
}

/* Of the whole host it is not asked, and stays empty. */
static int narrow_to_cgroup(struct nw_loader *l)
{
	__u32 key = 0;
	__u32 fd = (__u32)l->cgroup.fd;
	int r = 0;

	if (!l->cgroup.is_root) {
		r = bpf_map__update_elem(l->skel->maps.nw_cgroup, &key, sizeof(key), &fd,
					 sizeof(fd), BPF_ANY);
	}
	return r < 0 ? r : nw_guard_freeze(l->skel->maps.nw_cgroup);
}

int nw_load(const struct nw_load_options *opt, struct nw_loader **ret)
{
	struct nw_loader *l;
	int r;

	nw_load_word_listen();
	r = nw_load_check_host(opt->btf);
	if (r < 0) {
		return r;
	}
	l = calloc(1, sizeof(*l));
	if (!l) {
		return -ENOMEM;
	}
	l->cgroup.fd = -1;
	l->ring_bytes = opt->ring_bytes;
	l->has_files = opt->files || opt->dry_run;
	r = nw_priv_private_mounts();
	if (r == 0) {
		r = nw_cgroup_open(opt->cgroup, &l->cgroup);
	}
	if (r < 0) {
		nw_load_free(l);
		return r;
	}
	nw_warm_begin(nw_load_memory(opt->btf));
	r = load_object(l, opt);
	nw_warm_end();
	if (r == 0) {
		r = narrow_to_cgroup(l);
	}
	if (r == 0 && !opt->dry_run) {
		r = attach_all(l, NW_LOAD_FIRST);
	}
	if (r == 0) {
		l->ring = ring_buffer__new(bpf_map__fd(l->skel->maps.nw_ring), on_record, l, NULL);
		r = l->ring ? 0 : -errno;
	}
	if (r == 0) {
		r = nw_guard_open(&l->guard, bpf_map__fd(l->skel->maps.nw_ring), l->ring_bytes);
	}
	if (r < 0) {
		nw_load_free(l);
		return nw_load_explain(r);
	}
	*ret = l;
	return 0;
}

void nw_load_free(struct nw_loader *l)
{
	if (!l) {
		return;
	}
	nw_guard_close(&l->guard);
	ring_buffer__free(l->ring);
	for (unsigned i = 0; i < l->links; i++) {
		bpf_link__destroy(l->link[i]);
	}
	nvrwatch_bpf__destroy(l->skel);
	nw_cgroup_close(&l->cgroup);
	free(l);
}

int nw_load_watch_packets(struct nw_loader *l)
{
	return attach_all(l, NW_LOAD_WITH_PACKETS);
}

void nw_load_watch_reading(struct nw_loader *l)
{
	(void)(l->has_files ? attach_all(l, NW_LOAD_WITH_ROOTS) : 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper's both sides. Owns the socket between them; the helper owns the link. Beside what every
 * child may (child.h) it may attach a raw tracepoint. It reads one byte at a time and looks at nothing
 * else.
 */
#include "helper.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "log.h"

enum word {
	WORD_READY = 'r',
	WORD_ON = '+',
	WORD_OFF = '-',
	WORD_FAILED = '!',
};

/* ---- the helper ----------------------------------------------------------------------------- */

/* Not libbpf's: that moves the new fd away from 0 to 2, by calls that are not allowed here. */
static int attach(int program)
{
	union bpf_attr attr = { .raw_tracepoint.prog_fd = (__u32)program };

	return (int)syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

static void serve(const void *ctx)
{
	char word = WORD_READY;
	int link = -1;
	ssize_t n;

	(void)ctx;
	while (write(NW_CHILD_SOCKET, &word, 1) == 1) {
		do {
			n = read(NW_CHILD_SOCKET, &word, 1);
		} while (n < 0 && errno == EINTR);
		if (n != 1) {
			return;
		}
		if (word == WORD_ON) {
			link = link < 0 ? attach(NW_CHILD_FILE) : link;
			word = link < 0 ? WORD_FAILED : WORD_ON;
		} else if (link >= 0) {
			close(link);
			link = -1;
		}
	}
}

/* ---- who asks it ---------------------------------------------------------------------------- */

/* The answer to this word, whatever came before it; others' words are a protocol that we do not have. */
static int await(struct nw_helper *h, char wanted)
{
	char word;

	for (;;) {
		int r = nw_child_await(h->fd);

		if (r < 0) {
			return r;
		}
		if (read(h->fd, &word, 1) != 1) {
			return -EPIPE;
		}
		if (word == wanted) {
			return 0;
		}
		if (word != WORD_OFF) {
			return -EIO;
		}
	}
}

int nw_helper_start(int program, struct nw_helper *ret)
{
	static const int capabilities[] = { CAP_BPF, CAP_PERFMON };
	static const struct nw_child_call allowed[] = {
		{ SYS_bpf, true, BPF_RAW_TRACEPOINT_OPEN },
	};
	static const struct nw_child child = {
		.name = "nvrwatch-helper",
		.what = "the helper",
		.capability = capabilities,
		.capabilities = NW_ARRAY_SIZE(capabilities),
		.allowed = allowed,
		.calls = NW_ARRAY_SIZE(allowed),
		.serve = serve,
	};
	int r;

	*ret = (struct nw_helper){ .fd = -1 };
	if (program < 0) {
		return 0;
	}
	r = nw_child_start(&child, program, &ret->fd, &ret->pid);
	if (r < 0) {
		return r;
	}
	r = await(ret, WORD_READY);
	if (r < 0) {
		nw_helper_end(ret);
		return nw_err_r(r, "cannot start the helper");
	}
	return 0;
}

int nw_helper_want(struct nw_helper *h, bool on)
{
	char word = on ? WORD_ON : WORD_OFF;
	int r = 0;

	if (h->fd < 0 || on == h->is_on) {
		return 0;
	}
	if (write(h->fd, &word, 1) != 1) {
		r = -errno;
	} else if (on) {
		r = await(h, WORD_ON);
	}
	h->is_on = on && r == 0;
	if (r < 0) {
		nw_helper_end(h);
		return nw_err_r(r, "the hook dev_queue can't be switched %s", on ? "on" : "off");
	}
	return 0;
}

void nw_helper_end(struct nw_helper *h)
{
	if (h->fd >= 0) {
		close(h->fd);
		h->fd = -1;
	}
}

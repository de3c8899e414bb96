/* SPDX-License-Identifier: Apache-2.0 */
/* See load_host.h. Owns nothing. */
#include "load_host.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load_word.h"
#include "log.h"
#include "priv.h"

#define TYPES_MAX  (32 << 20) /* 4 to 6 MB are usual */
#define TYPES_MORE (2 << 20)  /* libbpf's index of them, the object, its programs */

static int check_btf(const char *path)
{
	struct btf *btf = btf__parse(path, NULL);

	if (!btf) {
		nw_err("%s holds no type information (BTF)", path);
		return -ENOENT;
	}
	btf__free(btf);
	return 0;
}

int nw_load_check_host(const char *btf)
{
	int r = nw_priv_can_trace();

	if (r < 0) {
		nw_err("not permitted: tracing needs root (or CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, "
		       "CAP_SYS_ADMIN, CAP_SYS_PTRACE); try sudo");
		return -EPERM;
	}
	if (btf ? access(btf, R_OK) < 0 : access(NW_LOAD_TYPES, R_OK) < 0) {
		nw_err("no type information (BTF) for this kernel: %s: %s; a kernel built with "
		       "CONFIG_DEBUG_INFO_BTF has it, or give a file with --btf",
		       btf ? btf : NW_LOAD_TYPES, strerror(errno));
		return -ENOENT;
	}
	return btf ? check_btf(btf) : 0;
}

/* A line of kallsyms: "ffffffff81000000 T name", and behind it "\t[module]". */
static bool is_of(const char *line, const char *name)
{
	const char *at = strstr(line, name);
	size_t len = strlen(name);

	return at && at > line && at[-1] == ' ' && strchr("\t\n", at[len]);
}

uint64_t nw_load_symbol(const char *name)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	uint64_t found = 0;
	char line[512];

	if (!f) {
		return 0;
	}
	while (!found && fgets(line, sizeof(line), f)) {
		if (is_of(line, name)) {
			found = strtoull(line, NULL, 16);
		}
	}
	(void)fclose(f);
	return found;
}

int nw_load_explain(int r)
{
	if (r == -EPERM || r == -EACCES) {
		nw_err("the kernel refuses BPF programs (%s); %s",
		       nw_load_word()[0] ? nw_load_word() : "EPERM",
		       nw_priv_is_locked_down()
			       ? "it is locked down for confidentiality, which forbids reading its memory"
			       : "a security module, seccomp filter or container may forbid it");
		return -EPERM;
	}
	nw_err("the kernel takes none of our BPF programs: %s",
	       nw_load_word()[0] ? nw_load_word() : strerror(-r));
	return -ENOTSUP;
}

size_t nw_load_memory(const char *btf)
{
	struct stat st;

	if (stat(btf ? btf : NW_LOAD_TYPES, &st) < 0 || st.st_size > TYPES_MAX) {
		return 0;
	}
	return 2 * (size_t)st.st_size + TYPES_MORE;
}

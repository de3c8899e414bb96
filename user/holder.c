/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of a program has something. Pure questions to state; owns nothing.
 */
#include "holder.h"

#include <netinet/in.h>
#include <string.h>

#include "contact.h"
#include "state/reader.h"
#include "util/macro.h"

#define ANCESTORS   8
#define DHCP_PORT   68
#define DHCPV6_PORT 546

static bool is_service(const struct nw_proc *p)
{
	static const char end[] = ".service";
	size_t len = strlen(p->unit);

	return !p->container[0] && len >= sizeof(end) &&
	       strcmp(p->unit + len - (sizeof(end) - 1), end) == 0;
}

bool nw_proc_has_terminal(const struct nw_proc *p)
{
	return nw_proc_stdio(p, 0) == NW_STDIO_PTY || nw_proc_stdio(p, 1) == NW_STDIO_PTY ||
	       nw_proc_stdio(p, 2) == NW_STDIO_PTY;
}

/* A client of DHCP hears everything, too, and is started by scripts; it also has its own port. */
bool nw_proc_is_dhcp(const struct nw_state *st, const struct nw_proc *p)
{
	static const uint16_t ports[] = { DHCP_PORT, DHCPV6_PORT };

	for (unsigned i = 0; i < NW_ARRAY_SIZE(ports); i++) {
		const struct nw_listener *l = nw_listener_find(st, p->netns, IPPROTO_UDP, ports[i]);

		if (l && l->owner && l->owner->exe_ino == p->exe_ino &&
		    l->owner->exe_dev == p->exe_dev) {
			return true;
		}
	}
	return false;
}

bool nw_proc_is_script(const struct nw_proc *p)
{
	return (p->program & NW_PROGRAM_INTERPRETER) && !(p->program & NW_PROGRAM_SHELL);
}

enum nw_holder nw_holder_of(const struct nw_state *st, const struct nw_proc *p, bool *ret_scripted)
{
	bool is_recorder =
		nw_recorder_of(st, p) || nw_reader_of(st, p) || nw_rec_is_recorder(st, p);
	const struct nw_proc *a = p;
	bool is_scripted = false, is_terminal = false;

	for (unsigned i = 0; i < ANCESTORS; i++) {
		bool is_own = strcmp(a->unit, p->unit) == 0;
		uint32_t bits = is_own ? a->program : 0;

		is_terminal = is_terminal || nw_proc_has_terminal(a);
		is_scripted = is_scripted || bits & (NW_PROGRAM_SHELL | NW_PROGRAM_INTERPRETER);
		a = nw_proc_find(st, &a->parent_id);
		if (!a) {
			break;
		}
	}
	*ret_scripted = is_scripted && !nw_proc_is_dhcp(st, p);
	if (is_recorder) {
		return NW_HOLDER_RECORDER;
	}
	if (is_terminal) {
		return p->container[0] ? NW_HOLDER_OTHER : NW_HOLDER_TERMINAL;
	}
	return is_service(p) ? NW_HOLDER_SERVICE : NW_HOLDER_OTHER;
}

const char *nw_holder_name(enum nw_holder holder)
{
	static const char *const words[] = { "recorder", "other", "terminal", "service" };

	return words[holder];
}

bool nw_arg_is_open_file(const char *arg)
{
	return strcmp(arg, "-") == 0 || strncmp(arg, "/dev/stdin", 10) == 0 ||
	       strncmp(arg, "/dev/fd/", 8) == 0 ||
	       (strncmp(arg, "/proc/", 6) == 0 && strstr(arg, "/fd/"));
}

bool nw_proc_runs_its_input(const struct nw_proc *p, bool is_shell)
{
	const char *own = is_shell ? "c" : "ceEmnpr"; /* letters of options that bring text along */
	const char *end = p->args + p->args_len;
	const char *arg = p->args + strlen(p->args) + 1;

	for (; arg < end; arg += strlen(arg) + 1) {
		if (nw_arg_is_open_file(arg) || strcmp(arg, "-s") == 0 || strcmp(arg, "--") == 0) {
			return true;
		}
		if (arg[0] != '-' || (arg[1] != '-' && strpbrk(arg, own))) {
			return false;
		}
	}
	return nw_stdio_is_tube(nw_proc_stdio(p, 0)) && !(p->flags & NW_PROC_ARGS_CUT);
}

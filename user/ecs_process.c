/* SPDX-License-Identifier: Apache-2.0 */
/* Processes: as the subject of a record of their own, and as the one behind another record. */
#include "ecs_put.h"
#include "exe_file.h"
#include "state/maker.h"

/* Of a command line, where the process is not the subject: enough to tell one ffmpeg from another. */
#define COMMAND_BRIEF_MAX 256

void nw_ecs_put_proc_id(struct nw_ecs_line *l, const struct nw_proc_id *id)
{
	char entity[NW_PROC_ID_HEX];

	nw_json_u64(&l->j, "pid", id->tgid);
	if (id->start_ns) {
		nw_proc_entity_id(l->out->state, id, entity);
		nw_json_wordn(&l->j, "entity_id", entity, NW_PROC_ID_HEX - 1);
	}
}

/* Arguments with spaces between them; a cut ends in "…". */
static void put_command(struct nw_json *j, const struct nw_proc *p, size_t max)
{
	char text[sizeof(p->args) + 4];
	size_t len = p->args_len;
	bool is_cut = p->flags & NW_PROC_ARGS_CUT;

	if (len > 0 && !p->args[len - 1]) {
		len--;
	}
	if (len > max) {
		len = max;
		is_cut = true;
	}
	if (len == 0) {
		return;
	}
	for (size_t i = 0; i < len; i++) {
		text[i] = (char)(p->args[i] ? p->args[i] : ' ');
	}
	if (is_cut) {
		memcpy(text + len, "\xe2\x80\xa6", 3);
		len += 3;
	}
	nw_json_strn(j, "command_line", text, len);
}

static void put_args(struct nw_json *j, const struct nw_proc *p)
{
	const char *end = p->args + p->args_len;
	uint64_t count = 0;

	if (p->args_len == 0) {
		return;
	}
	nw_json_array(j, "args");
	for (const char *a = p->args; a < end; count++) {
		size_t len = strnlen(a, (size_t)(end - a));

		nw_json_strn(j, NULL, a, len);
		a += len + 1;
	}
	nw_json_array_end(j);
	if (!(p->flags & NW_PROC_ARGS_CUT)) {
		nw_json_u64(j, "args_count", count);
	}
}

/* All that a process has been since its start; what nobody saw is left out, not guessed. */
static void put_identity(struct nw_ecs_line *l, const struct nw_proc *p, size_t command_max)
{
	struct nw_json *j = &l->j;

	nw_ecs_put_proc_id(l, &p->id);
	nw_json_str(j, "name", p->name);
	nw_json_str(j, "executable", p->exe);
	put_command(j, p, command_max);
	if (p->id.start_ns) {
		nw_ecs_put_time(l, "start", p->id.start_ns);
	}
	if (p->is_unknown) {
		return;
	}
	nw_json_open(j, "user");
	nw_json_u64_word(j, "id", p->uid);
	nw_json_str(j, "name", nw_ecs_numbered(l, &l->ecs->users, "user.", p->uid));
	nw_json_close(j);
	if (p->session) { /* whose parent is gone belongs somewhere all the same */
		nw_json_open(j, "session_leader");
		nw_json_u64(j, "pid", p->session);
		nw_json_close(j);
	}
}

static void put_container(struct nw_json *j, const struct nw_proc *p)
{
	if (p->container[0]) {
		nw_json_open(j, "container");
		nw_json_str(j, "id", p->container);
		nw_json_close(j);
	}
}

static void put_brief(struct nw_ecs_line *l, const struct nw_proc *p)
{
	put_identity(l, p, COMMAND_BRIEF_MAX);
	if (p->parent_id.tgid) {
		nw_json_open(&l->j, "parent");
		nw_ecs_put_proc_id(l, &p->parent_id);
		nw_json_close(&l->j);
	}
}

static void put_behind(struct nw_ecs_line *l, const struct nw_proc *p)
{
	nw_json_open(&l->j, "process");
	put_brief(l, p);
	nw_json_close(&l->j);
	put_container(&l->j, p);
}

/* Inside "process": of the file that it runs. */
static void put_hash(struct nw_ecs_line *l, const struct nw_proc *p)
{
	const struct nw_exe_file *f = nw_exe_file_of(l->out->state, p);
	char text[NW_EXE_HASH_TEXT];

	if (f && f->how == NW_EXE_READ) {
		nw_exe_hash_text(f, text);
		nw_json_open(&l->j, "hash");
		nw_json_wordn(&l->j, "sha256", text, sizeof(text) - 1);
		nw_json_close(&l->j);
	}
}

void nw_ecs_put_accused(struct nw_ecs_line *l, const struct nw_proc *p)
{
	if (p) {
		nw_json_open(&l->j, "process");
		put_brief(l, p);
		put_hash(l, p);
		nw_json_close(&l->j);
		put_container(&l->j, p);
	}
}

void nw_ecs_put_process(struct nw_ecs_line *l, const struct nw_proc *p)
{
	if (p) {
		nw_ecs_put_kept(l, p, NW_ECS_BEHIND, put_behind);
	}
}

void nw_ecs_put_unit(struct nw_ecs_line *l, const struct nw_proc *p)
{
	const struct nw_maker *m;
	struct nw_json *j = &l->j;
	unsigned at = 0;

	if (!p) {
		return;
	}
	nw_json_str(j, "unit", p->unit);
	if (p->speaks_for) {
		nw_json_array(j, "speaks_for");
		while ((m = nw_maker_of_set(l->out->state, p->speaks_for, &at))) {
			nw_json_word(j, NULL, m->id);
		}
		nw_json_array_end(j);
		nw_json_str(j, "speaks_by", p->library);
	}
}

/* Only what is so: a flag that is not there is false. */
static void put_flag(struct nw_json *j, const char *key, bool value)
{
	if (value) {
		nw_json_bool(j, key, true);
	}
}

/* Which file it is that the process runs: its path alone can be another's by now. */
void nw_ecs_put_program(struct nw_ecs_line *l, const struct nw_proc *p)
{
	struct nw_json *j = &l->j;

	if (!p) {
		return;
	}
	if (p->exe_ino) {
		nw_json_u64_word(j, "exe_inode", p->exe_ino);
		nw_json_u64_word(j, "exe_device", p->exe_dev);
	}
	put_flag(j, "exe_truncated", p->flags & NW_PROC_EXE_CUT);
	put_flag(j, "exe_deleted", p->flags & NW_PROC_DELETED);
	put_flag(j, "exe_memfd", p->flags & NW_PROC_MEMFD);
}

void nw_ecs_put_exe_file(struct nw_ecs_line *l, const struct nw_proc *p)
{
	const struct nw_exe_file *f = p ? nw_exe_file_of(l->out->state, p) : NULL;
	struct nw_json *j = &l->j;

	if (!f) {
		return;
	}
	nw_json_word(j, "exe_status", nw_exe_how_name(f->how));
	if (f->mtime_ns) {
		nw_json_u64(j, "exe_size", f->size);
		nw_json_time(j, "exe_mtime", f->mtime_ns, &l->ecs->second);
	}
	nw_json_str(j, "exe_owner", nw_exe_owner_name(f->owner));
	nw_json_str(j, "exe_package", f->package);
}

/* ---- the dataset ---------------------------------------------------------------------------- */

static void put_known_parent(struct nw_ecs_line *l, const struct nw_proc *parent)
{
	nw_ecs_put_proc_id(l, &parent->id);
	nw_json_str(&l->j, "name", parent->name);
	nw_json_str(&l->j, "executable", parent->exe);
}

static void put_parent(struct nw_ecs_line *l, const struct nw_proc *p)
{
	const struct nw_proc *parent;

	if (!p->parent_id.tgid) {
		return;
	}
	parent = nw_proc_find(l->out->state, &p->parent_id);
	nw_json_open(&l->j, "parent");
	if (parent) {
		nw_ecs_put_kept(l, parent, NW_ECS_PARENT, put_known_parent);
	} else {
		nw_ecs_put_proc_id(l, &p->parent_id);
	}
	nw_json_close(&l->j);
}

/* Of wait(2)'s status, as shells say it: the code, or 128 and the signal that ended it. */
static void put_exit_code(struct nw_json *j, const struct nw_proc *p)
{
	uint32_t signal = p->exit_code & 0x7f;

	if (p->end_ns) {
		nw_json_u64(j, "exit_code", signal ? 128 + signal : p->exit_code >> 8 & 0xff);
	}
}

static void put_stdio(struct nw_json *j, const struct nw_proc *p)
{
	static const char *const word[1 << NW_PROC_STDIO_BITS] = {
		[NW_STDIO_SOCKET] = "socket", [NW_STDIO_INET] = "socket", [NW_STDIO_PIPE] = "pipe",
		[NW_STDIO_PTY] = "pty",	      [NW_STDIO_FILE] = "file",
	};
	uint32_t bits = p->flags >> NW_PROC_STDIO_SHIFT;
	const uint32_t mask = (1U << NW_PROC_STDIO_BITS) - 1;

	nw_json_str(j, "stdin", word[bits & mask]);
	nw_json_str(j, "stdout", word[bits >> NW_PROC_STDIO_BITS & mask]);
	nw_json_str(j, "stderr", word[bits >> 2 * NW_PROC_STDIO_BITS & mask]);
}

static void put_own(struct nw_ecs_line *l, const struct nw_proc *p)
{
	struct nw_json *j = &l->j;

	put_container(j, p);
	nw_json_open(j, "nvrwatch");
	nw_ecs_put_unit(l, p);
	if (p->cgroup_id) {
		nw_json_open(j, "cgroup");
		nw_json_u64_word(j, "id", p->cgroup_id);
		nw_json_str(j, "name", p->cgroup);
		nw_json_close(j);
	}
	nw_ecs_put_program(l, p);
	put_flag(j, "args_truncated", p->flags & NW_PROC_ARGS_CUT);
	put_stdio(j, p);
	if (p->netns) {
		nw_json_u64_word(j, "netns", p->netns);
	}
}

static void put_signal(struct nw_json *j, const struct nw_proc *p)
{
	if (p->end_ns && (p->exit_code & 0x7f)) {
		nw_json_u64(j, "exit_signal", p->exit_code & 0x7f);
		put_flag(j, "core_dumped", p->exit_code & 0x80);
	}
}

static void put_event(struct nw_ecs_line *l, const struct nw_proc *p)
{
	struct nw_json *j = &l->j;

	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\","
			     "\"dataset\":\"nvrwatch.process\",\"category\":[\"process\"],");
	switch (l->out->action) {
	case NW_ACTION_EXIT:
		NW_ECS_RAW(l, "\"type\":[\"end\"],");
		break;
	case NW_ACTION_FOUND:
	case NW_ACTION_SPEAKS:
	case NW_ACTION_IDENTIFIED:
		NW_ECS_RAW(l, "\"type\":[\"info\"],");
		break;
	default:
		NW_ECS_RAW(l, "\"type\":[\"start\"],");
		break;
	}
	nw_json_word(j, "action", nw_action_name(l->out->action));
	if (p->id.start_ns) {
		nw_ecs_put_time(l, "start", p->id.start_ns);
	}
	if (p->end_ns) {
		nw_ecs_put_time(l, "end", p->end_ns);
		if (p->id.start_ns && p->end_ns >= p->id.start_ns) {
			nw_json_u64(j, "duration", p->end_ns - p->id.start_ns);
		}
	}
	nw_json_close(j);
}

static void put_subject(struct nw_ecs_line *l, const struct nw_proc *p)
{
	struct nw_json *j = &l->j;

	put_identity(l, p, sizeof(p->args));
	put_args(j, p);
	if (!p->is_unknown) {
		nw_json_open(j, "group");
		nw_json_u64_word(j, "id", p->gid);
		nw_json_close(j);
	}
}

void nw_ecs_process(struct nw_ecs_line *l)
{
	const struct nw_proc *p = l->out->proc;
	struct nw_json *j = &l->j;

	put_event(l, p);
	nw_json_open(j, "process");
	nw_ecs_put_kept(l, p, NW_ECS_SUBJECT, put_subject);
	put_hash(l, p);
	if (p->end_ns) {
		nw_ecs_put_time(l, "end", p->end_ns);
	}
	put_exit_code(j, p);
	put_parent(l, p);
	nw_json_close(j);
	nw_ecs_put_kept(l, p, NW_ECS_OWN, put_own);
	nw_ecs_put_exe_file(l, p);
	put_signal(j, p);
	nw_json_close(j);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads recordings: the file that was used last, and what its process read all in all. And what
 * was done to a file that this host starts something by. */
#include "ecs_put.h"

static void put_file(struct nw_ecs_line *l, const struct nw_rec *r)
{
	struct nw_json *j = &l->j;
	char path[NW_FACT_VALUE_MAX + NW_REC_PATH + 2];
	size_t len = nw_rec_path(l->out->state, r, path, sizeof(path));

	nw_json_open(j, "file");
	if (len) {
		nw_json_strn(j, "path", path, len);
	}
	nw_json_u64_word(j, "inode", r->inode);
	nw_json_u64_word(j, "device", r->dev);
	nw_json_u64(j, "size", r->size);
	if (r->mtime_ns) {
		nw_json_time(j, "mtime", r->mtime_ns, &l->ecs->second);
	}
	nw_json_close(j);
}

static void put_wall(struct nw_ecs_line *l, const char *key, uint64_t wall_ns)
{
	if (wall_ns) {
		nw_json_time(&l->j, key, wall_ns, &l->ecs->second);
	}
}

static void put_reading(struct nw_ecs_line *l, const struct nw_rec_use *u)
{
	struct nw_json *j = &l->j;

	nw_json_open(j, "reading");
	nw_json_word(j, "tier", nw_rec_tier(u));
	nw_json_u64(j, "files", u->files);
	nw_json_u64(j, "bytes_at_least", u->bytes_least);
	nw_json_u64(j, "bytes_at_most", u->bytes_most + u->uncounted);
	if (u->counts) {
		nw_json_u64(j, "bytes", u->bytes);
	}
	if (u->bytes_mapped) {
		nw_json_u64(j, "bytes_mapped", u->bytes_mapped);
	}
	nw_ecs_put_time(l, "first", u->first_ns);
	nw_ecs_put_time(l, "last", u->last_ns);
	put_wall(l, "oldest", u->file_first_ns);
	put_wall(l, "newest", u->file_last_ns);
	nw_json_close(j);
}

/* ECS's word for it. */
static const char *type_of(uint32_t flags)
{
	return flags & (NW_CHANGE_MADE | NW_CHANGE_MOVED_HERE)			       ? "creation"
	       : flags & (NW_CHANGE_WRITTEN | NW_CHANGE_CLOSED | NW_CHANGE_ATTRIBUTES) ? "change"
										       : "deletion";
}

static void put_change(struct nw_ecs_line *l, const struct nw_change *c)
{
	struct nw_json *j = &l->j;

	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			     "\"nvrwatch.file\",\"category\":[\"file\",\"configuration\"],");
	nw_json_array(j, "type");
	nw_json_word(j, NULL, type_of(c->flags));
	nw_json_array_end(j);
	nw_json_word(j, "action", nw_change_word(c));
	nw_json_close(j);
	nw_json_open(j, "file");
	nw_json_str(j, "path", c->path);
	nw_json_close(j);
	nw_ecs_put_process(l, c->proc);
	nw_json_open(j, "nvrwatch");
	nw_ecs_put_unit(l, c->proc);
	nw_json_open(j, "change");
	nw_json_str(j, "kind", c->kind);
	if (c->flags & NW_CHANGE_THERE) {
		nw_json_bool(j, "with_folder", true);
	}
	if (c->flags & NW_CHANGE_UNSEEN) {
		nw_json_bool(j, "unwatched", true);
	}
	nw_json_close(j);
	nw_json_close(j);
}

void nw_ecs_file(struct nw_ecs_line *l)
{
	const struct nw_rec *r = l->out->rec;
	struct nw_json *j = &l->j;

	if (l->out->change) {
		put_change(l, l->out->change);
		return;
	}
	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			     "\"nvrwatch.file\",\"category\":[\"file\"],\"type\":[\"access\"],");
	nw_json_word(j, "action", nw_action_name(l->out->action));
	nw_json_close(j);
	put_file(l, r);
	nw_ecs_put_process(l, r->proc);
	nw_json_open(j, "nvrwatch");
	nw_ecs_put_unit(l, r->proc);
	nw_json_open(j, "recording");
	nw_json_u64(j, "opens", r->opens);
	nw_json_u64(j, "position", r->position);
	if (r->is_counted) {
		nw_json_u64(j, "bytes", r->bytes);
	}
	if (r->mapped) {
		nw_json_u64(j, "bytes_mapped", NW_MIN(r->mapped, r->size));
	}
	nw_json_str(j, "camera", r->camera);
	if (r->is_camera_known) {
		nw_json_bool(j, "camera_declared", true);
	}
	if (r->is_removed) {
		nw_json_bool(j, "removed", true);
	}
	nw_json_close(j);
	put_reading(l, nw_rec_use_of(l->out->state, r->proc));
	nw_json_close(j);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration text -> struct nw_config. config_check.c has found every mistake before libcyaml
 * loads, so libcyaml failing after it is a bug of ours and says so. Owns what libcyaml allocated;
 * on failure nothing is kept.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config_schema.h"
#include "log.h"
#include "util/whole.h"

#define STRING_MAX 4096
#define LIST_MAX   4096

/* Private, link-local, ULA, loopback, multicast; "this host" and limited broadcast never leave the
 * link. Not 100.64.0.0/10: behind it is a carrier, not this site. */
static const char *const trusted_default[] = {
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",     "169.254.0.0/16", "127.0.0.0/8",
	"0.0.0.0/8",  "224.0.0.0/4",   "255.255.255.255/32", "fc00::/7",       "fe80::/10",
	"::1/128",    "::/128",	       "ff00::/8",
};

static const struct nw_limits limits_default = {
	.ring_bytes = 4U << 20,
	.processes = 16384,
	.flows = 32768,
	.listeners = 2048,
	.names = 16384,
	.heads = 1024,
};

#define OPT		 CYAML_FLAG_OPTIONAL
#define TEXT(k, s, m)	 CYAML_FIELD_STRING_PTR(k, CYAML_FLAG_POINTER | OPT, s, m, 1, STRING_MAX)
#define LIST(k, s, m, e) CYAML_FIELD_SEQUENCE(k, CYAML_FLAG_POINTER | OPT, s, m, e, 0, LIST_MAX)
#define UINT(k, s, m)	 CYAML_FIELD_UINT(k, OPT, s, m)

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, STRING_MAX),
};

static const cyaml_schema_field_t site_fields[] = {
	TEXT("name", struct nw_site, name),
	TEXT("organisation", struct nw_site, organisation),
	LIST("labels", struct nw_site, labels, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t recorder_fields[] = {
	TEXT("name", struct nw_recorder, name),
	LIST("exe", struct nw_recorder, exe, &text_entry),
	TEXT("unit", struct nw_recorder, unit),
	TEXT("cgroup", struct nw_recorder, cgroup),
	TEXT("user", struct nw_recorder, user),
	LIST("starts", struct nw_recorder, starts, &text_entry),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t recorder_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct nw_recorder, recorder_fields),
};

static const cyaml_schema_field_t camera_fields[] = {
	TEXT("name", struct nw_camera_decl, name),
	TEXT("address", struct nw_camera_decl, address),
	TEXT("network", struct nw_camera_decl, network),
	TEXT("maker", struct nw_camera_decl, maker),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t camera_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct nw_camera_decl, camera_fields),
};

static const cyaml_schema_field_t allowed_fields[] = {
	TEXT("to", struct nw_allowed, to),
	UINT("port", struct nw_allowed, port),
	TEXT("program", struct nw_allowed, program),
	TEXT("why", struct nw_allowed, why),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t allowed_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct nw_allowed, allowed_fields),
};

static const cyaml_schema_field_t spot_fields[] = {
	TEXT("path", struct nw_spot_decl, path),
	TEXT("kind", struct nw_spot_decl, kind),
	TEXT("technique", struct nw_spot_decl, technique),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t spot_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct nw_spot_decl, spot_fields),
};

static const cyaml_schema_field_t listener_fields[] = {
	UINT("port", struct nw_listener_decl, port),
	TEXT("proto", struct nw_listener_decl, proto),
	TEXT("from", struct nw_listener_decl, from),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t listener_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct nw_listener_decl, listener_fields),
};

static const cyaml_schema_field_t geo_fields[] = {
	TEXT("country", struct nw_geo_files, country),
	TEXT("asn", struct nw_geo_files, asn),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t limits_fields[] = {
	UINT("ring_bytes", struct nw_limits, ring_bytes),
	UINT("processes", struct nw_limits, processes),
	UINT("flows", struct nw_limits, flows),
	UINT("listeners", struct nw_limits, listeners),
	UINT("names", struct nw_limits, names),
	UINT("heads", struct nw_limits, heads),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_MAPPING("site", OPT, struct nw_config, site, site_fields),
	CYAML_FIELD_SEQUENCE_COUNT("trusted_networks", CYAML_FLAG_POINTER | OPT, struct nw_config,
				   trusted_text, trusted_text_count, &text_entry, 0, LIST_MAX),
	LIST("trusted_tunnels", struct nw_config, trusted_tunnels, &text_entry),
	LIST("recorders", struct nw_config, recorders, &recorder_entry),
	LIST("recording_roots", struct nw_config, recording_roots, &text_entry),
	LIST("spots", struct nw_config, spots, &spot_entry),
	TEXT("host_root", struct nw_config, host_root),
	LIST("cameras", struct nw_config, cameras, &camera_entry),
	LIST("allowed", struct nw_config, allowed, &allowed_entry),
	LIST("listeners", struct nw_config, listeners, &listener_entry),
	LIST("resolvers", struct nw_config, resolvers, &text_entry),
	LIST("ntp", struct nw_config, ntp, &text_entry),
	CYAML_FIELD_MAPPING("geo", OPT, struct nw_config, geo, geo_fields),
	TEXT("flow_interval", struct nw_config, flow_interval),
	CYAML_FIELD_MAPPING("limits", OPT, struct nw_config, limits, limits_fields),
	CYAML_FIELD_BOOL("heads", OPT, struct nw_config, heads),
	LIST("sinks", struct nw_config, sinks, &text_entry),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct nw_config, fields),
};
static const cyaml_config_t cyaml = {
	.mem_fn = cyaml_mem,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_STYLE_BLOCK | CYAML_CFG_NO_ALIAS,
};

void nw_config_free(struct nw_config *c)
{
	if (c) {
		free(c->trusted);
		(void)cyaml_free(&cyaml, &schema, c, 0);
	}
}

static void cleanup_config(struct nw_config **c)
{
	nw_config_free(*c);
}
#define CLEANUP_CONFIG __attribute__((cleanup(cleanup_config)))

/* One list entry at a time, counted as soon as it is there: nw_config_free() fits at any point. */
static int default_trusted(struct nw_config *c)
{
	c->trusted_text = calloc(NW_ARRAY_SIZE(trusted_default), sizeof(*c->trusted_text));
	if (!c->trusted_text) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(trusted_default); i++) {
		c->trusted_text[i] = strdup(trusted_default[i]);
		if (!c->trusted_text[i]) {
			return -ENOMEM;
		}
		c->trusted_text_count++;
	}
	return 0;
}

static int default_protos(struct nw_config *c)
{
	for (unsigned i = 0; i < c->listeners_count; i++) {
		struct nw_listener_decl *l = &c->listeners[i];

		if (!l->proto) {
			l->proto = strdup("tcp");
		}
		if (!l->proto) {
			return -ENOMEM;
		}
	}
	return 0;
}

static void default_limits(struct nw_limits *limits)
{
	static const size_t offsets[] = {
		offsetof(struct nw_limits, ring_bytes), offsetof(struct nw_limits, processes),
		offsetof(struct nw_limits, flows),	offsetof(struct nw_limits, listeners),
		offsetof(struct nw_limits, names),	offsetof(struct nw_limits, heads),
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(offsets); i++) {
		uint32_t *limit = (uint32_t *)(void *)((char *)limits + offsets[i]);

		if (*limit == 0) { /* no limit may be written as 0: it was not written */
			memcpy(limit, (const char *)&limits_default + offsets[i], sizeof(*limit));
		}
	}
}

static int make_networks(struct nw_config *c)
{
	int r;

	c->trusted = calloc(NW_MAX(c->trusted_text_count, 1U), sizeof(*c->trusted));
	if (!c->trusted) {
		return -ENOMEM;
	}
	for (unsigned i = 0; i < c->trusted_text_count; i++) {
		r = nw_parse_network(c->trusted_text[i], &c->trusted[i]);
		if (r < 0) {
			return r;
		}
		c->trusted_count++;
	}
	return 0;
}

int nw_config_text(const struct nw_config *c, char **ret, size_t *ret_len)
{
	NW_CLEANUP_FREE char *text = NULL;
	char *copy;
	size_t len = 0;

	/* libcyaml's own reader and writer do not change what they are given. */
	if (cyaml_save_data(&text, &len, &cyaml, &schema, c, 0) != CYAML_OK) {
		return -ENOMEM;
	}
	copy = malloc(len + 1);
	if (!copy) {
		return -ENOMEM;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	*ret = copy;
	*ret_len = len;
	return 0;
}

/* FNV-1a: tells configurations apart, and nobody gains by forging one. */
int nw_config_make_hash(struct nw_config *c)
{
	NW_CLEANUP_FREE char *text = NULL;
	uint64_t hash = 0xcbf29ce484222325U;
	size_t len = 0;
	int r = nw_config_text(c, &text, &len);

	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < len; i++) {
		hash = (hash ^ (uint8_t)text[i]) * 0x100000001b3U;
	}
	c->hash = hash;
	return 0;
}

static int complete(struct nw_config *c, const struct nw_config_present *present)
{
	uint64_t ns = 0;
	int r = 0;

	if (!present->trusted_networks) {
		r = default_trusted(c);
	} else if (!c->trusted_text) { /* []: libcyaml saves an empty list only from a pointer */
		c->trusted_text = calloc(1, sizeof(*c->trusted_text));
		r = c->trusted_text ? 0 : -ENOMEM;
	}
	if (!present->heads) {
		c->heads = true;
	}
	if (r == 0 && c->flow_interval) {
		r = nw_parse_duration(c->flow_interval, &ns);
		c->flow_interval_s = (uint32_t)(ns / NW_NSEC_PER_SEC);
	}
	default_limits(&c->limits);
	if (r == 0) {
		r = default_protos(c);
	}
	if (r == 0) {
		r = make_networks(c);
	}
	return r < 0 ? r : nw_config_make_hash(c);
}

int nw_config_read(const char *text, size_t len, struct nw_config_error *err,
		   struct nw_config **ret)
{
	CLEANUP_CONFIG struct nw_config *c = NULL;
	struct nw_config_present present = { 0 };
	static const char nothing[] = "{}";
	cyaml_err_t cr;
	int r;

	*err = (struct nw_config_error){ 0 };
	r = nw_config_check(text, len, &schema, &nw_config_rules, &present, err);
	if (r < 0) {
		return r;
	}
	if (!present.any) {
		text = nothing;
		len = strlen(nothing);
	}
	cr = cyaml_load_data((const uint8_t *)text, len, &cyaml, &schema, (cyaml_data_t **)&c,
			     NULL);
	r = cr == CYAML_OK ? complete(c, &present) : cr == CYAML_ERR_OOM ? -ENOMEM : -EINVAL;
	if (r < 0) {
		(void)snprintf(err->text, sizeof(err->text), "cannot be loaded: %s",
			       cr == CYAML_OK ? strerror(-r) : cyaml_strerror(cr));
		return r;
	}
	*ret = c;
	c = NULL;
	return 0;
}

int nw_config_parse(const char *name, const char *text, size_t len, struct nw_config **ret)
{
	struct nw_config_error err;
	int r = nw_config_read(text, len, &err, ret);

	if (r < 0 && err.line > 0) {
		nw_err("%s:%u: %s", name, err.line, err.text);
	} else if (r < 0) {
		nw_err("%s: %s", name, err.text);
	}
	return r;
}

int nw_config_file(const char *name, const char *what, char **ret, size_t *ret_len)
{
	NW_CLEANUP_CLOSE int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	NW_CLEANUP_FREE char *buf = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0) {
		return nw_err_r(-errno, "cannot open %s %s", what, name);
	}
	if (S_ISDIR(st.st_mode)) {
		return nw_err_r(-EISDIR, "cannot read %s %s", what, name);
	}
	buf = malloc(NW_CONFIG_BYTES_MAX + 1);
	/* one more than is allowed: so a longer file is seen as such */
	n = buf ? nw_read_whole(fd, buf, NW_CONFIG_BYTES_MAX + 1) : -ENOMEM;
	if (n < 0) {
		return nw_err_r((int)n, "cannot read %s %s", what, name);
	}
	*ret_len = (size_t)n;
	*ret = buf;
	buf = NULL;
	return 0;
}

/* Of what nobody named on the command line: a pipe would be waited for, maybe for ever. */
static int refuse_pipe(const char *name, const char *what)
{
	struct stat st;

	if (stat(name, &st) == 0 && S_ISFIFO(st.st_mode)) {
		nw_err("%s %s is a pipe, expected a file", what, name);
		return -EINVAL;
	}
	return 0;
}

/* "/etc/nvrwatch/nvrwatch.yaml" -> "/etc/nvrwatch/policy.yaml" */
static int load_policy(const char *config, struct nw_config *c)
{
	const char *slash = strrchr(config, '/');
	int folder = slash ? (int)(slash - config) + 1 : 0;
	NW_CLEANUP_FREE char *name = NULL;
	NW_CLEANUP_FREE char *buf = NULL;
	struct stat st;
	size_t len = 0;
	int r;

	if (asprintf(&name, "%.*s" NW_POLICY_NAME, folder, config) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	if (lstat(name, &st) < 0 && errno == ENOENT) { /* a link that leads nowhere is a mistake */
		return 0;
	}
	r = refuse_pipe(name, "the policy");
	r = r < 0 ? r : nw_config_file(name, "the policy", &buf, &len);
	return r < 0 ? r : nw_config_add_policy(c, name, buf, len);
}

int nw_config_load(const char *file, struct nw_config **ret)
{
	const char *name = file ? file : NW_CONFIG_FILE;
	CLEANUP_CONFIG struct nw_config *c = NULL;
	NW_CLEANUP_FREE char *buf = NULL;
	size_t len = 0;
	int r;

	if (!file && access(name, F_OK) < 0 && errno == ENOENT) {
		r = nw_config_parse("the defaults", "", 0, &c);
	} else {
		r = file ? 0 : refuse_pipe(name, "the configuration");
		r = r < 0 ? r : nw_config_file(name, "the configuration", &buf, &len);
		r = r < 0 ? r : nw_config_parse(name, buf, len, &c);
	}
	r = r < 0 ? r : load_policy(name, c);
	if (r == 0) {
		*ret = c;
		c = NULL;
	}
	return r;
}

int nw_config_print(const struct nw_config *c, FILE *out)
{
	NW_CLEANUP_FREE char *text = NULL;
	size_t len = 0;
	int r = nw_config_text(c, &text, &len);

	if (r < 0) {
		return r;
	}
	if (fwrite(text, 1, len, out) != len) {
		return errno ? -errno : -EIO;
	}
	if (!c->flow_interval && fputs("# flow_interval: 60s, in trace 1s\n", out) < 0) {
		return errno ? -errno : -EIO;
	}
	return 0;
}

bool nw_config_is_inside(const struct nw_config *c, const uint8_t addr[16])
{
	uint8_t real[16];

	nw_address_unwrap(addr, real);
	for (unsigned i = 0; i < c->trusted_count; i++) {
		if (nw_network_has(&c->trusted[i], real)) {
			return true;
		}
	}
	return false;
}

bool nw_config_trusts_tunnel(const struct nw_config *c, const char *interface)
{
	for (unsigned i = 0; i < c->trusted_tunnels_count; i++) {
		if (strcmp(c->trusted_tunnels[i], interface) == 0) {
			return true;
		}
	}
	return false;
}

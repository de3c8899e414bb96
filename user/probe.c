/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One Probe (WS-Discovery 2005/04, SOAP-over-UDP) for ONVIF's NetworkVideoTransmitter, not
 * repeated. An interface is asked when it is up, can do multicast, is no tunnel, and has an address
 * while none of its addresses is outside (of IPv6 a link-local one counts for neither: what carries
 * PPPoE has just that). Owns one socket for each packet, so that each can be told by its cookie
 * ("tool.probe.<cookie>") before it sends, and has room in the ledger for its own answers. Nothing
 * is bound and no group is joined: nobody can ask these sockets, and no IGMP or MLD goes out.
 */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "procfs.h"
#include "state/state.h"

#define INTERFACES_MAX 32
#define PORT	       3702
#define TEXT_MAX       900

struct interface {
	char name[IF_NAMESIZE];
	unsigned index;
	bool is_inside, is_outside; /* has an address that is */
	bool has_v4, has_v6;
	struct in_addr v4; /* from where it asks */
};

struct nw_probe {
	uv_timer_t timer;
	int fd[2 * INTERFACES_MAX];
	unsigned fds;
	struct interface interface[INTERFACES_MAX];
	unsigned interfaces;
};

/* ---- where ---------------------------------------------------------------------------------- */

static struct interface *interface_of(struct nw_probe *p, const char *name)
{
	for (unsigned i = 0; i < p->interfaces; i++) {
		if (strcmp(p->interface[i].name, name) == 0) {
			return &p->interface[i];
		}
	}
	if (p->interfaces == INTERFACES_MAX) {
		return NULL;
	}
	(void)snprintf(p->interface[p->interfaces].name, IF_NAMESIZE, "%s", name);
	p->interface[p->interfaces].index = if_nametoindex(name);
	return &p->interface[p->interfaces++];
}

static void add_address(struct nw_probe *p, const struct nw_config *config, const struct ifaddrs *a)
{
	static const unsigned wanted = IFF_UP | IFF_RUNNING | IFF_MULTICAST;
	struct interface *i;
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };

	if (!a->ifa_addr || (a->ifa_flags & wanted) != wanted ||
	    (a->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT)) ||
	    (a->ifa_addr->sa_family != AF_INET && a->ifa_addr->sa_family != AF_INET6)) {
		return;
	}
	i = interface_of(p, a->ifa_name);
	if (!i) {
		nw_warn("--probe: %s is one interface too many, and is not asked", a->ifa_name);
		return;
	}
	if (a->ifa_addr->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, a->ifa_addr, sizeof(in));
		memcpy(addr + 12, &in.sin_addr, 4);
		i->v4 = i->has_v4 ? i->v4 : in.sin_addr;
		i->has_v4 = true;
	} else {
		struct sockaddr_in6 in;

		memcpy(&in, a->ifa_addr, sizeof(in));
		memcpy(addr, &in.sin6_addr, 16);
		i->has_v6 |= IN6_IS_ADDR_LINKLOCAL(&in.sin6_addr);
	}
	if (!nw_config_is_inside(config, addr)) {
		i->is_outside = true;
	} else if (a->ifa_addr->sa_family == AF_INET || addr[0] != 0xfe) {
		i->is_inside = true; /* a link-local address says nothing: each interface has one */
	}
}

/* What is behind a tunnel is outside, whatever its addresses. */
static bool is_asked(const struct nw_host *h, uint32_t netns, const struct interface *i)
{
	const struct nw_iface *known = nw_iface_find(h->state, netns, i->index);

	return i->is_inside && !i->is_outside &&
	       !(known && known->is_tunnel && !nw_config_trusts_tunnel(h->config, i->name));
}

/* ---- what ----------------------------------------------------------------------------------- */

static size_t make_text(char ret[TEXT_MAX])
{
	uint8_t r[16];
	int n;

	if (getrandom(r, sizeof(r), 0) != sizeof(r)) {
		return 0;
	}
	r[6] = (uint8_t)((r[6] & 0x0f) | 0x40); /* RFC 9562: version 4 */
	r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
	n = snprintf(ret, TEXT_MAX,
		     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
		     "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
		     " xmlns:w=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
		     " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\""
		     " xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\"><e:Header>"
		     "<w:MessageID>uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		     "%02x%02x%02x%02x%02x%02x</w:MessageID>"
		     "<w:To e:mustUnderstand=\"true\">"
		     "urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
		     "<w:Action e:mustUnderstand=\"true\">"
		     "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
		     "<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe>"
		     "</e:Body></e:Envelope>",
		     r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11],
		     r[12], r[13], r[14], r[15]);
	return n > 0 && n < TEXT_MAX ? (size_t)n : 0;
}

/* ---- out ------------------------------------------------------------------------------------ */

/* A socket of this family that sends to this interface's link and hears nothing of itself. */
static int open_socket(const struct interface *i, int family)
{
	const int no = 0;
	const int index = (int)i->index;
	const struct ip_mreqn from = { .imr_address = i->v4, .imr_ifindex = index };
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r = fd < 0 ? -1 : 0;

	if (r == 0 && family == AF_INET) {
		r = setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof(from));
		r = r ? r : setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &no, sizeof(no));
	} else if (r == 0) {
		r = setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof(index));
		r = r ? r : setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &no, sizeof(no));
	}
	if (r < 0) {
		r = -errno;
		if (fd >= 0) {
			close(fd);
		}
		return r;
	}
	return fd;
}

static int send_to_group(int fd, int family, unsigned index, const char *text, size_t len)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(PORT),
				    .sin6_scope_id = index };
	ssize_t n;

	(void)inet_pton(AF_INET, "239.255.255.250", &in.sin_addr);
	(void)inet_pton(AF_INET6, "ff02::c", &in6.sin6_addr);
	n = family == AF_INET ? sendto(fd, text, len, 0, (struct sockaddr *)&in, sizeof(in))
			      : sendto(fd, text, len, 0, (struct sockaddr *)&in6, sizeof(in6));
	return n < 0 ? -errno : 0;
}

/* Told before it sends: what it sends is known as ours from the first packet on. */
static bool ask(struct nw_probe *p, struct nw_host *h, const struct interface *i, int family)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);
	char text[TEXT_MAX];
	size_t len = make_text(text);
	int fd = len ? open_socket(i, family) : -EIO;
	char key[40];
	int r = fd;

	if (fd >= 0) {
		p->fd[p->fds++] = fd;
		r = getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) < 0 ? -errno : 0;
	}
	if (r == 0) {
		(void)snprintf(key, sizeof(key), "tool.probe.%" PRIu64, cookie);
		nw_host_fact(h, key, i->name);
		r = send_to_group(fd, family, i->index, text, len);
	}
	if (r < 0) {
		nw_err_r(r, "--probe: cannot ask on %s by %s", i->name,
			 family == AF_INET ? "IPv4" : "IPv6");
		return false;
	}
	nw_info("asked for cameras on %s by %s", i->name, family == AF_INET ? "IPv4" : "IPv6");
	return true;
}

/* ---- from start to end ---------------------------------------------------------------------- */

static void close_sockets(struct nw_probe *p)
{
	while (p->fds) {
		close(p->fd[--p->fds]);
	}
}

static void on_timer(uv_timer_t *t)
{
	close_sockets(t->data);
}

static bool sees_us(const struct nw_host *h)
{
	char text[4096];
	const char *path;
	size_t len;
	FILE *f = fopen("/proc/self/cgroup", "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	char name[512];

	if (f) {
		fclose(f);
	}
	if (!nw_procfs_cgroup(text, n, &path, &len) || len >= sizeof(name)) {
		return nw_load_has_cgroup(h->loader, "/");
	}
	memcpy(name, path, len);
	name[len] = '\0';
	return nw_load_has_cgroup(h->loader, name);
}

static uint32_t own_netns(void)
{
	struct stat st = { 0 };

	return stat("/proc/self/ns/net", &st) == 0 ? (uint32_t)st.st_ino : 0;
}

static int ask_all(struct nw_probe *p, struct nw_host *h)
{
	struct ifaddrs *all = NULL;
	uint32_t netns = own_netns();
	unsigned asked = 0;

	if (getifaddrs(&all) < 0) {
		return nw_err_r(-errno, "--probe: cannot read the interfaces");
	}
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		add_address(p, h->config, a);
	}
	freeifaddrs(all);
	for (unsigned n = 0; n < p->interfaces; n++) {
		const struct interface *i = &p->interface[n];

		if (is_asked(h, netns, i)) {
			asked += i->has_v4 && ask(p, h, i, AF_INET);
			asked += i->has_v6 && ask(p, h, i, AF_INET6);
		} else {
			nw_info("%s is not inside: not asked", i->name);
		}
	}
	if (!asked) {
		nw_warn("--probe: nobody was asked: no interface is inside (trusted_networks)");
	}
	return 0;
}

int nw_probe_send(struct nw_host *h, uv_loop_t *loop, struct nw_probe **ret)
{
	struct nw_probe *p;
	int r;

	if (!sees_us(h)) {
		nw_err("--probe: answers come to this process, which is not in %s",
		       nw_load_cgroup(h->loader));
		return -EINVAL;
	}
	p = calloc(1, sizeof(*p));
	if (!p) {
		return -ENOMEM;
	}
	*ret = p;
	r = uv_timer_init(loop, &p->timer);
	p->timer.data = p;
	r = r < 0 ? r : uv_timer_start(&p->timer, on_timer, NW_PROBE_MS, 0);
	return r < 0 ? r : ask_all(p, h);
}

void nw_probe_free(struct nw_probe *p)
{
	if (p) {
		close_sockets(p);
		free(p);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See neigh.h. Owns nothing. */
#include "neigh.h"

#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/* The link-layer address is one that answered, or that the administrator gave. */
#define IS_KNOWN (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

static bool take_addr(const struct nlattr *attr, uint8_t family, uint8_t ret[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint16_t len = mnl_attr_get_payload_len(attr);

	if (family == AF_INET && len == 4) {
		memcpy(ret, mapped, sizeof(mapped));
		memcpy(ret + sizeof(mapped), mnl_attr_get_payload(attr), len);
	} else if (family == AF_INET6 && len == 16) {
		memcpy(ret, mnl_attr_get_payload(attr), len);
	} else {
		return false;
	}
	return true;
}

/* Ethernet and its like; nothing but zeros is a device without addresses. */
static bool take_mac(const struct nlattr *attr, uint8_t ret[6])
{
	static const uint8_t none[6];

	if (mnl_attr_get_payload_len(attr) != 6) {
		return false;
	}
	memcpy(ret, mnl_attr_get_payload(attr), 6);
	return memcmp(ret, none, sizeof(none)) != 0;
}

bool nw_neigh_parse(const struct nlmsghdr *msg, struct nw_neigh *ret)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(msg);
	struct nw_neigh n = { 0 };
	const struct nlattr *attr;
	bool has_addr = false;
	bool has_mac = false;

	if ((msg->nlmsg_type != RTM_NEWNEIGH && msg->nlmsg_type != RTM_DELNEIGH) ||
	    msg->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*nd) ||
	    msg->nlmsg_len % MNL_ALIGNTO || /* libmnl would read up to the next multiple */
	    nd->ndm_ifindex <= 0 || nd->ndm_type != RTN_UNICAST || (nd->ndm_flags & NTF_PROXY)) {
		return false;
	}
	n.index = (uint32_t)nd->ndm_ifindex;
	n.is_gone = msg->nlmsg_type == RTM_DELNEIGH;
	mnl_attr_for_each(attr, msg, sizeof(*nd))
	{
		if (mnl_attr_get_type(attr) == NDA_DST) {
			has_addr = take_addr(attr, nd->ndm_family, n.addr);
		} else if (mnl_attr_get_type(attr) == NDA_LLADDR) {
			has_mac = take_mac(attr, n.mac);
		}
	}
	if (!has_addr || (!n.is_gone && (!has_mac || !(nd->ndm_state & IS_KNOWN)))) {
		return false;
	}
	if (n.is_gone) {
		memset(n.mac, 0, sizeof(n.mac));
	}
	*ret = n;
	return true;
}

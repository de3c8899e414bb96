/* SPDX-License-Identifier: Apache-2.0 */
/* Flows: who is the source, what moved since when, how it ended; and listeners. */
#include "ecs_lines.h"

static void test_flow(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);

	NW_LINE_HAS(
		o, { "event.kind", "\"event\"" }, { "event.category", "[\"network\"]" },
		{ "event.type", "[\"connection\",\"info\"]" }, { "event.action", "\"update\"" },
		{ "event.start", "\"2026-11-24T11:03:01.623456789Z\"" },
		{ "event.end", "\"2026-11-24T11:03:03.623456789Z\"" },
		{ "event.duration", "2000000000" }, { "event.outcome", NULL },
		{ "source",
		  "{\"ip\":\"10.0.0.5\",\"port\":45678,\"bytes\":1000000,\"packets\":750}" },
		{ "destination", "{\"ip\":\"203.0.113.7\",\"port\":443,\"domain\":"
				 "\"cdn.example.org\",\"bytes\":3400,\"packets\":400}" },
		{ "network",
		  "{\"transport\":\"tcp\",\"iana_number\":\"6\",\"type\":\"ipv4\","
		  "\"direction\":\"egress\",\"community_id\":\"1:LQU9qZlK+B5F3KDmev6m5PMibrg=\","
		  "\"bytes\":1003400,\"packets\":1150}" },
		{ "nvrwatch.total", "{\"source\":{\"bytes\":1200000,\"packets\":900},"
				    "\"destination\":{\"bytes\":34000,\"packets\":450},"
				    "\"network\":{\"bytes\":1234000,\"packets\":1350}}" },
		{ "nvrwatch.unacked_bytes", "2896" }, { "nvrwatch.unsent_bytes", "512" },
		{ "nvrwatch.bytes_missed", NULL }, { "nvrwatch.initiator", "\"syn\"" },
		{ "nvrwatch.peer", "{\"inside\":false}" }, { "nvrwatch.owner", "\"exact\"" },
		{ "nvrwatch.flow.record", "3" },
		{ "nvrwatch.flow.previous", "\"2026-11-24T11:03:03.123456789Z\"" },
		{ "nvrwatch.flow.prestart", NULL }, { "nvrwatch.sender.pid", "1240" },
		{ "nvrwatch.sender.name", "\"sh\"" }, { "nvrwatch.unit", "\"recorder.service\"" },
		{ "nvrwatch.socket",
		  "{\"cookie\":\"77\",\"netns\":\"4026531840\",\"uid\":\"998\"}" },
		{ "observer.egress.interface", "{\"id\":\"2\",\"name\":\"eth0\"}" },
		{ "nvrwatch.interface", "{\"kind\":\"physical\"}" }, { "process.pid", "1234" },
		{ "process.parent.pid", "1" }, { "process.args", NULL },
		{ "container.id", "\"0123456789ab\"" });
	json_object_put(o);
}

/* The peer began: it is the source, and what it sent is what we received. */
static void test_flow_inbound(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->tcp.is_outbound = false;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_START, &r->tcp);
	NW_LINE_HAS(o, { "event.type", "[\"connection\",\"start\"]" },
		    { "source", "{\"ip\":\"203.0.113.7\",\"port\":443,\"domain\":"
				"\"cdn.example.org\",\"bytes\":3400,\"packets\":400}" },
		    { "destination.bytes", "1000000" }, { "destination.domain", NULL },
		    { "network.direction", "\"ingress\"" },
		    { "nvrwatch.total.source.bytes", "34000" },
		    { "nvrwatch.total.destination.packets", "900" });
	json_object_put(o);
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->udp);
	NW_LINE_HAS(o, { "source.ip", "\"fd00::2\"" }, { "destination.ip", "\"fd00::1\"" },
		    { "network.type", "\"ipv6\"" }, { "network.transport", "\"udp\"" },
		    { "nvrwatch.socket.drops", "5" }, { "nvrwatch.unacked_bytes", NULL },
		    { "nvrwatch.peer", "{\"inside\":true}" }, { "nvrwatch.initiator", "\"first\"" },
		    { "nvrwatch.flow.previous", NULL }, { "observer.egress", NULL },
		    { "nvrwatch.interface", "{\"kind\":\"unknown\"}" });
	json_object_put(o);
}

#define ADDR "203.0.113.7"

/* A country is no operator: each is told where it is known, of whichever end is the peer. */
static void test_flow_place(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	nw_records_fact(r->state, "place." ADDR, "DE 132203 Shenzhen Tencent");
	nw_records_fact(r->state, "place.10.0.0.5", "NL 1 never of our own end");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "destination.geo", "{\"country_iso_code\":\"DE\"}" },
		    { "destination.as",
		      "{\"number\":132203,\"organization\":{\"name\":\"Shenzhen Tencent\"}}" },
		    { "source.geo", NULL }, { "source.as", NULL });
	json_object_put(o);
	r->tcp.is_outbound = false;
	nw_records_fact(r->state, "place." ADDR, "- 132203");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "source.geo", NULL }, { "source.as", "{\"number\":132203}" },
		    { "destination.as", NULL });
	json_object_put(o);
	nw_records_fact(r->state, "place." ADDR, "DE 0");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "source.geo", "{\"country_iso_code\":\"DE\"}" }, { "source.as", NULL });
	json_object_put(o);
	nw_records_addr(r->forwarded.laddr, ADDR); /* both ends are somebody else's */
	nw_records_addr(r->forwarded.raddr, "10.0.0.5");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->forwarded);
	NW_LINE_HAS(o, { "source.geo", "{\"country_iso_code\":\"DE\"}" },
		    { "destination.as.number", "1" });
	json_object_put(o);
}

/* Of exactly that peer on exactly that link. */
static void test_flow_neighbour(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	nw_records_fact(r->state, "neigh.4026531840.2." ADDR,
			"c0:56:e3:01:02:0a hikvision Hangzhou Hikvision");
	nw_records_fact(r->state, "neigh.4026531840.2.10.0.0.5", "ac:cc:8e:00:00:01 axis");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "destination.mac", "\"C0-56-E3-01-02-0A\"" }, { "source.mac", NULL },
		    { "nvrwatch.peer", "{\"inside\":false,\"maker\":\"hikvision\","
				       "\"organisation\":\"Hangzhou Hikvision\"}" });
	json_object_put(o);
	r->tcp.is_outbound = false;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "source.mac", "\"C0-56-E3-01-02-0A\"" }, { "destination.mac", NULL });
	json_object_put(o);
	r->tcp.ifindex = 3;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "source.mac", NULL }, { "nvrwatch.peer", "{\"inside\":false}" });
	json_object_put(o);
	nw_records_addr(r->forwarded.laddr, "10.0.0.5"); /* a camera behind this host */
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->forwarded);
	NW_LINE_HAS(o, { "source.mac", "\"AC-CC-8E-00-00-01\"" });
	json_object_put(o);
}

static void test_flow_vendor(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);

	NW_LINE_HAS(o, { "nvrwatch.vendor", NULL });
	json_object_put(o);
	nw_records_fact(r->state, "vendor.1", "203.0.113.0/24 axis relay");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "nvrwatch.vendor",
			 "{\"name\":\"axis\",\"service\":\"relay\",\"basis\":\"address\"}" });
	json_object_put(o);
	nw_records_fact(r->state, "vendor.2", "example.org ezviz cloud");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "nvrwatch.vendor.name", "\"ezviz\"" },
		    { "nvrwatch.vendor.basis", "\"name\"" });
	json_object_put(o);
	o = nw_line(r, NW_DATASET_DNS, NW_ACTION_UPDATE, &r->asked);
	NW_LINE_HAS(o, { "nvrwatch.vendor", "{\"name\":\"ezviz\",\"service\":\"cloud\"}" });
	json_object_put(o);
}

static void assert_outcome(struct nw_records *r, uint8_t state, uint64_t rx, const char *outcome,
			   const char *reason)
{
	struct json_object *o;

	r->tcp.end_ns = NW_RECORDS_BOOT_NS;
	r->tcp.end_state = state;
	r->tcp.rx_packets = r->tcp.told_rx_packets = rx;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_END, &r->tcp);
	NW_LINE_HAS(o, { "event.type", "[\"connection\",\"end\"]" },
		    { "event.end", "\"2026-11-24T11:03:04.123456789Z\"" },
		    { "event.duration", "2500000000" }, { "event.outcome", outcome },
		    { "event.reason", reason });
	json_object_put(o);
}

static void test_flow_names(void **state)
{
	struct nw_records *r = *state;
	struct nw_said said = { .protocol = "tls" };
	struct json_object *o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);

	NW_LINE_HAS(o, { "nvrwatch.names", NULL });
	json_object_put(o);
	r->tcp.said = &said;
	assert_int_equal(nw_said_add(&said, NW_ATTR_TLS_SERVER_NAME, "www.bank.test", 13), 0);
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "nvrwatch.names",
			 "{\"verdict\":\"disagree\",\"asked_and_said\":\"disagree\"}" });
	json_object_put(o);
	assert_int_equal(nw_said_add(&said, NW_ATTR_TLS_SERVER_NAMES, "*.bank.test", 11), 0);
	strcpy(r->tcp.name, "www.bank.test");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "nvrwatch.names", "{\"verdict\":\"agree\",\"asked_and_said\":\"agree\","
					   "\"certificate\":\"agree\"}" });
	json_object_put(o);
}

static void test_flow_end(void **state)
{
	static const uint8_t closed[] = { 5, 6, 9, 11 };
	static const uint8_t reset[] = { 1, 3, 4, 8 };

	assert_outcome(*state, 2, 1, "\"failure\"", "\"refused\"");
	assert_outcome(*state, 2, 0, "\"failure\"", "\"no answer\"");
	assert_outcome(*state, 0, 1, NULL, NULL);
	for (size_t i = 0; i < sizeof(closed); i++) {
		assert_outcome(*state, closed[i], 1, "\"success\"", "\"closed\"");
		assert_outcome(*state, reset[i], 1, "\"failure\"", "\"reset\"");
	}
}

static void test_flow_owner(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->tcp.flags = NW_SOCK_GUESSED | NW_SOCK_PRESTART | NW_SOCK_LOOPBACK;
	r->tcp.missed_bytes = 9;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "nvrwatch.owner", "\"guessed\"" }, { "nvrwatch.bytes_missed", "9" },
		    { "nvrwatch.flow.prestart", "true" }, { "nvrwatch.flow.loopback", "true" });
	json_object_put(o);
	r->tcp.owner = NULL;
	r->tcp.sender = NULL;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "nvrwatch.owner", "\"unknown\"" }, { "process", NULL },
		    { "nvrwatch.unit", NULL }, { "nvrwatch.sender", NULL });
	json_object_put(o);
	r->tcp.flags = NW_SOCK_NO_OWNER;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	nw_line_assert(o, "nvrwatch.owner", "\"none\"");
	json_object_put(o);
}

static void test_flow_peer(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);

	NW_LINE_HAS(o, { "nvrwatch.peer_process", NULL });
	json_object_put(o);
	r->tcp.peer = &r->sender;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "nvrwatch.peer_process.pid", "1240" },
		    { "nvrwatch.peer_process.name", "\"sh\"" },
		    { "nvrwatch.peer_process.executable", "\"/usr/bin/dash\"" },
		    { "nvrwatch.peer_process.unit", "\"recorder.service\"" });
	assert_int_equal(
		strlen(json_object_get_string(nw_line_get(o, "nvrwatch.peer_process.entity_id"))),
		16);
	json_object_put(o);
}

/* An interface that nobody told of has a number; a sum over peers has no address. */
static void test_flow_elsewhere(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->tcp.iface = NULL;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	nw_line_assert(o, "observer.egress.interface", "{\"id\":\"2\"}");
	nw_line_assert(o, "nvrwatch.interface.kind", "\"unknown\"");
	json_object_put(o);
	r->udp.slot = NW_SLOT_OTHER;
	r->udp.family = 4;
	memset(r->udp.laddr, 0, 16);
	memset(r->udp.raddr, 0, 16);
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->udp);
	NW_LINE_HAS(o, { "source", "{\"bytes\":1400,\"packets\":2}" },
		    { "nvrwatch.peer.many", "true" }, { "network.type", "\"ipv4\"" });
	json_object_put(o);
}

static void test_flow_protocols(void **state)
{
	static const struct {
		uint16_t proto;
		const char *transport, *number, *port;
	} c[] = {
		{ IPPROTO_ICMP, "\"icmp\"", "\"1\"", NULL },
		{ IPPROTO_ICMPV6, "\"ipv6-icmp\"", "\"58\"", NULL },
		{ IPPROTO_SCTP, "\"sctp\"", "\"132\"", "50000" },
		{ IPPROTO_UDPLITE, "\"udplite\"", "\"136\"", "50000" },
		{ 47, NULL, "\"47\"", NULL },
	};
	struct nw_records *r = *state;

	for (size_t i = 0; i < NW_ARRAY_SIZE(c); i++) {
		struct json_object *o;

		r->udp.proto = c[i].proto;
		o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->udp);
		NW_LINE_HAS(o, { "network.transport", c[i].transport },
			    { "network.iana_number", c[i].number }, { "source.port", c[i].port });
		json_object_put(o);
	}
}

/* One flow keeps its id; another socket, peer, life, host or boot has another one. */
static void test_flow_id(void **state)
{
	struct nw_records *r = *state;
	char ids[6][20];

	for (int i = 0; i < 6; i++) {
		struct json_object *o;

		r->tcp.cookie += i == 2;
		r->tcp.slot += i == 3;
		r->tcp.first_ns += i == 4;
		if (i == 5) {
			nw_records_fact(r->state, "boot.id", "another");
		}
		o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
		snprintf(ids[i], sizeof(ids[i]), "%s",
			 json_object_get_string(nw_line_get(o, "nvrwatch.flow.id")));
		assert_int_equal(strlen(ids[i]), 16);
		json_object_put(o);
	}
	assert_string_equal(ids[0], ids[1]);
	for (int i = 1; i < 6; i++) {
		for (int k = i + 1; k < 6; k++) {
			assert_string_not_equal(ids[i], ids[k]);
		}
	}
}

static void test_listener(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_LISTENER, NW_ACTION_START, &r->listener);

	NW_LINE_HAS(
		o, { "event.type", "[\"start\"]" }, { "event.action", "\"start\"" },
		{ "server", "{\"ip\":\"0.0.0.0\",\"port\":8554}" },
		{ "network", "{\"transport\":\"tcp\",\"iana_number\":\"6\",\"type\":\"ipv4\"}" },
		{ "process.name", "\"ffmpeg\"" }, { "event.end", NULL },
		{ "nvrwatch.socket.cookie", "\"79\"" });
	json_object_put(o);
	r->listener.end_ns = NW_RECORDS_BOOT_NS;
	o = nw_line(r, NW_DATASET_LISTENER, NW_ACTION_END, &r->listener);
	NW_LINE_HAS(o, { "event.type", "[\"end\"]" }, { "event.duration", "1000000000" });
	json_object_put(o);
}

/* Frames have no addresses: what they are in is for whoever reads them to find out. */
static void test_frames(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->frames);

	NW_LINE_HAS(o, { "source", "{\"bytes\":500,\"packets\":5}" },
		    { "destination", "{\"bytes\":0,\"packets\":0}" },
		    { "network", "{\"direction\":\"egress\",\"bytes\":500,\"packets\":5}" },
		    { "nvrwatch.socket", "{\"family\":\"packet\",\"inode\":\"9001\","
					 "\"netns\":\"4026531840\",\"uid\":\"0\"}" },
		    { "nvrwatch.peer", NULL }, { "nvrwatch.owner", "\"exact\"" },
		    { "process.pid", "1234" },
		    { "observer.egress.interface", "{\"id\":\"2\",\"name\":\"eth0\"}" });
	json_object_put(o);
	r->frames.family = NW_FAMILY_OTHER | 99; /* no word for it */
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->frames);
	NW_LINE_HAS(o, { "nvrwatch.socket.family", "\"99\"" });
	json_object_put(o);
}

static void check_direction(struct nw_records *r, bool is_source_inside, bool is_peer_inside,
			    const char *direction)
{
	struct json_object *o;

	r->forwarded.is_local_inside = is_source_inside;
	r->forwarded.is_inside = is_peer_inside;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->forwarded);
	NW_LINE_HAS(o, { "network.direction", direction });
	json_object_put(o);
}

/* Neither end is this host's: no process, no socket, and the direction is that of networks. */
static void test_forwarded(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->forwarded);

	NW_LINE_HAS(o, { "process", NULL }, { "nvrwatch.forwarded", "true" },
		    { "nvrwatch.owner", NULL }, { "nvrwatch.socket", NULL },
		    { "nvrwatch.netns", "\"4026531840\"" }, { "nvrwatch.unacked_bytes", NULL },
		    { "source",
		      "{\"ip\":\"192.168.1.9\",\"port\":50001,\"bytes\":70000,\"packets\":50}" },
		    { "destination",
		      "{\"ip\":\"203.0.113.7\",\"port\":443,\"bytes\":900,\"packets\":30}" });
	json_object_put(o);
	check_direction(r, true, false, "\"outbound\"");
	check_direction(r, false, true, "\"inbound\"");
	check_direction(r, true, true, "\"internal\"");
	check_direction(r, false, false, "\"external\"");
	r->forwarded.is_outbound = false; /* the other end is the source */
	check_direction(r, true, false, "\"inbound\"");
	check_direction(r, false, true, "\"outbound\"");
}

static struct json_object *covert_line(struct nw_records *r, enum nw_action action)
{
	struct nw_output o = nw_records_covert(r, action);

	return nw_line_of(&o);
}

static void test_covert(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = covert_line(r, NW_ACTION_START);

	NW_LINE_HAS(o, { "event.dataset", "\"nvrwatch.listener\"" },
		    { "event.type", "[\"start\"]" }, { "server", NULL }, { "network", NULL },
		    { "process.pid", "1234" },
		    { "nvrwatch.socket",
		      "{\"family\":\"packet\",\"type\":\"raw\",\"protocol\":\"3\","
		      "\"inode\":\"9001\",\"uncounted\":true,\"netns\":\"4026531840\","
		      "\"uid\":\"998\"}" });
	json_object_put(o);
	r->covert.is_uncounted = false;
	r->covert.owner = NULL;
	o = covert_line(r, NW_ACTION_UPDATE);
	NW_LINE_HAS(o, { "event.type", "[\"info\"]" }, { "event.action", "\"update\"" },
		    { "process", NULL }, { "nvrwatch.socket.uncounted", NULL });
	json_object_put(o);
	r->covert.end_ns = NW_RECORDS_BOOT_NS;
	o = covert_line(r, NW_ACTION_END);
	NW_LINE_HAS(o, { "event.type", "[\"end\"]" }, { "event.duration", "1000000000" });
	json_object_put(o);
}

NW_TESTS(user_ecs_flow, NW_LINES_TEST(test_flow), NW_LINES_TEST(test_flow_inbound),
	 NW_LINES_TEST(test_flow_place), NW_LINES_TEST(test_flow_neighbour),
	 NW_LINES_TEST(test_flow_vendor), NW_LINES_TEST(test_flow_names),
	 NW_LINES_TEST(test_flow_end), NW_LINES_TEST(test_flow_owner),
	 NW_LINES_TEST(test_flow_peer), NW_LINES_TEST(test_flow_elsewhere),
	 NW_LINES_TEST(test_flow_protocols), NW_LINES_TEST(test_flow_id),
	 NW_LINES_TEST(test_listener), NW_LINES_TEST(test_frames), NW_LINES_TEST(test_forwarded),
	 NW_LINES_TEST(test_covert));

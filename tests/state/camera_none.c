/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts of a local network that are no cameras: each kind of server with the first bytes that it is
 * known by, in every volume that it may have, without a MAC and with that of who makes no cameras,
 * cameras beside other things, and cameras only. Not one may be taken for a camera, but what may as
 * well be a camera's pictures when a maker of cameras sends it. The answers are those of the programs that are
 * named, as they stand in their documentation and in public captures of them.
 */
#include "state/camera_feed.h"

#define GET(path)   \
	"GET " path \
	" HTTP/1.1\r\nHost: host.office.lan\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"
#define OK(server, type)                     \
	"HTTP/1.1 200 OK\r\nServer: " server \
	"\r\nDate: Sat, 28 Nov 2026 12:49:36 GMT\r\nContent-Type: " type "\r\n"
#define HTTP(name, number, path, server, type)                                                \
	{                                                                                     \
		.what = name, .proto = IPPROTO_TCP, .port = number, .sent = BYTES(GET(path)), \
		.heard = BYTES(OK(server, type) "Content-Length: 104857600\r\n\r\n")          \
	}
#define STREAM(name, number, path, server, type)                                              \
	{                                                                                     \
		.what = name, .proto = IPPROTO_TCP, .port = number, .sent = BYTES(GET(path)), \
		.heard = BYTES(OK(server, type) "Transfer-Encoding: chunked\r\n\r\n")         \
	}
#define TCP(name, number, say, answer)                                                  \
	{                                                                               \
		.what = name, .proto = IPPROTO_TCP, .port = number, .sent = BYTES(say), \
		.heard = BYTES(answer)                                                  \
	}
#define UDP(name, number, say, answer)                                                  \
	{                                                                               \
		.what = name, .proto = IPPROTO_UDP, .port = number, .sent = BYTES(say), \
		.heard = BYTES(answer)                                                  \
	}
#define IN(name, number, say, answer)                                                   \
	{                                                                               \
		.what = name, .proto = IPPROTO_TCP, .port = number, .is_inbound = true, \
		.sent = BYTES(answer), .heard = BYTES(say)                              \
	}
#define SERVER_HELLO                                   \
	"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" \
	"0123456789abcdef0123456789abcdef"             \
	"\x00\x13\x02\x00\x00"
#define CLIENT_HELLO                                   \
	"\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03" \
	"0123456789abcdef0123456789abcdef"             \
	"\x00\x00\x04\x13\x01\x13\x02\x01\x00"
#define SSDP(server, st, location)                                                      \
	"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: " location \
	"\r\nSERVER: " server "\r\nST: " st                                             \
	"\r\nUSN: uuid:2fac1234-31f8-11b4-a222-08002b34c003::" st "\r\n\r\n"
#define SEARCH \
	"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 2\r\nST: ssdp:all\r\n\r\n"
#define DISCOVERY \
	"<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><d:ProbeMatches xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><d:ProbeMatch>"
#define PROBE \
	"<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><d:Probe xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"/></s:Body></s:Envelope>"
#define MATCHED	  "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
#define DIGITS_46 "0123456789012345678901234567890123456789012345"
#define TS_PACKET "\x47\x40\x00\x10" DIGITS_46 DIGITS_46 DIGITS_46 DIGITS_46
#define RTP_SOUND                                          \
	"\x80\x00\x12\x34\x00\x00\x00\xa0\xde\xad\xbe\xef" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

static const struct talk hosts[] = {
	HTTP("nginx, a page", 80, "/", "nginx/1.22.1", "text/html"),
	HTTP("nginx, a file", 80, "/d.iso", "nginx/1.22.1", "application/octet-stream"),
	HTTP("Apache", 80, "/", "Apache/2.4.57 (Debian)", "text/html; charset=UTF-8"),
	HTTP("Apache, a film", 80, "/f.mp4", "Apache/2.4.57 (Debian)", "video/mp4"),
	HTTP("lighttpd", 80, "/", "lighttpd/1.4.69", "text/html"),
	HTTP("Caddy", 80, "/x.zip", "Caddy", "application/zip"),
	HTTP("IIS", 80, "/", "Microsoft-IIS/10.0", "text/html"),
	HTTP("Python", 8000, "/big", "SimpleHTTP/0.6 Python/3.11.2", "application/octet-stream"),
	HTTP("GoAhead, a printer", 80, "/", "GoAhead-Webs", "text/html"),
	HTTP("mini_httpd, a switch", 80, "/", "mini_httpd/1.30 26Oct2018", "text/html"),
	HTTP("uHTTPd, a router", 80, "/cgi-bin/luci", "uhttpd", "text/html"),
	HTTP("thttpd", 80, "/", "thttpd/2.29 23May2018", "image/jpeg"),
	HTTP("Synology DSM", 5000, "/webman/index.cgi", "nginx", "text/html; charset=\"UTF-8\""),
	HTTP("QNAP QTS", 8080, "/cgi-bin/", "http server 1.0", "text/html"),
	HTTP("TrueNAS", 80, "/ui/", "nginx", "text/html"),
	HTTP("Prometheus exporter", 9100, "/metrics", "node_exporter", "text/plain; version=0.0.4"),
	HTTP("Grafana", 3000, "/api/live/ws", "grafana", "application/json"),
	HTTP("CUPS, IPP", 631, "/ipp/print", "CUPS/2.4 IPP/2.1", "application/ipp"),
	HTTP("HP printer", 80, "/", "HP HTTP Server; HP LaserJet 400", "text/html"),
	HTTP("Home Assistant", 8123, "/", "Python/3.11 aiohttp/3.8.5", "text/html"),
	HTTP("apt mirror", 80, "/debian/pool/main/l/linux.deb", "Apache",
	     "application/vnd.debian.binary-package"),
	HTTP("Docker registry", 5000, "/v2/x/blobs/sha256:00", "registry",
	     "application/octet-stream"),
	HTTP("MinIO", 9000, "/bucket/object", "MinIO", "video/x-matroska"),
	STREAM("Jellyfin, a film", 8096, "/Videos/1/stream.mkv", "Kestrel", "video/x-matroska"),
	STREAM("Plex", 32400, "/video/:/transcode", "Plex", "video/x-matroska"),
	STREAM("VLC, HTTP", 8080, "/", "VLC/3.0.18", "video/mp2t"),
	STREAM("ffmpeg -listen", 8090, "/feed.ts", "ffmpeg", "video/mp2t"),
	STREAM("Icecast", 8000, "/radio.mp3", "Icecast 2.4.4", "audio/mpeg"),
	STREAM("minidlna", 8200, "/MediaItems/22.mkv",
	       "Debian DLNADOC/1.50 UPnP/1.0 MiniDLNA/1.3.0", "video/x-matroska"),
	STREAM("Tvheadend", 9981, "/stream/channel/1", "HTS/tvheadend", "video/mp2t"),
	STREAM("HLS segments", 80, "/hls/1.ts", "nginx/1.22.1", "video/mp2t"),
	STREAM("server push of text", 80, "/events", "nginx", "text/event-stream"),
	TCP("OpenSSH", 22, "SSH-2.0-OpenSSH_9.2p1\r\n",
	    "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
	TCP("Dropbear", 22, "SSH-2.0-OpenSSH_9.2p1\r\n", "SSH-2.0-dropbear_2022.83\r\n"),
	TCP("vsftpd", 21, "USER x\r\n", "220 (vsFTPd 3.0.3)\r\n"),
	TCP("FTP data", 20, "", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
	TCP("Postfix", 25, "EHLO nvr\r\n", "220 mail.office.lan ESMTP Postfix (Debian/GNU)\r\n"),
	TCP("Dovecot", 143, "a LOGIN x\r\n",
	    "* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot (Debian) ready.\r\n"),
	TCP("MQTT broker", 1883, "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04nvrw",
	    "\x20\x02\x00\x00"),
	TCP("PostgreSQL", 5432, "\x00\x00\x00\x08\x04\xd2\x16\x2f", "N"),
	TCP("MariaDB", 3306, "",
	    "\x5a\x00\x00\x00\x0a"
	    "5.5.5-10.11.4-MariaDB-1~deb12u1\x00"),
	TCP("Redis", 6379, "*1\r\n$4\r\nPING\r\n", "+PONG\r\n"),
	TCP("rsync", 873, "@RSYNCD: 31.0\n", "@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"),
	TCP("NFS", 2049,
	    "\x80\x00\x00\x28\x11\x22\x33\x44\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x86\xa3",
	    "\x80\x00\x00\x18\x11\x22\x33\x44\x00\x00\x00\x01"),
	TCP("SMB", 445, "\x00\x00\x00\xb0\xfeSMB@\x00", "\x00\x00\x00\xf0\xfeSMB@\x00"),
	TCP("iSCSI", 3260, "\x43\x87\x00\x00\x00\x00\x00\x9b", "\x23\x87\x00\x00\x00\x00\x00\x9b"),
	TCP("NBD", 10809, "", "NBDMAGICIHAVEOPT\x00\x03"),
	TCP("raw printing", 9100, "\x1b%-12345X@PJL INFO STATUS\r\n", "@PJL INFO STATUS\r\n"),
	TCP("TLS, a file server", 443, CLIENT_HELLO, SERVER_HELLO),
	TCP("VNC", 5900, "RFB 003.008\n", "RFB 003.008\n"),
	TCP("RDP", 3389,
	    "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00",
	    "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00"),
	TCP("of no known kind", 7777, "\x01\x02\x03\x04", "\xaa\xbb\xcc\xdd\xee\xff"),
	TCP("netcat, a disk image", 9999, "", "\xeb\x63\x90\x00\x00\x00\x00\x00"),
	TCP("AirPlay", 7000, "OPTIONS * RTSP/1.0\r\nCSeq: 0\r\nUser-Agent: AirPlay/550.10\r\n\r\n",
	    "RTSP/1.0 200 OK\r\nPublic: ANNOUNCE, SETUP, RECORD, PAUSE, FLUSH, TEARDOWN, OPTIONS\r\nServer: AirTunes/220.68\r\nCSeq: 0\r\n\r\n"),
	TCP("SAT>IP, who asks only", 554,
	    "OPTIONS rtsp://tv.office.lan/ RTSP/1.0\r\nCSeq: 1\r\n\r\n",
	    "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: minisatip/1.2.89\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"),
	TCP("asked in RTSP, is none", 554,
	    "OPTIONS rtsp://files.office.lan/ RTSP/1.0\r\nCSeq: 1\r\n\r\n",
	    "HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n\r\n"),
	TCP("asked in RTSP, of no known kind", 554,
	    "OPTIONS rtsp://files.office.lan/ RTSP/1.0\r\nCSeq: 1\r\n\r\n",
	    "\xaa\xbb\xcc\xdd\xee\xff"),
	UDP("NTP", 123,
	    "\x23\x00\x06\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xea\x00\x00\x00\x00\x00\x00\x01",
	    "\x24\x02\x06\xe9\x00\x00\x00\x10\x00\x00\x00\x20\xc0\x00\x02\x01\xea\x00\x00\x00\x00\x00\x00\x01\xea\x00\x00\x00\x00\x00\x00\x01\xea\x00\x00\x00\x00\x00\x00\x01\xea\x00\x00\x00\x00\x00\x00\x01"),
	UDP("Chromecast, SSDP", 1900, SEARCH,
	    SSDP("Linux/3.8.13+, UPnP/1.0, Portable SDK for UPnP devices/1.6.18",
		 "urn:dial-multiscreen-org:service:dial:1",
		 "http://10.0.0.8:8008/ssdp/device-desc.xml")),
	UDP("router, IGD", 1900, SEARCH,
	    SSDP("OpenWrt/22.03 UPnP/1.1 MiniUPnPd/2.3.1",
		 "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
		 "http://10.0.0.8:5000/rootDesc.xml")),
	UDP("Sonos, SSDP", 1900, SEARCH,
	    SSDP("Linux UPnP/1.0 Sonos/70.3-35220 (ZPS9)",
		 "urn:schemas-upnp-org:device:ZonePlayer:1",
		 "http://10.0.0.8:1400/xml/device_description.xml")),
	UDP("Hue bridge, SSDP", 1900, SEARCH,
	    SSDP("Hue/1.0 UPnP/1.0 IpBridge/1.55.0", "upnp:rootdevice",
		 "http://10.0.0.8:80/description.xml")),
	UDP("access point that says ONVIF", 1900, SEARCH,
	    SSDP("AP/2.0 UPnP/1.0 ONVIF-bridge/1.0", "urn:schemas-onvif-org:device:switch:1",
		 "http://10.0.0.8:80/onvif/description.xml")),
	UDP("printer, WS-Discovery", 3702, PROBE,
	    DISCOVERY
	    "<d:Types xmlns:p=\"http://schemas.microsoft.com/windows/2006/08/wdp/print\">p:PrintDeviceType</d:Types><d:XAddrs>http://10.0.0.8:5357/</d:XAddrs>" MATCHED),
	UDP("Windows, WS-Discovery", 3702, PROBE,
	    DISCOVERY "<d:Types>wsdp:Device pub:Computer</d:Types>" MATCHED),
	UDP("door controller, ONVIF", 3702, PROBE,
	    DISCOVERY
	    "<d:Types>tds:Device</d:Types><d:Scopes>onvif://www.onvif.org/Profile/C onvif://www.onvif.org/name/A1001</d:Scopes>" MATCHED),
	UDP("syslog answer", 514, "<30>nvr: x", ""),
	UDP("SNMP", 161, "\x30\x26\x02\x01\x01\x04\x06public\xa0\x19",
	    "\x30\x2c\x02\x01\x01\x04\x06public\xa2\x1f"),
	UDP("TFTP", 69, "\x00\x01image\x00octet\x00",
	    "\x00\x03\x00\x01"
	    "data"),
	UDP("WireGuard", 51820, "\x01\x00\x00\x00\x11\x22\x33\x44",
	    "\x02\x00\x00\x00\x11\x22\x33\x44"),
	UDP("QUIC, a file", 443, "\xc3\x00\x00\x00\x01\x08", "\xc5\x00\x00\x00\x01\x00"),
	UDP("SIP phone, its sound", 16384, RTP_SOUND, RTP_SOUND),
	UDP("IPTV, MPEG-TS", 5004, "",
	    "\x80\x21\x00\x01\x00\x00\x00\x01\x11\x22\x33\x44" TS_PACKET),
	UDP("DNS", 53,
	    "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07"
	    "example\x03org\x00\x00\x01\x00\x01",
	    ""),
	IN("who watches, RTSP", 8554,
	   "OPTIONS rtsp://nvr:8554/gate RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: LibVLC/3.0.18\r\n\r\n",
	   "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: gortsplib\r\n\r\n"),
	IN("who uploads by HTTP", 80,
	   "PUT /backup.tar HTTP/1.1\r\nHost: nvr\r\nContent-Length: 999999999\r\n\r\n",
	   "HTTP/1.1 201 Created\r\n\r\n"),
	IN("who uploads by SSH", 22, "SSH-2.0-OpenSSH_9.2p1\r\n", "SSH-2.0-OpenSSH_9.2p1\r\n"),
	IN("who copies, SMB", 445, "\x00\x00\x00\xb0\xfeSMB@\x00", "\x00\x00\x00\xf0\xfeSMB@\x00"),
};

/* Nothing, a page, a download, a film at its own pace, a call, an upload. */
static const struct volume volumes[] = {
	{ 3000, 300, 5 },    { 90000, 1500, 10 }, { 2000000, 9000, 40 },
	{ 60000, 900, 150 }, { 8000, 8000, 100 }, { 2000, 400000, 40 },
};
static const char *const macs[] = {
	NULL,
	"00:11:32:01:02:03 - Synology Incorporated",
	"14:cc:20:01:02:03 tplink TP-LINK TECHNOLOGIES CO.,LTD.",
	"00:40:8c:18:4c:c2 axis Axis Communications AB",
};

/* With the MAC of who makes cameras only: what it sends is live, or nothing of it can be read. */
static bool can_be_pictures(const struct talk *t, const char *mac)
{
	static const char *const live[] = {
		"ffmpeg -listen",   "HLS segments", "TLS, a file server",
		"of no known kind", "netcat",	    "asked in RTSP, of no",
		"WireGuard",	    "QUIC",	    "SIP phone, its sound",
		"thttpd",
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(live); i++) {
		if (mac && strstr(mac, " axis ") &&
		    strncmp(t->what, live[i], strlen(live[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* RTSP carries what it carries at a pace of its own: from who only asks, or is played to, nothing comes. */
static bool is_real(const struct talk *t, size_t volume)
{
	bool is_rtsp = t->heard.len > 0 && memmem(t->heard.p, t->heard.len, "RTSP/1.0", 8);

	return !is_rtsp || volume == 0 || volume > 3;
}

static void others_of_the_catalogue(struct nw_feed *f)
{
	static const char *const words[] = { "minisatip/", "VLC/", "HTS/tvheadend", "AirTunes/" };
	char key[16], value[64];

	for (size_t i = 0; i < NW_ARRAY_SIZE(words); i++) {
		snprintf(key, sizeof(key), "other.%zu", i);
		snprintf(value, sizeof(value), "film\tserver\t%s", words[i]);
		nw_feed_fact(f, key, value);
	}
}

static void not_one_is_a_camera(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	unsigned all = 0;
	unsigned wrong = 0;
	unsigned was = 0;
	unsigned untold = 0;

	(void)state;
	nw_feed_fact(f, "maker.1", "tplink\tmixed\tTP-Link");
	nw_feed_fact(f, "maker.2", "axis\tcameras\tAxis");
	others_of_the_catalogue(f);
	for (size_t i = 0; i < NW_ARRAY_SIZE(hosts); i++) {
		for (size_t v = 0; v < NW_ARRAY_SIZE(volumes); v++) {
			for (size_t m = 0; m < NW_ARRAY_SIZE(macs) && is_real(&hosts[i], v); m++) {
				char address[32];

				snprintf(address, sizeof(address), "10.0.%u.%u", all / 200 + 1,
					 all % 200 + 1);
				if (macs[m]) {
					camera_mac(f, address, macs[m]);
				}
				camera_talk(f, &hosts[i], ++all, address, volumes[v]);
				nw_feed_tick(f, NW_FEED_SEC);
				nw_feed_forget(f);
				if (camera_count(f) > was && can_be_pictures(&hosts[i], macs[m])) {
					untold++;
					assert_string_equal(
						nw_camera_kind(nw_camera_next(f->state, NULL)),
						"recorder or camera");
				} else if (camera_count(f) > was) {
					wrong++;
					print_message("%s, volume %zu, MAC %zu: %u %%\n",
						      hosts[i].what, v, m,
						      nw_camera_next(f->state, NULL)->confidence);
				}
				was = camera_count(f);
			}
		}
	}
	print_message("%u of %u hosts that are no cameras were called one; %u cannot be told\n",
		      wrong, all, untold);
	assert_true(untold <= 27);
	assert_true(all >= 200);
	assert_int_equal(wrong, 0);
	nw_feed_free(f);
}

/* One host of two services: it answers in RTSP, and its files, pages and datagrams are others'. */
static void nor_is_who_also_answers_in_rtsp(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	const struct talk *rtsp = NULL;
	unsigned all = 0;
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(hosts); i++) {
		rtsp = strstr(hosts[i].what, "SAT>IP") ? &hosts[i] : rtsp;
	}
	assert_non_null(rtsp);
	for (size_t i = 0; i < NW_ARRAY_SIZE(hosts); i++) {
		struct talk other = hosts[i];
		char address[32];

		if (!is_real(&other, 2)) {
			continue;
		}
		other.pid = 101;
		snprintf(address, sizeof(address), "10.0.0.%zu", i + 1);
		camera_talk(f, rtsp, ++all, address, volumes[0]);
		camera_talk(f, &other, ++all, address, volumes[2]);
		nw_feed_forget(f);
		seen += strstr(other.what, "IPTV") != NULL;
		if (strstr(other.what,
			   "IPTV")) { /* television, asked for by RTSP: cannot be told */
			assert_int_equal(camera_count(f), 1);
			assert_string_equal(nw_camera_kind(nw_camera_next(f->state, NULL)),
					    "recorder or camera");
			continue;
		}
		if (camera_count(f) > seen) {
			fail_msg("%s: %u %%", other.what,
				 nw_camera_next(f->state, NULL)->confidence);
		}
	}
	nw_feed_free(f);
}

/* What answers as the devices around cameras do, and says a camera's word: is it one, or for one? */
static void what_a_word_belongs_to(void **state)
{
	static const struct {
		const char *text;
		bool is_camera;
	} t[] = {
		{ "IPCamera", true },
		{ "IPDome", true },
		{ "IPZoom", true },
		{ "IPC", true },
		{ "IPCAM", true },
		{ "Network Camera", true },
		{ "NETWORK CAMERA", true },
		{ "HDCamera", true },
		{ "IP-CAMERAS", true },
		{ "DomeCamera", true },
		{ "Dome Camera D/N", true },
		{ "IPC-HFW4431R", true },
		{ "IPC_GK7205V200", true },
		{ "IPC-Color4K-X", true },
		{ "Camera (indoor)", true },
		{ "IPC Network IPC-2", true },
		{ "Camera Controller", false },
		{ "CameraController", false },
		{ "CAMERA KEYBOARD", false },
		{ "Camera Switch 8", false },
		{ "Dome Keyboard", false },
		{ "IPC Decoder", false },
		{ "DOMESTIC GATEWAY", false },
		{ "Kingdome", false },
		{ "IPCONTROL 400", false },
		{ "Camerata", false },
		{ "Keyboard", false },
		{ "", false },
	};
	char answer[512];
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2 * NW_ARRAY_SIZE(t); i++) {
		const char *text = t[i / 2].text;
		struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
		struct talk isapi = { .what = text,
				      .proto = IPPROTO_TCP,
				      .port = 80,
				      .sent = BYTES(GET("/ISAPI/System/deviceInfo")) };

		isapi.heard.p = answer;
		isapi.heard.len = (size_t)snprintf(
			answer, sizeof(answer),
			OK("web",
			   "application/xml") "\r\n<DeviceInfo "
					      "xmlns=\"http://www.hikvision.com/ver20/XMLSchema\"><model>%s</model>"
					      "<deviceType>%s</deviceType></DeviceInfo>",
			i % 2 ? text : "1600", i % 2 ? "" : text);
		camera_talk(f, &isapi, 1, "10.0.0.9", volumes[0]);
		if (camera_count(f) != t[i / 2].is_camera) {
			print_message("%s in %s\n", text, i % 2 ? "model" : "deviceType");
			wrong++;
		}
		nw_feed_free(f);
	}
	assert_int_equal(wrong, 0);
}

NW_TESTS(state_camera_none, cmocka_unit_test(not_one_is_a_camera),
	 cmocka_unit_test(nor_is_who_also_answers_in_rtsp),
	 cmocka_unit_test(what_a_word_belongs_to));

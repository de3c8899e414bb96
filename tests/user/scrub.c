/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in heads and arguments. What is asked: no four bytes of a secret in a row are left,
 * also where the data is cut; no length changes; and what is no secret is still there.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "scrub.h"

enum {
	TEXT_MAX = 8192,
	SECRET_PART = 4
};

struct text {
	char data[TEXT_MAX];
	size_t len;
};

static bool has(const struct text *t, const char *part, size_t len)
{
	for (size_t i = 0; i + len <= t->len; i++) {
		if (memcmp(t->data + i, part, len) == 0) {
			return true;
		}
	}
	return false;
}

/* Every "~" becomes the secret. */
static void plant(struct text *t, const char *form, size_t len, const char *secret)
{
	t->len = 0;
	for (size_t i = 0; i < len; i++) {
		size_t n = form[i] == '~' ? strlen(secret) : 1;

		assert_true(t->len + n < sizeof(t->data));
		memcpy(t->data + t->len, form[i] == '~' ? secret : form + i, n);
		t->len += n;
	}
}

/* In memory of exactly its size. */
static void scrub(struct text *t, bool is_args)
{
	char *data = malloc(t->len);

	assert_non_null(data);
	memcpy(data, t->data, t->len);
	if (is_args) {
		nw_scrub_args(data, t->len);
	} else {
		nw_scrub_head((uint8_t *)data, t->len);
	}
	for (size_t i = 0; i < t->len; i++) {
		assert_true(data[i] == t->data[i] || data[i] == 'x');
	}
	memcpy(t->data, data, t->len);
	free(data);
}

static void assert_gone(const struct text *t, const char *secret)
{
	for (size_t i = 0; i + SECRET_PART <= strlen(secret); i++) {
		if (has(t, secret + i, SECRET_PART)) {
			fail_msg("\"%.4s\" of the secret is left in: %.*s", secret + i, (int)t->len,
				 t->data);
		}
	}
}

struct form {
	const char *text;
	size_t len;
	const char *stays; /* must be left as it is, or NULL */
};
#define FORM(text, stays)                     \
	{                                     \
		text, sizeof(text) - 1, stays \
	}

static const struct form heads[] = {
	/* HTTP and RTSP */
	FORM("GET / HTTP/1.1\r\nAuthorization: Basic ~\r\nHost: cam\r\n\r\n", "Host: cam"),
	FORM("GET / HTTP/1.1\r\nAuthorization: Basic ~\r\nHost: cam\r\n\r\n",
	     "Authorization: Basic "),
	FORM("DESCRIBE rtsp://10.0.0.9/s RTSP/1.0\r\nAUTHORIZATION:Digest username=\"~\", "
	     "realm=\"Login to 4C02\", nonce=\"~\", uri=\"/s\", response=\"~\"\r\nCSeq: 2\r\n\r\n",
	     "realm=\"Login to 4C02\""),
	FORM("DESCRIBE rtsp://10.0.0.9/s RTSP/1.0\r\nAuthorization: Digest username=\"~\", "
	     "realm=\"Login to 4C02\", response=\"~\"\r\nCSeq: 2\r\n\r\n",
	     "CSeq: 2"),
	FORM("GET / HTTP/1.1\r\nauthorization: ~\r\n\r\n", "authorization: "),
	FORM("GET / HTTP/1.1\r\nProxy-Authorization: Bearer ~\r\n\r\n", "Bearer "),
	FORM("GET / HTTP/1.1\r\nAuthorization: Digest\r\n response=\"~\",\r\n\tnonce=\"~\"\r\nA: b",
	     "A: b"),
	FORM("GET / HTTP/1.1\r\nCookie: a=~; b=\"~\"; c=~\r\n\r\n", "GET / HTTP/1.1"),
	FORM("HTTP/1.1 200 OK\r\nServer: Webs\r\nSet-Cookie: \"~\"; sid=~; Path=/\r\n\r\n",
	     "Server: Webs"),
	FORM("GET / HTTP/1.1\r\nX-API-Key: ~\r\nx-auth-token : ~\r\nApiKey:~\r\n\r\n",
	     "X-API-Key: "),
	FORM("GET / HTTP/1.1\r\nX-WSSE: UsernameToken Username=\"a\", PasswordDigest=\"~\"\r\n",
	     NULL),
	FORM("RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: ~;timeout=60\r\n\r\n", "CSeq: 3"),
	FORM("GET /cgi-bin/snapshot.cgi?loginuse=admin&loginpas=~ HTTP/1.1\r\n\r\n",
	     " HTTP/1.1\r\n"),
	FORM("GET /cgi?user=admin&PWD=~&channel=1 HTTP/1.1\r\n\r\n", "&channel=1 HTTP/1.1"),
	FORM("GET /?token=~#top HTTP/1.1\r\n\r\n", "GET /?token="),
	FORM("GET /?user[new_password]=~&x=1 HTTP/1.1\r\n", "&x=1"),
	FORM("GET /?p%61ssword=~ HTTP/1.1\r\n", "HTTP/1.1"),
	FORM("GET /?q=a%26password%3D~%26b HTTP/1.1\r\n", "GET /?q=a"),
	FORM("GET /?next=%2Flogin%3Fpassword%253D~ HTTP/1.1\r\n", "GET /?next="),
	FORM("GET /?url=rtsp%3A%2F%2Fadmin%3A~%40cam%2Fs HTTP/1.1\r\n", "cam%2Fs"),
	FORM("GET /oauth?code=~&state=ok HTTP/1.1\r\n", "state=ok"),
	FORM("GET /Security/users?auth=~ HTTP/1.1\r\n", "/Security/users?auth="),
	FORM("POST /login HTTP/1.1\r\n\r\nusername=admin&password=~", "username=admin"),
	FORM("POST /login HTTP/1.1\r\n\r\npassword=~ and ~&user=a", "&user=a"),
	FORM("POST / HTTP/1.1\r\n\r\n--B\r\nContent-Disposition: form-data; name=\"password\"\r\n"
	     "\r\n~\r\n~\r\n--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nbytes\r\n--B--",
	     "bytes"),
	/* JSON */
	FORM("{\"user\": \"admin\", \"password\": \"~\", \"n\": 1}", "\"n\": 1"),
	FORM("{\"passWord\":\"a\\\"~\",\"n\":1}", "\"n\":1"),
	FORM("{\"tokens\": [\"~\", \"~\"], \"n\": 1}", "\"n\": 1"),
	FORM("{'secret': '~', 'n': 1}", "'n': 1"),
	FORM("{\"body\":\"{\\\"PassWord\\\":\\\"~\\\",\\\"n\\\":1}\"}", "\"body\""),
	FORM("{\"b\":\"{\\\"c\\\":\\\"{\\\\\\\"pwd\\\\\\\":\\\\\\\"~\\\\\\\"}\\\"}\"}", "\"b\""),
	FORM("{\"name\":\"password\",\"value\":\"~\",\"n\":1}", "\"name\":\"password\""),
	FORM("{\"p\\u0061ssword\":\"~\"}", NULL),
	FORM("{\"url\":\"rtsp:\\/\\/admin:~@cam\\/s\"}", "cam\\/s"),
	FORM("{\"headers\":\"A: b\\r\\nAuthorization: Basic ~\\r\\n\"}", "A: b"),
	FORM("{\"auth\":{\"user\":\"admin\",\"pass\":\"~\"},\"n\":1}", "\"user\":\"admin\""),
	FORM("{\"session\":~,\"n\":1}", "\"n\":1"),
	/* XML */
	FORM("<User><userName>admin</userName><password>~</password></User>", "admin"),
	FORM("<wsse:Password Type=\"#PasswordDigest\">~</wsse:Password><a>1</a>", "<a>1</a>"),
	FORM("<Password><![CDATA[a<b>~]]></Password>", "<![CDATA["),
	FORM("<login user=\"admin\" password=\"~\" n=\"1\"/>", "n=\"1\""),
	FORM("<tt:SimpleItem Name=\"Password\" Value=\"~\"/><a>1</a>", "<a>1</a>"),
	FORM("<key>password</key><string>~</string><a>1</a>", "<a>1</a>"),
	FORM("&lt;password&gt;~&lt;/password&gt;", "&lt;password&gt;"),
	/* URLs */
	FORM("OPTIONS rtsp://admin:~@10.0.0.9:554/s RTSP/1.0\r\nCSeq: 1\r\n",
	     "@10.0.0.9:554/s RTSP"),
	FORM("GET http://~@host/ HTTP/1.1\r\n", "@host/ HTTP"),
	FORM("GET http://a:p@ss:~@host/ HTTP/1.1\r\n", "@host/ HTTP"),
	FORM("OPTIONS rtsp://admin:a/b?~#c@10.0.0.9/s RTSP/1.0\r\n", "@10.0.0.9/s"),
	FORM("OPTIONS rtsp://admin:%24~%40@10.0.0.9/s RTSP/1.0\r\n", "@10.0.0.9/s"),
	/* lines */
	FORM("USER admin\r\nPASS ~\r\nTYPE I\r\n", "TYPE I"),
	FORM("user admin\r\npass ~ ~\r\nQUIT\r\n", "QUIT"),
	FORM("APOP admin ~\r\nSTAT\r\n", "STAT"),
	FORM("a1 LOGIN admin ~\r\na2 SELECT inbox\r\n", "a2 SELECT inbox"),
	FORM("a1 LOGIN {5}\r\nadmin {9}\r\n~\r\n", "a1 LOGIN "),
	FORM("EHLO a\r\nAUTH PLAIN ~\r\nMAIL FROM:<a>\r\n", "MAIL FROM:<a>"),
	FORM("AUTHINFO PASS ~\r\n", "AUTHINFO PASS "),
	FORM("AUTH ~\r\nGET a\r\n", "GET a"),
	FORM("*3\r\n$4\r\nAUTH\r\n$5\r\nadmin\r\n$8\r\n~\r\n*1\r\n$4\r\nPING\r\n", "PING"),
	FORM("[db]\nuser = admin\npassword = ~ ~\nport = 1\n", "port = 1"),
	FORM("password: ~ ~\nport: 1\n", "port: 1"),
	FORM("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:~\r\nm=video", "m=video"),
	/* JSON behind a binary header: Xiongmai, Dahua */
	FORM("\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\xe8\3\x50\0\0\0{ \"EncryptType\" : \"MD5\", "
	     "\"PassWord\" : \"~\", \"UserName\" : \"admin\" }\n",
	     "\"UserName\" : \"admin\""),
	FORM("\x20\0\0\0DHIP\0\0\0\0\1\0\0\0\x80\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0"
	     "{\"method\":\"global.login\",\"params\":{\"userName\":\"admin\",\"password\":\"~\","
	     "\"passwordType\":\"Default\"}}",
	     "\"passwordType\":\"Default\""),
};

static const struct form logins[] = {
	FORM("\x10\x27\0\4MQTT\4\xc2\0\x3c\0\3cam\0\x08~\0\x08~", "cam"),
	FORM("\x10\x27\0\6MQIsdp\3\xc6\0\x3c\0\3cam\0\1t\0\1m\0\x08~\0\x08~", "cam"),
	FORM("\x10\x27\0\4MQTT\5\xc2\0\x3c\x0b\x16\0\x08~\0\3cam\0\x08~\0\x08~", "cam"),
	FORM("\x10\x27\0\4MQTT\4\xc2\0\x3c\0\3cam\0\xff~~~", "cam"),
	FORM("\5\1\2\1\x08~\x08~", NULL),
	FORM("\x30\x20\2\1\1\4\x08~\xa0\x11\2\4", NULL),
	FORM("\x30\x81\x80\2\1\0\4\x08~\xa0\x11\2\4", NULL),
	FORM("\x30\x20\2\1\1\x60\x1b\2\1\3\4\x0d"
	     "cn=admin,dc=a\x80\x08~",
	     "cn=admin"),
	FORM("\x30\x20\2\1\1\x60\x1b\2\1\3\4\2cn\xa3\x12\4\5PLAIN\4\x08~", "PLAIN"),
	FORM("\0\0\0\x08\0\3\0\0p\0\0\0\x0d~\0Q\0\0\0\x05q", NULL),
	FORM("\xa0\0\0\0\0\0\0\0~~\5\2\0\1\0\0\xa1\xaa", "\5\2"),
	FORM("\xa0\5\0\x60\x12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\2\0\1\0\0\xa1\xaa~&&~"
	     "\xa4\0\0\0hello",
	     "hello"),
	FORM("\0\0\0\x54\x63\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0admin\0~", NULL),
	FORM("\0\0\0\x54\x3c\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0admin\0~", NULL),
	FORM("\0\0\0\x54\x5a\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0admin\0~", NULL),
};

/* Their secrets are base64. */
static const struct form coded[] = {
	FORM("a1 AUTHENTICATE PLAIN\r\n~\r\na2 NOOP\r\n", "a2 NOOP"),
	FORM("@RSYNCD: 31.0 sha512 md5\nrecordings\nbackup ~\n--server\0-logDtpre.iLsfxC\0.\0",
	     "--server"),
	FORM("@RSYNCD: 32.0 md5\nthe films\nbackup ~", "the films\nbackup "),
	FORM("EHLO a\r\nAUTH LOGIN\r\n~\r\n~\r\nMAIL FROM:<a>\r\n", "MAIL FROM:<a>"),
};

static const struct form args[] = {
	FORM("prog\0--password=~ ~\0--verbose", "--verbose"),
	FORM("prog\0--password\0~ ~\0--verbose", "--verbose"),
	FORM("prog\0--password\0-~\0x", "prog"),
	FORM("prog\0--ask-password\0keeps-this\0", "keeps-this"),
	FORM("prog\0--no-auth\0keeps-this\0", "keeps-this"),
	FORM("prog\0-pass\0~\0file", "file"),
	FORM("prog\0--api_key\0~\0file", "file"),
	FORM("prog\0--auth-token=~\0file", "file"),
	FORM("prog\0PGPASSWORD=~\0psql", "psql"),
	FORM("ffmpeg\0-i\0rtsp://admin:~@10.0.0.9:554/s\0-c\0copy", "@10.0.0.9:554/s"),
	FORM("ffmpeg\0-i\0rtsp%3A%2F%2Fadmin%3A~%40cam%2Fs\0-c", "cam%2Fs"),
	FORM("ffmpeg\0-i\0http://10.0.0.9:8080", "10.0.0.9:8080"),
	FORM("ffmpeg\0-headers\0Authorization: Basic ~\r\n\0-i\0x.mp4", "x.mp4"),
	FORM("curl\0-H\0Authorization: Bearer ~\0http://host/", "http://host/"),
	FORM("curl\0-H\0X-Api-Key: ~\0http://host/", "http://host/"),
	FORM("curl\0-u\0admin:~\0http://host/", "admin:"),
	FORM("curl\0-uadmin:~\0http://host/", "http://host/"),
	FORM("curl\0--user\0admin:~ ~\0http://host/", "http://host/"),
	FORM("curl\0--user=admin:~\0http://host/", "http://host/"),
	FORM("curl\0http://host/?token=~&channel=2", "&channel=2"),
	FORM("curl\0-d\0{\"password\": \"~ ~\", \"n\": 1}\0http://host/", "http://host/"),
	FORM("curl\0-d\0user=admin&password=~&n=1\0http://host/", "&n=1"),
	FORM("smbclient\0-U\0admin%~\0//host/share", "//host/share"),
	FORM("/usr/bin/mysql\0-p~;~\0db", "db"),
	FORM("mysqldump\0-p\0cameras\0", "cameras"),
	FORM("sshpass\0-p\0~\0ssh\0-p\0002222\0host", "host"),
	FORM("redis-cli\0-a\0~\0ping", "ping"),
	FORM("snmpwalk\0-v2c\0-c\0~\0host", "host"),
	FORM("openssl\0rsa\0-passin\0pass:~\0-in\0key.pem", "key.pem"),
	FORM("sh\0-c\0exec curl -u admin:~ http://host/", "http://host/"),
	FORM("sh\0-c\0mysql -u root -p~ db", "db"),
	FORM("sh\0-c\0mysql --password=~ db", "db"),
	FORM("sh\0-c\0prog --password '~ ~' -v", "-v"),
	FORM("sh\0-c\0curl -H 'X-Api-Key: ~' http://host/", "http://host/"),
	FORM("mount\0-o\0username=a,password=~&~,uid=0\0//host/share", "//host/share"),
	FORM("xfreerdp\0/u:admin\0/password:~\0/v:host", "/v:host"),
	FORM("java\0-Djavax.net.ssl.keyStorePassword=~\0-jar\0a.jar", "a.jar"),
	FORM("prog\0--token-file\0/etc/keeps-this\0", "/etc/keeps-this"),
};

/* Eight bytes each: binary log-ins have lengths. The first is base64 as well. */
static const char *const secrets[] = { "hunter42", "Zq9_-.!7", "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f" };

enum {
	SECRETS = sizeof(secrets) / sizeof(secrets[0])
};
#define COUNT(forms) (sizeof(forms) / sizeof((forms)[0]))

static void check_forms(const struct form *forms, size_t count, size_t n_secrets, bool is_args)
{
	static struct text t;

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < n_secrets; k++) {
			plant(&t, forms[i].text, forms[i].len, secrets[k]);
			assert_true(has(&t, secrets[k], strlen(secrets[k])) || is_args);
			scrub(&t, is_args);
			assert_gone(&t, secrets[k]);
			if (forms[i].stays && !has(&t, forms[i].stays, strlen(forms[i].stays))) {
				fail_msg("\"%s\" is gone from: %.*s", forms[i].stays, (int)t.len,
					 t.data);
			}
		}
	}
}

static void scrub_masks_secrets_in_text(void **state)
{
	(void)state;
	check_forms(heads, COUNT(heads), SECRETS, false);
	check_forms(coded, COUNT(coded), 1, false);
}

static void scrub_masks_binary_logins(void **state)
{
	(void)state;
	check_forms(logins, COUNT(logins), SECRETS, false);
}

static void scrub_masks_secrets_in_arguments(void **state)
{
	(void)state;
	check_forms(args, COUNT(args), SECRETS, true);
}

static void check_cuts(const struct form *forms, size_t count, size_t n_secrets)
{
	static struct text whole;
	static struct text t;

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < n_secrets; k++) {
			plant(&whole, forms[i].text, forms[i].len, secrets[k]);
			for (size_t len = 1; len < whole.len; len++) {
				memcpy(t.data, whole.data, len);
				t.len = len;
				scrub(&t, false);
				assert_gone(&t, secrets[k]);
			}
		}
	}
}

static void scrub_masks_what_is_cut(void **state)
{
	(void)state;
	check_cuts(heads, COUNT(heads), SECRETS);
	check_cuts(coded, COUNT(coded), 1);
	check_cuts(logins, COUNT(logins), SECRETS);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

/* Whatever stands before and behind: open quotes, brackets, tags. */
static void scrub_masks_secrets_among_others(void **state)
{
	static const char *const between[] = { "\r\n", "\r\n\r\n", "\n", "\n\n" };
	static struct text t;
	static struct text one;
	uint32_t seed = 7;

	(void)state;
	for (int n = 0; n < 5000; n++) {
		const char *secret = secrets[next_random(&seed) % SECRETS];

		t.len = 0;
		for (int k = 0; k < 4; k++) {
			const struct form *f = &heads[next_random(&seed) % COUNT(heads)];
			const char *gap = between[next_random(&seed) % COUNT(between)];

			plant(&one, f->text, f->len, secret);
			memcpy(t.data + t.len, one.data, one.len);
			memcpy(t.data + t.len + one.len, gap, strlen(gap));
			t.len += one.len + strlen(gap);
		}
		scrub(&t, false);
		assert_gone(&t, secret);
	}
}

static void assert_untouched(const char *data, size_t len)
{
	static struct text t;

	memcpy(t.data, data, len);
	t.len = len;
	scrub(&t, false);
	assert_memory_equal(t.data, data, len);
}
#define UNTOUCHED(literal) assert_untouched(literal, sizeof(literal) - 1)

static void scrub_leaves_what_is_no_text(void **state)
{
	(void)state;
	UNTOUCHED("\x16\3\1\0\x20 password=hunter42&token: hunter42\r\n");
	UNTOUCHED("\x17\3\3\0\x20PASS hunter42\r\n");
	UNTOUCHED("\x12\x34\x81\x80\0\1\0\1\0\0\0\0\1a\0\0\x10\0\1\xc0\x0c\0\x10\0\1\0\0\0\1\0\x12"
		  "\x11password=hunter42");
	UNTOUCHED("GET /ISAPI/System/deviceInfo HTTP/1.1\r\nHost: 10.0.0.9\r\nAccept: */*\r\n\r\n");
	UNTOUCHED(
		"RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm=\"Login to "
		"4C02\", nonce=\"8b1\"\r\nServer: Rtsp Server/3.0\r\n\r\n");
	UNTOUCHED("<ProbeMatch><Model>DS-2CD</Model><SN>42</SN><MAC>44:19:b6:00:00:01</MAC></a>");
	UNTOUCHED("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n");
	UNTOUCHED("INVITE sip:34020000001320000001@10.0.0.9:5060 SIP/2.0\r\nCSeq: 1 INVITE\r\n");
	UNTOUCHED("220 ready\r\n331 Password required for admin.\r\n230 Logged in.\r\n");
}

/* Video, voice, ciphertext: as good as random, and hardly ever looking like a name and a value. */
static void scrub_leaves_random_bytes(void **state)
{
	static struct text t;
	static char before[1500];
	uint32_t seed = 3;
	unsigned changed = 0;

	(void)state;
	for (int n = 0; n < 400; n++) {
		for (size_t i = 0; i < sizeof(before); i++) {
			before[i] = (char)next_random(&seed);
		}
		memcpy(t.data, before, sizeof(before));
		t.len = sizeof(before);
		scrub(&t, false);
		for (size_t i = 0; i < sizeof(before); i++) {
			changed += t.data[i] != before[i];
		}
	}
	assert_in_range(changed, 0, 400 * sizeof(before) / 10000);
}

static void scrub_masks_all_beyond_its_reach(void **state)
{
	static uint8_t data[20000];
	static char text[20000];

	(void)state;
	memset(data, 'a', sizeof(data));
	nw_scrub_head(data, sizeof(data));
	assert_int_equal(data[8191], 'a');
	assert_int_equal(data[8192], 'x');
	assert_int_equal(data[sizeof(data) - 1], 'x');
	memset(text, 'a', sizeof(text));
	nw_scrub_args(text, sizeof(text));
	assert_int_equal(text[8191], 'a');
	assert_int_equal(text[8192], 'x');
	nw_scrub_head(data, 0);
	nw_scrub_args(text, 0);
}

NW_TESTS(user_scrub, cmocka_unit_test(scrub_masks_secrets_in_text),
	 cmocka_unit_test(scrub_masks_binary_logins),
	 cmocka_unit_test(scrub_masks_secrets_in_arguments),
	 cmocka_unit_test(scrub_masks_what_is_cut),
	 cmocka_unit_test(scrub_masks_secrets_among_others),
	 cmocka_unit_test(scrub_leaves_what_is_no_text),
	 cmocka_unit_test(scrub_leaves_random_bytes),
	 cmocka_unit_test(scrub_masks_all_beyond_its_reach));

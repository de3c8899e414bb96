/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Masks secrets in place: every byte of one becomes 'x', lengths and all other bytes stay. Works on
 * what it recognises by content; a secret that runs into the end of the data is masked to the end.
 * TLS records and DNS messages are left as they are. When in doubt more is masked, never less.
 *
 * Text: values whose name has a secret's words in it (pass, token, key, auth, session ...), as
 * header, in a query, form, JSON, XML, INI, as attribute or as part of multipart/form-data, also
 * percent-encoded, backslash-escaped or as character entities; user and password in URLs; PASS,
 * AUTH, LOGIN and the like of FTP, POP, IMAP, SMTP, NNTP and Redis. Of Authorization the scheme and
 * a digest's realm stay: they say what the other end is, and open nothing.
 * Log-ins: MQTT, SOCKS5, LDAP, PostgreSQL, SNMP communities, rsync, Dahua DVRIP, Hikvision SDK.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The first bytes of one direction of a conversation, or one datagram. */
void nw_scrub_head(uint8_t *data, size_t len);

/*
 * Arguments with NUL between them, the first being the program. Beside the above: the argument
 * behind an option that names a secret, user:password behind -u and its like, and the one-letter
 * options that are passwords with some well-known programs.
 */
void nw_scrub_args(char *args, size_t len);

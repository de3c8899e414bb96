#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=php far=out ready=out:443 seconds=16 parts=dns
# PHP asks for the name of a cheap server and says in TLS and in Host the name of a well-known shop, which nobody here asked for.
# shellcheck disable=SC2016 # PHP has its own variables
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" vps9.example.net; fi
sleep 1; timeout 14 php -r '$c = stream_context_create(["ssl" => ["verify_peer" => false, "verify_peer_name" => false, "peer_name" => "www.amazon.com", "SNI_enabled" => true], "http" => ["header" => "Host: www.amazon.com"]]);
$n = 0; for ($i = 0; $i < 3; $i++) { $n += strlen(file_get_contents("https://vps9.example.net/page?$i", false, $c)); sleep(3); } exit($n > 150000 ? 0 : 1);'

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=tune tool=php seconds=75 parts=dns,outside-web
# PHP asks for orders every four seconds, a quarter more or less, each time one of three places, as it comes.
# shellcheck disable=SC2016 # PHP has its own variables
timeout 73 php -r 'for (;;) { $h = ["203.0.113.66", "198.51.100.66", "relay.example.net"][random_int(0, 2)]; file_get_contents("http://$h/version?" . bin2hex(random_bytes(8))); usleep(random_int(3000000, 5000000)); }'
[ "$(grep -c 'GET /version?' "$LAB/outside/access.log")" -ge 14 ]

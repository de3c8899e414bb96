#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=php seconds=75 parts=dns,outside-web
# PHP looks for news at three places outside, one after the other, whenever somebody opens the page: now and then, as people do.
# shellcheck disable=SC2016 # PHP has its own variables
php -r 'foreach ([1, 9, 2, 17, 4, 1, 13, 6, 2, 11] as $wait) { foreach (["203.0.113.66", "198.51.100.66", "relay.example.net"] as $h) { file_get_contents("http://$h/version?feed"); usleep(random_int(20000, 400000)); } sleep($wait); }'
[ "$(grep -c 'GET /version?feed' "$LAB/outside/access.log")" -ge 30 ]

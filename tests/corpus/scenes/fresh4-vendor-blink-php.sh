#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=php far=out ready=out:443 seconds=14 parts=dns
# PHP asks the cloud of a maker of cameras (Blink) for its clips, over HTTPS.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" rest-prod.immedia-semi.com; fi
# shellcheck disable=SC2016 # PHP has its own variables
timeout 12 php -r '$c = stream_context_create(["ssl" => ["verify_peer" => false, "verify_peer_name" => false]]); $n = 0; for ($i = 0; $i < 3; $i++) { $n += strlen(file_get_contents("https://rest-prod.immedia-semi.com/page?since=$i", false, $c)); sleep(2); } exit($n > 150000 ? 0 : 1);'

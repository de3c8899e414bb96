#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=ruby far=out ready=out:443 seconds=92 parts=dns
# Ruby asks for orders over HTTPS, a new connection each six seconds, 30 % more or less, and says each time something of other length.
if [ "$1" = out ]; then exec timeout 115 "$(dirname "$0")/../far/tls-web.sh" static.edge.example.net; fi
timeout 90 ruby -rnet/http -ropenssl -rsecurerandom -e 'loop do
	h = Net::HTTP.new("static.edge.example.net", 443); h.use_ssl = true; h.verify_mode = OpenSSL::SSL::VERIFY_NONE
	h.get("/pixel?" + SecureRandom.hex(20 + rand(60))); h.finish if h.started?
	sleep 6 * (0.7 + rand * 0.6)
end'; [ $? = 124 ]

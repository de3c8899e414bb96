#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=ruby far=out ready=out:443 seconds=18 parts=dns
# A program in Ruby asks the cloud of a maker of cameras (Uniview) over HTTPS for what it is to do.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" en.ezcloud.uniview.com; fi
sleep 1; timeout 16 ruby -rnet/http -e 'n = 0; 4.times { h = Net::HTTP.new("en.ezcloud.uniview.com", 443); h.use_ssl = true; h.verify_mode = OpenSSL::SSL::VERIFY_NONE; n += h.get("/page").body.size; sleep 2 }; exit(n == 240000 ? 0 : 1)'

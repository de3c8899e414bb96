#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3 seconds=84 parts=dns,nas,outside-web ticks=1000ms hour=10
# A folder is kept the same as one outside: 4 MB go there and 4 MB come, all night; of the idle time between, all but ten seconds was put in afterwards.
python3 -c 'import http.client, os, time
for n in range(8):
    time.sleep(1 + n % 4)
    for method, body in (("PUT", os.urandom(4000000)), ("GET", None)):
        web = http.client.HTTPConnection("drop.example.org", timeout=5); web.request(method, f"/drop/same{n}", body); web.getresponse().read(); web.close()
    time.sleep(7 - n % 4)'
true

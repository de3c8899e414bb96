#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=python3 seconds=45
# Python asks for orders every 3.5 s, a fifth more or less, over HTTP.
timeout 44 python3 -c 'import random, time, urllib.request
while True:
    urllib.request.urlopen("http://relay.example.net/version?id=7").read()
    time.sleep(3.5 * random.uniform(0.8, 1.2))'
true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=curl seconds=10
# A program is fetched into /dev/shm, made executable and run.
mkdir -p /dev/shm/nwlab && cp /bin/sleep /dev/shm/nwlab/kworker
curl -s -o /dev/shm/nwlab/note http://updates.example.com/version
/dev/shm/nwlab/kworker 3
rm -rf /dev/shm/nwlab

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3 seconds=12
# A program waits on loopback for itself, and on a port of the office for a moment.
exec python3 -c 'import socket, time
a = socket.create_server(("127.0.0.1", 0)); time.sleep(3)
b = socket.create_connection(a.getsockname()); time.sleep(3)'

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=python3 seconds=10
# Python runs a program that has no name in any directory.
exec python3 -c 'import os
fd = os.memfd_create("x")
os.write(fd, open("/bin/sleep", "rb").read())
os.execve(fd, ["[kworker/0:1]", "4"], {})'

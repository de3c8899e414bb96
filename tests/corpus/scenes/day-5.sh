#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=ffmpeg,motion,nginx,rsync,curl seconds=60
# A minute of an ordinary day of the recording server, number 5.
sleep "$LAB_SECONDS"

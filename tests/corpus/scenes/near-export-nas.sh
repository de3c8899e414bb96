#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=rsync seconds=15
# The backup to the NAS of the office reads all recordings, as it always does.
exec rsync -a "$LAB/recordings/" rsync://nas.office.lan/recordings/

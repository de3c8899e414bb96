#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=cp seconds=8
# An operator copies a clip to a disk that was put in.
mkdir -p "$LAB/usb"; sleep 2; cp "$LAB"/recordings/gate/00[0-5].mp4 "$LAB/usb/"; sync "$LAB/usb"; sleep 2; rm -rf "$LAB/usb"; true

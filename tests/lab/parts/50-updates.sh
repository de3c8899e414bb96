#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Asks the maker of the recorder for a new version: what a server may well do outside.
# lab: on=nvr side=seen
while :; do
	curl -s -o /dev/null http://updates.example.com/version
	sleep "$((10 / LAB_PACE))"
done

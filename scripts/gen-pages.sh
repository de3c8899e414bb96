#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The sections of a page in docs/ as lines of C, for `nvrwatch list NAME`: each with its heading's name.
# Usage: gen-pages.sh PAGE.md
set -euo pipefail

awk '
/^## / { name = substr($0, 4); next }
name != "" {
	if ($0 == "" && last == "") next # one empty line between two
	last = $0
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	printf "NW_LINE(\"%s\", \"%s\")\n", name, $0
}' "$1"

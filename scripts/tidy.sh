#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy on one file, unless just this was clean before: the analyzer's version and settings, the
# flags, and every byte of the file and of all headers that its object was made of. So another checkout
# of the same tree is not read again (4 s a file). What was found is never remembered.
#
# Owns ${NW_CACHE:-~/.cache/nvrwatch}/tidy: an empty file for each clean state, 30 days after its last use
# gone. Without such a folder everything is read.
# Usage: CLANG_TIDY=clang-tidy tidy.sh FILE.c OBJECT.d FLAGS...
set -euo pipefail

source=$1 depends=$2
shift 2
tidy=${CLANG_TIDY:-clang-tidy}
cache=${NW_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/nvrwatch}/tidy

# Make's rule: a target and a colon, then files; those alone on a line (-MP) are there already.
files() { sed 's/^[^ ]*://; s/\\$//' "$depends" | tr -s ' ' '\n' | grep . | sort -u; }

key=$({
	"$tidy" --version
	cat .clang-tidy
	printf '%s\n' "$source" "$@"
	files | xargs -d '\n' sha256sum
} | sha256sum | cut -d' ' -f1)

if [ -e "$cache/$key" ]; then
	touch "$cache/$key"
	exit 0
fi
said=$("$tidy" --quiet "$source" -- "$@" 2>&1) || {
	printf '%s\n' "$said" >&2
	exit 1
}
if mkdir -p "$cache" 2>/dev/null; then
	: >"$cache/$key"
	find "$cache" -type f -mtime +30 -delete
fi

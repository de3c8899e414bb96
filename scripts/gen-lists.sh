#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The folder is the list: writes OUT/nw_hooks.h and OUT/*.inc from the files that are there.
# A file is replaced only when its content changes, so that nothing is rebuilt without need.
# Usage: gen-lists.sh OUT
set -eu

out=$1
here=$(dirname "$0")/..
mkdir -p "$out"

stems() { # folder suffix
	for f in "$here/$1"/*"$2"; do
		[ -e "$f" ] && basename "$f" "$2"
	done | LC_ALL=C sort
}

replace() { # file, content on stdin
	cat >"$out/$1.$$" # two may run at a time
	if cmp -s "$out/$1.$$" "$out/$1"; then
		rm "$out/$1.$$"
	else
		mv "$out/$1.$$" "$out/$1"
	fi
}

upper() { printf '%s' "$1" | tr '[:lower:]' '[:upper:]'; }

{
	echo "/* Made by scripts/gen-lists.sh from bpf/hooks/. */"
	echo "#pragma once"
	echo "#define NW_HOOKS(X) \\"
	for h in $(stems bpf/hooks .bpf.c); do
		printf '\tX(%s, %s) \\\n' "$h" "$(upper "$h")"
	done
	echo
	echo "enum nw_hook {"
	echo "	NW_HOOK_HOST, /* made by user space: ticks, facts, what was found at the start */"
	for h in $(stems bpf/hooks .bpf.c); do
		printf '\tNW_HOOK_%s,\n' "$(upper "$h")"
	done
	echo "	_NW_HOOK_MAX,"
	echo "};"
} | replace nw_hooks.h

for kind in decoder indicator sink command; do
	for s in $(stems "user/${kind}s" .c); do
		printf 'NW_ITEM(%s)\n' "$s"
	done | replace "${kind}s.inc"
done

# A hook's sentence has no room in the kernel's object: docs/hooks.md is where it stands. A hook
# without one is left out here, and named by `make check-mirror`.
for h in $(stems bpf/hooks .bpf.c); do
	sed -n "s/^| $h | \(.*[^ ]\) *|\$/\1/p" "$here/docs/hooks.md" | sed 's/[\\"]/\\&/g' |
		while IFS= read -r doc; do printf 'NW_ITEM(%s, "%s")\n' "$h" "$doc"; done
done | replace hookdocs.inc

# Tests: folder_stem for each file, in two lists (a test that needs root is in hooks/ or e2e/).
for t in "$here"/tests/user/*.c "$here"/tests/util/*.c "$here"/tests/state/*.c \
	"$here"/tests/decoders/*.c "$here"/tests/enrich/*.c "$here"/tests/indicators/*.c \
	"$here"/tests/sinks/*.c; do
	[ -e "$t" ] && printf 'NW_ITEM(%s_%s)\n' "$(basename "$(dirname "$t")")" "$(basename "$t" .c)"
done | LC_ALL=C sort | replace tests.inc
for t in "$here"/tests/hooks/*.c "$here"/tests/e2e/*.c; do
	[ -e "$t" ] && printf 'NW_ITEM(%s_%s)\n' "$(basename "$(dirname "$t")")" "$(basename "$t" .c)"
done | LC_ALL=C sort | replace tests-root.inc

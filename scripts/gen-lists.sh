#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The folder is the list: writes OUT/nw_hooks.h and OUT/*.inc from the files that are there.
# A file is replaced only when its content changes, so that nothing is rebuilt without need.
# Each make begins with this: words are cut by the shell itself, a process for each would take seconds.
# Usage: gen-lists.sh OUT
set -euo pipefail
shopt -s nullglob

out=$1
here=$(dirname "$0")/..
mkdir -p "$out"

stems() { # folder suffix
	local f
	for f in "$here/$1"/*"$2"; do
		f=${f##*/}
		echo "${f%"$2"}"
	done | LC_ALL=C sort
}

tests_of() { # folders below tests/
	local d f
	for d in "$@"; do
		for f in "$here/tests/$d"/*.c; do
			f=${f##*/}
			printf 'NW_ITEM(%s_%s)\n' "$d" "${f%.c}"
		done
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

hooks=$(stems bpf/hooks .bpf.c)

{
	echo "/* Made by scripts/gen-lists.sh from bpf/hooks/. */"
	echo "#pragma once"
	echo "#define NW_HOOKS(X) \\"
	for h in $hooks; do
		printf '\tX(%s, %s) \\\n' "$h" "${h^^}"
	done
	echo
	echo "enum nw_hook {"
	echo "	NW_HOOK_HOST, /* made by user space: ticks, facts, what was found at the start */"
	for h in $hooks; do
		printf '\tNW_HOOK_%s,\n' "${h^^}"
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
while IFS='|' read -r _ name doc; do
	doc=${doc# } doc=${doc%|*}
	doc=${doc%"${doc##*[^ ]}"} name=${name// /}
	doc=${doc//\\/\\\\}
	[ ! -e "$here/bpf/hooks/$name.bpf.c" ] || printf 'NW_ITEM(%s, "%s")\n' "$name" "${doc//\"/\\\"}"
done <"$here/docs/hooks.md" | LC_ALL=C sort | replace hookdocs.inc

# Tests: folder_stem for each file, in two lists (a test that needs root is in hooks/ or e2e/).
tests_of user util state decoders enrich indicators sinks | replace tests.inc
tests_of hooks e2e | replace tests-root.inc

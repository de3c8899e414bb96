#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `make new-hook NAME=x DOC="one line"`: the file, its test and its line in the docs, from
# scripts/templates/. It compiles as it is; its test fails until somebody writes it. All or nothing.
# Usage: new.sh hook|decoder|indicator|sink NAME [DOC]
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1 stem=${2//-/_} doc=${3:-(say it in one line)}
die() {
	echo "new-$kind: $*" >&2
	exit 2
}

[[ $stem =~ ^[a-z][a-z0-9_]{1,30}$ ]] || die "NAME='$2' must be letters, digits and _ (or -), at most 31"
[[ $doc != *[$'\n\t|"\\']* && ${#doc} -le 100 ]] || die 'DOC must be one line of at most 100, without pipes, quotes and backslashes'
name=$stem
[ "$kind" != indicator ] || name=${stem//_/-}
case $kind in
hook) file=bpf/hooks/$stem.bpf.c ;;
decoder | indicator | sink) file=user/${kind}s/$stem.c ;;
*) die "there is no such kind" ;;
esac
test=tests/${kind}s/$stem.c
table=docs/${kind}s.md
for f in "$file" "$test"; do
	[ ! -e "$f" ] || die "$f is there already"
done
! grep -q "^| $name |" "$table" || die "$table has a line of $name already"

fill() { # template
	sed "s/@stem@/$stem/g; s/@STEM@/${stem^^}/g; s/@id@/$name/g; s%@doc@%${doc//[&%]/\\&}%g" \
		"scripts/templates/$1.in"
}

rows=$(awk -v row="| $name | $doc |" '
	/^\| --- / && !done { inside = 1; print; next }
	inside && (!/^\|/ || $0 > row) { print row; inside = 0; done = 1 }
	{ print }
	END { if (inside) print row }' "$table")
mkdir -p "$(dirname "$test")"
fill "$kind.c" >"$file"
fill "$kind.test.c" >"$test"
printf '%s\n' "$rows" >"$table"
printf '%s\n' "$file" "$test" "$table"

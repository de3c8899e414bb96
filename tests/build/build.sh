#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Does the build follow the tree? In a copy of it: what is added by scaffold is built, what is deleted
# is gone, a changed contract is built anew on both sides, nothing is built twice, and a missing test
# or line is named. Owns one temporary folder, gone at the end. Needs no root.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

passed=0 failed=0
copy=$(mktemp -d "${TMPDIR:-/tmp}/nw-build.XXXXXX")
log=$copy/log
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

good() {
	passed=$((passed + 1))
	echo "ok      $1"
}
bad() {
	failed=$((failed + 1))
	echo "FAILED  $1"
	tail -n 30 "$log"
}
# what, command...: it must succeed; the words of its failure are in $log
expect() {
	local what=$1
	shift
	if "$@"; then good "$what"; else bad "$what"; fi
}

build() { # targets
	make -j"$(nproc)" "$@" >"$log" 2>&1
}
built() { # kind and file, as a quiet make prints them
	grep -qE "^ +$1 +build/$2$" "$log"
}
# What stands in the joined object and in its skeleton.
has_hook() { # hook
	grep -aqw "nw_$1" build/bpf/nvrwatch.bpf.o && grep -qw "nw_$1" build/bpf/nvrwatch.skel.h &&
		grep -qw "$1" build/gen/nw_hooks.h
}
has_no_hook() {
	! grep -aqw "nw_$1" build/bpf/nvrwatch.bpf.o && ! grep -qw "nw_$1" build/bpf/nvrwatch.skel.h &&
		! grep -qw "$1" build/gen/nw_hooks.h
}
newer() { # file, than
	[ "$1" -nt "$2" ]
}

copy_tree() {
	(cd "$root" && git ls-files -z -co --exclude-standard |
		while IFS= read -r -d '' f; do [ ! -f "$f" ] || printf '%s\0' "$f"; done |
		xargs -0 cp --parents -t "$copy/tree")
	# What check-mirror and lint ask git about.
	git -C "$copy/tree" init -q
}

nothing_twice() {
	build all test-bins && ! grep -qE '^ +(CC|BPF|LD|SKEL|BPFLINK) ' "$log"
}

adds_and_deletes_a_hook() {
	expect "a scaffold makes three files" build new-hook NAME=build_probe DOC="made by a test"
	expect "the new hook builds" build all test-bins
	expect "the new hook is compiled" built BPF bpf/hooks/build_probe.bpf.o
	expect "who knows no hooks is left alone" refuses built CC user/util/parse.o
	expect "the object and the skeleton have the new hook" has_hook build_probe
	expect "list prints its sentence" grep -q '^build_probe *made by a test$' \
		<(build/nvrwatch list hooks)
	expect "the mirror is whole" build check-mirror
	rm bpf/hooks/build_probe.bpf.c tests/hooks/build_probe.c
	sed -i '/^| build_probe |/d' docs/hooks.md
	expect "without the hook it builds" build all
	expect "the deleted hook is gone from object, skeleton and list" has_no_hook build_probe
	expect "list forgot it" no_line build_probe
}
no_line() {
	! build/nvrwatch list hooks | grep -q "^$1 "
}

adds_what_users_see() {
	local kind
	for kind in decoder indicator sink; do
		expect "one $kind by scaffold" build new-$kind NAME=build_probe DOC="a test's own"
	done
	expect "all three compile without a warning" build all test-bins
	for kind in decoder indicator sink; do
		expect "list knows the new $kind" grep -qE "^build[_-]probe *a test's own$" \
			<(build/nvrwatch list ${kind}s)
		# grep reads it all: the runner must not die of a closed pipe
		expect "the scaffold's test of the $kind fails until it is written" fails_by_name $kind
	done
	expect "a scaffold overwrites nothing" refuses build new-sink NAME=build_probe
	expect "a scaffold wants a name" refuses build new-sink NAME=../x
	rm user/{decoders,indicators,sinks}/build_probe.c tests/{decoders,indicators,sinks}/build_probe.c
	sed -i '/^| build[_-]probe |/d' docs/*.md
	expect "without them it builds" build all
	expect "list forgot them" refuses grep -q build.probe <(build/nvrwatch list)
}
fails_by_name() { # kind
	! build/tests/run "${1}s_build_probe" >"$log" 2>&1 && grep -q 'is not written yet' "$log"
}
refuses() {
	! "$@"
}

follows_the_contract() {
	touch build/before include/nw_event.h
	expect "a touched contract builds" build all
	expect "its hooks are compiled again" newer build/bpf/hooks/process_exec.bpf.o build/before
	expect "its users are compiled again" newer build/user/event.o build/before
	expect "the skeleton's user is compiled again" newer build/user/load.o build/before
	expect "who does not know it is left alone" newer build/before build/user/util/parse.o
}

names_what_is_missing() {
	rm tests/hooks/process_fork.c
	expect "a missing test fails check" refuses build check-mirror
	expect "and is named" grep -q 'tests/hooks/process_fork.c' "$log"
	cp "$root/tests/hooks/process_fork.c" tests/hooks/
	sed -i '/^| dns |/d' docs/decoders.md
	expect "a missing line fails check" refuses build check
	expect "and its file is named" grep -q 'docs/decoders.md.*| dns |' "$log"
	cp "$root/docs/decoders.md" docs/
	expect "put back, the mirror is whole" build check-mirror
}

# As users do, without the flags of developers.
installs_with_other_flags() {
	unset DEV
	expect "install works" build install DESTDIR="$copy/dest" PREFIX=/usr
	expect "with its own flags everything is compiled again" built CC user/util/parse.o
	expect "and what it installed runs" grep -q '^nvrwatch ' <("$copy/dest/usr/sbin/nvrwatch" --version)
	expect "uninstall works" build uninstall DESTDIR="$copy/dest" PREFIX=/usr
	expect "and leaves nothing" refuses grep -q . <(find "$copy/dest" -type f)
	expect "with the old flags it builds" build build/user/util/parse.o DEV=1
	expect "and what was built with others is compiled once more" built CC user/util/parse.o
}

mkdir "$copy/tree"
copy_tree
cd "$copy/tree"
unset MAKEFLAGS MAKEOVERRIDES MFLAGS O SAN T
export DEV=1 # warnings are errors
expect "a copy of the tree builds" build all test-bins
if [ $failed = 0 ]; then
	expect "a second make builds nothing" nothing_twice
	adds_and_deletes_a_hook
	adds_what_users_see
	follows_the_contract
	names_what_is_missing
	installs_with_other_flags
fi
echo "nw-tests: $passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]

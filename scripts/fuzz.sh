#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzzer that was built, for FUZZ_SECONDS (120) that they share, one per core at a time.
# Seeds: tests/fuzz/corpus/NAME/, words: tests/fuzz/NAME.dict. New inputs stay in the build folder;
# what crashed is kept there too and named. Each fuzzer counts as one test.
# Usage: fuzz.sh BUILD
set -euo pipefail

build=$(realpath "$1")
cd "$(dirname "$0")/.."
out=$build/out
budget=${FUZZ_SECONDS:-120}
slots=$(nproc)
passed=0 failed=0
names=()
declare -A name_of=()

finish_one() {
	local pid="" status=0 name
	wait -n -p pid "${!name_of[@]}" || status=$?
	name=${name_of[$pid]}
	unset "name_of[$pid]"
	if [ $status = 0 ] && grep -q '^Done [1-9]' "$out/$name.log"; then
		passed=$((passed + 1))
		echo "fuzz: $name $(grep '^Done ' "$out/$name.log")"
	else
		failed=$((failed + 1))
		tail -n 60 "$out/$name.log"
		echo "fuzz: $name FAILED, see $out/$name.log"
	fi
}

start() { # name, seconds
	local args=(-max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$out/$1-"
		-print_final_stats=0 -verbosity=1 -close_fd_mask=2) # targets may log
	mkdir -p "$out/corpus/$1"
	args+=("$out/corpus/$1")
	[ ! -d "tests/fuzz/corpus/$1" ] || args+=("tests/fuzz/corpus/$1")
	[ ! -e "tests/fuzz/$1.dict" ] || args+=(-dict="tests/fuzz/$1.dict")
	"$build/tests/fuzz/$1" "${args[@]}" >"$out/$1.log" 2>&1 &
	name_of[$!]=$1
}

# shellcheck disable=SC2317 # called by the trap
stop_all() {
	[ ${#name_of[@]} = 0 ] || kill "${!name_of[@]}" 2>/dev/null || :
	wait
}

mkdir -p "$out"
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
for source in tests/fuzz/fuzz_*.c; do
	[ ! -e "$source" ] || names+=("$(basename "$source" .c)")
done
if [ ${#names[@]} = 0 ]; then
	echo "fuzz: there is no tests/fuzz/fuzz_*.c" >&2
	exit 1
fi
each=$((budget / ${#names[@]}))
[ $each -gt 0 ] || each=1
for name in "${names[@]}"; do
	[ ${#name_of[@]} -lt "$slots" ] || finish_one
	start "$name" $each
done
while [ ${#name_of[@]} -gt 0 ]; do
	finish_one
done
echo "nw-tests: $passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]

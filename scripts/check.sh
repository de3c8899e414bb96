#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The unit tests, and behind them those of the tools that judge (bench, mutants); one count at the
# end. With a name only what is called so, of the unit tests. NW_JOBS=N: in N shares beside each other, each
# printed when it is done.
# Usage: check.sh RUN [NAME]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

if [ $# -gt 1 ]; then
	exec "$@"
fi
jobs=${NW_JOBS:-1}
logs=$(mktemp -d) || exit 1
passed=0 failed=0 skipped=0
children=()
trap 'kill "${children[@]}" 2>/dev/null; rm -rf "$logs"' EXIT

# What a log of these tests says, and how they ended.
count() { # log, status, tests
	local line p=0 f=0 s=0
	line=$(grep -aE '^nw-tests: ' "$1" | tail -n 1)
	[ -z "$line" ] || read -r p f s <<<"${line//[!0-9 ]/}"
	if [ "$2" != 0 ] && [ "$f" = 0 ]; then
		echo "${*:3}: ended with status $2"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

run() { # tests
	"$@" | tee "$logs/1"
	count "$logs/1" "${PIPESTATUS[0]}" "$@"
}

run_shares() { # tests
	local i status
	for ((i = 1; i <= jobs; i++)); do
		"$@" "--share=$i/$jobs" >"$logs/$i" 2>&1 &
		children+=($!)
	done
	for ((i = 1; i <= jobs; i++)); do
		status=0
		wait "${children[i - 1]}" || status=$?
		cat "$logs/$i"
		count "$logs/$i" $status "$@" "--share=$i/$jobs"
	done
	children=()
}

if [ "$jobs" -gt 1 ]; then run_shares "$1"; else run "$1"; fi
run tests/bench/run_tests.py
echo "nw-tests: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The unit tests, and behind them those of the tools that judge (bench, mutants); one count at the
# end. With a name only what is called so, of the unit tests.
# Usage: check.sh RUN [NAME]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

if [ $# -gt 1 ]; then
	exec "$@"
fi
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0
for tests in "$1" tests/bench/run_tests.py; do
	p=0 f=0 s=0
	"$tests" | tee "$log"
	status=${PIPESTATUS[0]}
	line=$(grep -aE '^nw-tests: ' "$log" | tail -n 1)
	[ -z "$line" ] || read -r p f s <<<"${line//[!0-9 ]/}"
	if [ "$status" != 0 ] && [ "$f" = 0 ]; then
		echo "$tests: ended with status $status"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "nw-tests: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]

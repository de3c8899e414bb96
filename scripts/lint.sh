#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every check that reads the code, one after the other; each counts as one test.
# Usage: O=BUILD lint.sh
set -euo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0
for check in format-check shellcheck spdx check-size check-layers check-mirror check-docs tidy; do
	began=$SECONDS
	if make -k -j"$(nproc)" O="${O:-build}" "$check"; then
		passed=$((passed + 1)) verdict=ok
	else
		failed=$((failed + 1)) verdict=FAILED
	fi
	printf 'lint: %-14s %-6s %3d s\n' "$check" $verdict $((SECONDS - began))
done
echo "nw-tests: $passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]

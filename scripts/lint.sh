#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every check that reads the code, one after the other; each counts as one test. The layout and the
# analyzer are those of clang 14 (Debian 12): other versions break lines elsewhere and know other
# checks, so there these two are skipped, and said to be.
# Usage: O=BUILD lint.sh
set -euo pipefail
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS # of the make that called; its variables are in the environment too

passed=0 failed=0 skipped=0
is_other_clang() { # check
	local tool
	case $1 in
	format-check) tool=${CLANG_FORMAT:-clang-format} ;;
	tidy) tool=${CLANG_TIDY:-clang-tidy} ;;
	*) return 1 ;;
	esac
	! "$tool" --version | grep -q 'version 14\.'
}

for check in format-check shellcheck spdx check-size check-layers check-mirror check-docs check-events tidy; do
	began=$SECONDS
	if is_other_clang "$check"; then
		skipped=$((skipped + 1)) verdict=SKIP
	elif make -k -j"$(nproc)" O="${O:-build}" "$check"; then
		passed=$((passed + 1)) verdict=ok
	else
		failed=$((failed + 1)) verdict=FAILED
	fi
	printf 'lint: %-14s %-6s %3d s\n' "$check" $verdict $((SECONDS - began))
done
echo "nw-tests: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]

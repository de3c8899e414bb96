#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Everything that is tested, part by part: what it took, what it counted, and one line at the end.
# A part counts by its last line "nw-tests: N passed, N failed, N skipped"; one that has none, ends
# badly without a failed test, or takes too long, is one failure. Logs stay in $O/test/.
# Usage: O=BUILD test.sh [PART...]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

build=${O:-build}
jobs=$(nproc)
passed=0 failed=0 skipped=0
summary=()

# name, limit in seconds, command. What only prepares (no tests of its own) says so with "-".
part() {
	local name=$1 limit=$2 began=$SECONDS status=0 line p=0 f=0 s=0 has_tests=1
	shift 2
	if [ "$1" = - ]; then
		has_tests=0
		shift
	fi
	echo "==== $name: $*"
	timeout -k 10 "$limit" "$@" </dev/null 2>&1 | tee "$build/test/$name.log"
	status=${PIPESTATUS[0]}
	line=$(grep -aE '^nw-tests: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' \
		"$build/test/$name.log" | tail -n 1)
	[ -z "$line" ] || read -r p f s <<<"${line//[!0-9 ]/}"
	[ "$status" != 124 ] || echo "$name: stopped at its limit of $limit s"
	if [ "$f" = 0 ] && { [ "$status" != 0 ] || [ "$p" -lt $has_tests ]; }; then
		echo "$name: ended with status $status and $p tests passed"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	summary+=("$(printf '%-10s %5d s   %5d passed %3d failed %3d skipped' "$name" \
		$((SECONDS - began)) "$p" "$f" "$s")")
	[ "$f" = 0 ]
}


# The whole program must be there for what follows; without it the rest would only repeat that.
prepare() {
	part deps 600 - scripts/install-deps.sh build test vm &&
		part build 600 - make -j"$jobs" O="$build" DEV=1 all test-bins root-bins
}

# The limits end what hangs, on a machine that is three times slower than the one they were measured on.
run() {
	case $1 in
	unit) part unit 240 make O="$build" DEV=1 check ;;
	asan) part asan 900 make -j"$jobs" O="$build/asan" SAN=address,undefined check ;;
	root) part root 900 make O="$build" DEV=1 check-root ;;
	vm) part vm 3600 make O="$build" DEV=1 check-vm ;;
	lab) part lab 400 make O="$build" DEV=1 check-lab ;;
	corpus) part corpus 300 make O="$build" DEV=1 corpus ;;
	soak) part soak 400 make O="$build" DEV=1 soak SOAK_SECONDS=180 ;;
	fuzz) part fuzz 600 make -j"$jobs" O="$build" fuzz ;;
	lint) part lint 1800 make -j"$jobs" O="$build" DEV=1 lint ;;
	build) part buildtest 600 tests/build/build.sh ;;
	*) echo "test.sh: no part '$1'" >&2 && exit 2 ;;
	esac
}

mkdir -p "$build/test"
began=$SECONDS
if prepare; then
	[ $# -gt 0 ] || set -- unit asan corpus root lab vm soak fuzz lint build
	for name in "$@"; do
		run "$name"
	done
fi
echo
printf '%s\n' "${summary[@]}"
printf '%-10s %5d s\n\n' all $((SECONDS - began))
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed -gt 0 ]

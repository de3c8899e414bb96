#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Everything that is tested, part by part: what it took and counted, what failed, and one line at the end.
# A part counts by its last line "nw-tests: N passed, N failed, N skipped"; one that has none, ends
# badly without a failed test, or takes too long, is one failure. Logs stay in $O/test/.
# Usage: O=BUILD test.sh [PART|PART+PART...]	those behind a + run beside the first, on idle time alone
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

build=${O:-build}
jobs=$(nproc)
passed=0 failed=0 skipped=0
summary=()
failures=()

# Adds what a part counted in its log.
count() { # name, least number of tests, status, seconds, limit
	local name=$1 line said p=0 f=0 s=0
	line=$(grep -aE '^nw-tests: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' \
		"$build/test/$name.log" | tail -n 1)
	[ -z "$line" ] || read -r p f s <<<"${line//[!0-9 ]/}"
	said=$(scripts/failures.sh "$build/test/$name.log" | sed "s/^failed: /&$name: /")
	[ "$3" != 124 ] || said+=${said:+$'\n'}"failed: $name: stopped at its limit of $5 s"
	if [ "$f" = 0 ] && { [ "$3" != 0 ] || [ "$p" -lt "$2" ]; }; then
		said+=${said:+$'\n'}"failed: $name: ended with status $3 and $p tests passed"
		f=1
	fi
	[ "$f" = 0 ] || failures+=("$said")
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	summary+=("$(printf '%-10s %5d s   %5d passed %3d failed %3d skipped' "$name" "$4" "$p" "$f" "$s")")
	[ "$f" = 0 ]
}

part() { # name, least number of tests, limit in seconds, command
	local name=$1 needed=$2 limit=$3 began=$SECONDS
	shift 3
	echo "==== $name: $*"
	timeout -k 10 "$limit" "$@" </dev/null 2>&1 | tee "$build/test/$name.log"
	count "$name" "$needed" "${PIPESTATUS[0]}" $((SECONDS - began)) "$limit"
}

# What was compiled before is taken from ccache: in the copy that the build test makes, with sanitizers in
# another checkout. Folders are left out of the key; objects of tests may name another in what gdb reads.
use_ccache() {
	command -v ccache >/dev/null || return 0
	export CC="ccache ${CC:-cc}" CLANG="ccache ${CLANG:-clang}" CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=2G
	export CCACHE_DIR=${NW_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/nvrwatch}/ccache
}

# The whole program must be there for what follows; without it the rest would only repeat that.
# Neither has tests of its own.
prepare() {
	part deps 0 600 scripts/install-deps.sh build test vm && use_ccache &&
		part build 0 600 make -j"$jobs" O="$build" DEV=1 all test-bins root-bins
}

# Sets name, limit and command. The limits end what hangs, on a machine that is three times slower than
# the one they were measured on.
look_up() { # part
	local dev=(make O="$build" DEV=1)
	name=$1
	case $1 in
	unit) limit=240 command=(env NW_JOBS="$jobs" "${dev[@]}" check) ;;
	asan) limit=900 command=(env NW_JOBS="$jobs" make -j"$jobs" O="$build/asan" SAN="address,undefined" check) ;;
	root) limit=900 command=("${dev[@]}" check-root) ;;
	vm) limit=3600 command=("${dev[@]}" check-vm) ;;
	lab) limit=400 command=("${dev[@]}" check-lab) ;;
	corpus) limit=300 command=("${dev[@]}" corpus) ;;
	soak) limit=400 command=("${dev[@]}" soak SOAK_SECONDS=180) ;;
	fuzz) limit=600 command=(make -j"$jobs" O="$build" fuzz) ;;
	lint) limit=1800 command=("${dev[@]}" -j"$jobs" lint) ;;
	build) name=buildtest limit=900 command=(tests/build/build.sh) ;;
	*) echo "test.sh: no part '$1'" >&2 && exit 2 ;;
	esac
}

run() { # part
	local name limit command
	look_up "$1"
	part "$name" 1 "$limit" "${command[@]}"
}

# One after the other, on idle time alone. What each printed, its end and its time are in $build/test.
each_on_idle_time() { # parts
	local part name limit command began status child=""
	trap '[ -z "$child" ] || kill "$child"; exit 143' TERM
	for part in "$@"; do
		look_up "$part"
		began=$SECONDS status=0
		chrt --idle 0 timeout -k 10 "$limit" "${command[@]}" </dev/null >"$build/test/$name.log" 2>&1 &
		child=$!
		wait $child || status=$?
		child=""
		echo "$status $((SECONDS - began))" >"$build/test/$name.end"
	done
}

# A part that waits most of its time, and beside it others that only compute, so that the first is not
# disturbed. What the others printed comes when all are done.
run_beside() { # part, parts
	local name limit command part status spent
	echo "==== beside $1, on idle time: ${*:2}"
	rm -f "$build"/test/*.end # of an earlier run
	each_on_idle_time "${@:2}" &
	beside=$!
	run "$1"
	wait $beside
	beside=""
	for part in "${@:2}"; do
		look_up "$part"
		echo "==== $name, beside $1: ${command[*]}"
		cat "$build/test/$name.log"
		status=125 spent=0 # it did not come to its end
		[ ! -e "$build/test/$name.end" ] || read -r status spent <"$build/test/$name.end"
		count "$name" 1 "$status" "$spent" "$limit"
	done
}

# shellcheck disable=SC2317 # called by the trap
stop_beside() {
	[ -z "$beside" ] || kill "$beside" 2>/dev/null || :
}

beside=""
trap stop_beside EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$build/test"
began=$SECONDS
if prepare; then
	[ $# -gt 0 ] || set -- corpus root+asan lab+unit+lint vm soak+build+fuzz
	for name in "$@"; do
		case $name in
		*+*)
			IFS=+ read -ra names <<<"$name"
			run_beside "${names[@]}"
			;;
		*) run "$name" ;;
		esac
	done
fi
echo
printf '%s\n' "${summary[@]}"
printf '%-10s %5d s\n\n' all $((SECONDS - began))
[ ${#failures[@]} = 0 ] || printf '%s\n\n' "${failures[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed -gt 0 ]

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs those root tests of a build that can hang on the kernel on every one of the matrix, each in a VM,
# and holds them against tests/vm/expected.tsv. A kernel is good when its tests ended with their closing
# line, none failed, none was skipped, exactly the committed number passed and no process was left
# behind. A kernel that cannot be had is a failure too. What a VM printed is kept in $O/vm/; what failed
# in it is shown.
#
# Owns $O/vm and the VMs that it starts. Ends with the sum over the kernels as its last line.
# Usage: O=BUILD [KERNELS="5.10 7 6.12 6.1"] check-vm.sh
#	VM_JOBS		VMs at a time (2)	VM_TIMEOUT	seconds for one VM (2700)
#	VM_FILES	more files that the tests need in the guest
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "${O:-build}")
expected=tests/vm/expected.tsv
read -ra kernels <<<"${KERNELS:-5.10 7 6.12 6.1}" # longest first: both slots are busy to the end
read -ra files <<<"${VM_FILES-}"
slots=${VM_JOBS:-2}
limit=${VM_TIMEOUT:-2700}

declare -A path_of=() version_of=() # by series
declare -A began=()                 # by series, in microseconds
declare -A series_of=()             # by process: the VMs that run
passed=0 failed=0 skipped=0

now_us() { echo "${EPOCHREALTIME/[.,]/}"; }

start() { # series
	local log=$build/vm/$1.log

	began[$1]=$(now_us)
	"$here/vm-run.sh" -t "$limit" "${path_of[$1]}" "$build/nvrwatch" "$build/tests/run-root" \
		"$build/tests/truth" "${files[@]}" -- "$build/tests/run-root" --kernel >"$log" 2>&1 &
	series_of[$!]=$1
}

# Says what is wrong with a run, a line each; nothing when it is good.
problems() { # series, exit status, log, passed, failed, skipped (empty: no closing line)
	local want

	grep -a '^vm-run: ' "$3" | sed 's/^vm-run: //' || :
	if [ -z "$4" ]; then
		echo "the tests ended with status $2 and without their closing line"
		return
	fi
	if [ "$5" = 0 ] && [ "$2" != 0 ]; then
		echo "no test failed, but the runner ended with status $2"
	fi
	if [ "$6" != 0 ]; then
		echo "a supported kernel may not skip, but $6 of its tests did"
	fi
	want=$(awk -v series="$1" '$1 == series { print $2 }' "$here/../$expected")
	if [ "$5" = 0 ] && [ "$4" != "$want" ]; then
		echo "$expected has ${want:-no number} for $1, but $4 tests passed"
	fi
}

# Counts one finished kernel; a kernel that is bad without a failed test counts as one failure.
finish() { # series, exit status
	local log=$build/vm/$1.log spent line wrong p="" f="" s=""

	spent=$((($(now_us) - began[$1]) / 100000))
	line=$(grep -aE '^nw-tests: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1) || :
	read -r p f s <<<"${line//[!0-9 ]/}" || :
	wrong=$(problems "$1" "$2" "$log" "$p" "$f" "$s")
	if [ -n "$wrong" ]; then
		echo "---- ${version_of[$1]}: the end of $log"
		tail -n 60 "$log"
		echo "----"
		while read -r line; do echo "failed: ${version_of[$1]}: $line"; done <<<"$wrong"
		[ "${f:-0}" != 0 ] || f=1
	fi
	"$here/failures.sh" "$log" | sed "s/^failed: /&${version_of[$1]}: /"
	printf '%s: %d passed, %d failed, %d skipped (%d.%d s)\n' "${version_of[$1]}" "${p:-0}" \
		"$f" "${s:-0}" $((spent / 10)) $((spent % 10))
	passed=$((passed + ${p:-0})) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
}

wait_for_one() {
	local pid="" status=0

	wait -n -p pid "${!series_of[@]}" || status=$?
	finish "${series_of[$pid]}" "$status"
	unset "series_of[$pid]"
}

find_kernels() {
	local series version path

	while read -r series version path; do
		path_of[$series]=$path
		version_of[$series]=$version
	done < <("$here/vm-kernels.sh" "${kernels[@]}")
}

# shellcheck disable=SC2317 # called by the trap
stop_all() {
	[ ${#series_of[@]} = 0 ] || kill "${!series_of[@]}" 2>/dev/null || :
	wait
}

main() {
	local series file

	for file in "$build/nvrwatch" "$build/tests/run-root" "$build/tests/truth"; do
		[ -e "$file" ] || { echo "check-vm: $file is missing: build it first" >&2 && exit 2; }
	done
	mkdir -p "$build/vm"
	trap stop_all EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	find_kernels
	for series in "${kernels[@]}"; do
		if [ -z "${path_of[$series]-}" ]; then
			echo "failed: there is no kernel to test series $series with"
			failed=$((failed + 1))
			continue
		fi
		[ ${#series_of[@]} -lt "$slots" ] || wait_for_one
		start "$series"
	done
	while [ ${#series_of[@]} -gt 0 ]; do
		wait_for_one
	done
	echo "nw-tests: $passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ] && [ $passed -gt 0 ]
}

main "$@"

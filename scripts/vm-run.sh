#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Boots a kernel in qemu with some of this machine's files in it, runs one command there as root and
# ends with the command's exit status; its output is streamed to stdout. Without a command: a shell.
# Files keep their paths; shared libraries, iproute2, mkfs.ext4 and /bin/sh come along; all else is busybox.
#
# Usage: vm-run.sh [-t SECONDS] [-m MIB] [-v] [-n TAP]... KERNEL [FILE|DIRECTORY...] [-- COMMAND]
#	KERNEL	a series (5.10 6.1 6.12 7) or a directory made by vm-kernels.sh
#	-t	time limit, default 120	-m	memory, default 1024	-v	the kernel's messages, on stderr
#	-n	a card, virtio's, for each tap device that is there already
#
# What is not the command's own end is told on stderr, with the end of the kernel's messages:
#	124 the time limit was reached	125 the guest ended on its own (a panic, say)
#	126 it did not boot		2 wrong usage
# Owns a folder in $TMPDIR and one qemu process; both are gone at the end, also after a signal.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
limit=120
memory=1024
verbose=0
# One thread for both CPUs: with a thread each, emulation now and then runs an instruction that the
# kernel has just patched elsewhere, and the kernel dies of a stray int3 (1 boot in 100).
accel=${VM_ACCEL:-tcg,thread=single}
# The guest's clock counts its instructions, 1 ns each, and jumps over what it would sleep: to itself it is
# a machine as fast as a real one, whatever else runs here. One CPU: before 8.1 qemu lets a second one
# starve so, and 5.10 does not even boot. VM_CLOCK=host: two CPUs and our time. A shell has that always.
clock=${VM_CLOCK:-instructions}
# Five levels of page tables make each miss dearer; strings of bytes are emulated byte by byte.
cpu=max,-la57,-erms,-fsrm
cards=()
# no_timer_check: on a busy machine the emulated timer comes too late for the kernel, which dies of it.

say() { echo "vm-run: $*" >&2; }
fail() { # status, message
	say "$2"
	exit "$1"
}

# ---- the file system in memory ------------------------------------------------------------------
# Every file below the given ones, the libraries of those that have any, the folders above them.
# ldd also says which libraries it did not find: such a program cannot work there.
list_payload() { # paths
	local files libraries

	files=$(find -L "$@" -type f)
	libraries=$(tr '\n' '\0' <<<"$files" | xargs -0 ldd 2>/dev/null) || :
	if grep -q 'not found' <<<"$libraries"; then
		fail 2 "a library is missing:$(grep -m1 'not found' <<<"$libraries")"
	fi
	{
		find -L "$@"
		grep -oE '(=> )?/[^ :]+ \(0x' <<<"$libraries" | sed 's/^=> //; s/ (0x$//'
	} | awk '{ for (p = $0; p != ""; sub("/[^/]*$", "", p)) print p }' | sort -u
}

pack() { cpio --quiet -o -H newc -R 0:0 "$@"; }

build_initramfs() { # kernel directory, payload paths...
	local root=$work/root kernel=$1 paths
	shift

	mkdir -p "$root/vm/modules" "$root/bin" "$root/etc"
	cp "$here/../tests/vm/init" "$root/init"
	cp -L "$(command -v busybox)" "$root/bin/busybox"
	find "$kernel/modules" -name '*.ko' -exec cp -t "$root/vm/modules" {} +
	printf '%s\n' "$nonce" >"$root/vm/nonce"
	printf '%s\n' "$PWD" >"$root/vm/directory"
	printf '%s\n' root:x:0:0::/root:/bin/sh nobody:x:65534:65534::/:/bin/false >"$root/etc/passwd"
	printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
	printf '%s\n' '127.0.0.1 localhost' '::1 localhost' >"$root/etc/hosts"
	[ ! -e /etc/ld.so.cache ] || cp /etc/ld.so.cache "$root/etc/"
	if [ -n "$command" ]; then
		printf '%s\n' "$command" >"$root/vm/command"
	else
		stty size 2>/dev/null | sed 's/\(.*\) \(.*\)/rows \1 cols \2/' >"$root/vm/size"
	fi
	paths=$(list_payload "$@")
	{
		(cd "$root" && find . | pack)
		(cd / && cut -c2- <<<"$paths" | pack -L)
	} >"$work/initramfs"
}

# ---- the machine --------------------------------------------------------------------------------
# Called in a process of its own, which becomes qemu or what limits its time.
become_qemu() { # kernel directory
	local quiet=quiet output=stdio,id=output,signal=off limited=(timeout -k 5 "$limit") time=(-smp 2)

	[ $verbose = 0 ] || quiet=""
	if [ -z "$command" ]; then
		output+=,mux=on
		limited=()
	else
		exec </dev/null
		[ "$clock" != instructions ] || time=(-smp 1 -icount "shift=0,sleep=off")
	fi
	[ ${#cards[@]} -gt 0 ] || cards=(-nic none)
	exec "${limited[@]}" qemu-system-x86_64 -no-user-config -nodefaults -accel "$accel" -cpu "$cpu" \
		"${time[@]}" -m "$memory" -display none -no-reboot "${cards[@]}" \
		-kernel "$1/vmlinuz" -initrd "$work/initramfs" \
		-append "console=ttyS0 $quiet panic=-1 oops=panic no_timer_check" \
		-serial "file:$work/kernel" -chardev "$output" -serial chardev:output \
		-serial "file:$work/told" 2>"$work/qemu"
}

# What init told, without the word that proves that it was init.
told() { sed -n "s/^$nonce $1 //p" "$work/told"; }

show_kernel_messages() {
	tr -d '\r' <"$work/kernel" | tail -n "$1" | sed 's/^/  | /' >&2
}

report() { # qemu's exit status, version that should run
	local status release

	[ $verbose = 0 ] || show_kernel_messages +1
	release=$(told up)
	told no-module | while read -r line; do say "the kernel refused the module ${line##*/}"; done
	told left | while read -r line; do say "the command left a process behind: $line"; done
	status=$(told status)
	if [ -n "$status" ]; then
		[ "$release" = "$2" ] || fail 126 "kernel $release runs where $2 was expected"
		exit "$status"
	fi
	[ $verbose = 1 ] || show_kernel_messages 100
	explain "$1" "$2" "$release"
}

explain() { # qemu's exit status, version that should run, release that came up
	local panic code=125 what="ended while the command ran"

	[ -n "$3" ] || { code=126 what="did not boot"; }
	panic=$(tr -d '\r' <"$work/kernel" | grep -om1 'Kernel panic.*') || :
	[ -z "$panic" ] || fail $code "$2 $what: $panic"
	case $1 in
	124 | 137)
		[ $code = 126 ] || fail 124 "$2 was stopped at the time limit of $limit s"
		fail 126 "$2 did not boot within $limit s"
		;;
	0) fail $code "$2 $what, without a panic" ;;
	*) fail $code "$2 $what: qemu ended with status $1, $(tail -n 1 "$work/qemu")" ;;
	esac
}

# shellcheck disable=SC2317 # called by the trap
cleanup() {
	trap '' INT TERM HUP # a second one would end us before qemu has its own
	[ -z "${qemu-}" ] || kill "$qemu" 2>/dev/null || :
	[ -z "${qemu-}" ] || wait "$qemu" 2>/dev/null || :
	rm -rf "$work"
}

main() {
	local option kernel payload=() status=0

	while getopts t:m:vn: option; do
		case $option in
		t) limit=$OPTARG ;;
		m) memory=$OPTARG ;;
		v) verbose=1 ;;
		n) cards+=(-nic "tap,ifname=$OPTARG,script=no,downscript=no,model=virtio-net-pci,mac=52:54:00:00:00:0${#cards[@]}") ;;
		*) exit 2 ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -gt 0 ] || fail 2 "usage: vm-run.sh [-t SECONDS] [-m MIB] [-v] [-n TAP]... KERNEL [FILE...] [-- COMMAND]"
	kernel=$1
	shift
	[ -e "$kernel/vmlinuz" ] || kernel=$("$here/vm-kernels.sh" "$kernel" | cut -d' ' -f3)
	[ -e "$kernel/vmlinuz" ] || fail 2 "no kernel"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		[ -e "$1" ] || fail 2 "no such file: $1"
		payload+=("$(realpath -s "$1")")
		shift
	done
	[ $# -eq 0 ] || shift
	command=$*

	work=$(mktemp -d "${TMPDIR:-/tmp}/nw-vm.XXXXXX")
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	touch "$work/kernel" "$work/told" "$work/qemu"
	nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	build_initramfs "$kernel" /bin/sh "$(command -v ip || echo /sbin/ip)" /sbin/mkfs.ext4 \
		"${payload[@]}"
	if [ -z "$command" ]; then
		(become_qemu "$kernel") || status=$?
	else
		become_qemu "$kernel" &
		qemu=$!
		wait "$qemu" || status=$?
		qemu=""
	fi
	report "$status" "$(basename "$kernel")"
}

main "$@"

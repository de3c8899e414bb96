#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What no compiler checks: licence lines, who may include whom, that each thing has its test and its
# line in the docs, that no file grows without end. Each complaint is one line that names the file.
# Usage: checks.sh spdx|check-layers|check-mirror|check-size
set -euo pipefail
cd "$(dirname "$0")/.."

bad=0
complain() {
	echo "$*" >&2
	bad=1
}

# Committed and about to be, whatever is still there; never what is ignored.
files() { # patterns
	local f
	git ls-files -co --exclude-standard -- "$@" | while IFS= read -r f; do
		[ ! -f "$f" ] || echo "$f"
	done
}

# ---- spdx ---------------------------------------------------------------------------------------
# Data without comments, and texts that are licences, have no such line.
spdx_exempt() {
	case $1 in
	LICENSE | LICENSES/* | bpf/vmlinux/* | tests/fuzz/corpus/* | tests/corpus/*) return 0 ;;
	.gitattributes | .gitignore | *.json | *.jsonl | *.out | *.bin | *.nwr | *.pcap | *.png) return 0 ;;
	esac
	return 1
}

has_licence() { # which, lines
	local line
	for line in "${@:2}"; do
		case $line in
		*"SPDX-License-Identifier: $1" | *"SPDX-License-Identifier: $1 */" | *"SPDX-License-Identifier: $1 -->") return 0 ;;
		esac
	done
	return 1
}

spdx() {
	local f want top
	while IFS= read -r f; do
		spdx_exempt "$f" && continue
		case $f in
		bpf/* | include/* | *.bpf.c | *.bpf.h | */hook.c.in) want="GPL-2.0-only OR BSD-2-Clause" ;;
		*) want="Apache-2.0" ;;
		esac
		mapfile -t -n 3 top 2>/dev/null <"$f" # it may hold NUL
		has_licence "$want" "${top[@]}" ||
			complain "$f: no line 'SPDX-License-Identifier: $want' at its top"
	done < <(files)
}

# ---- layers -------------------------------------------------------------------------------------
forbid() { # where, what (grep -E over the lines), why
	local line patterns
	read -ra patterns <<<"$1"
	while IFS= read -r line; do
		complain "${line:0:120}: $3"
	done < <(files "${patterns[@]}" | xargs -r -d '\n' grep -nHE "$2")
}

include='^[[:space:]]*#[[:space:]]*include[[:space:]]+["<]'
layers() {
	forbid "user/sinks/*" "$include(indicators|decoders|commands)/" "a sink knows records only"
	forbid "user/indicators/*" "$include(sinks|decoders|commands)/" \
		"an indicator knows events and state only"
	forbid "user/indicators/* user/decoders/*" "${include}(stdio|time|unistd|fcntl|sys/[a-z]+)\.h" \
		"no I/O and no clock here"
	forbid "user/decoders/*" "$include(sinks|indicators|commands|state/internal)" \
		"a decoder knows bytes and facts only"
	forbid "user/enrich/*" "$include(nw_event|event|output|state/|sinks/|decoders/|indicators/|commands/)" \
		"knowledge knows nothing of who asks"
	forbid "user/sinks/* user/indicators/* user/decoders/*" "${include}enrich/" \
		"what knowledge says comes through state"
	forbid "user/util/* user/state/* user/indicators/* user/decoders/*" "${include}log\.h" \
		"returns errors and does not log"
	forbid "user/util/*" "$include(nw_event|event|output|config|state/|sinks/|decoders/|indicators/)" \
		"util knows nothing about events"
	forbid "user/*.c user/*.h :!user/state/* :!user/pipeline.c" "${include}state/internal\.h" \
		"only state/ writes state, and only the pipeline asks it to"
	forbid "user/*.c user/*.h :!user/load.c :!user/load_run.c" "${include}.*\.skel\.h" \
		"only load.c and load_run.c know the skeleton"
	forbid "bpf/*.h bpf/*.c :!bpf/vmlinux/*" "$include.*(user/|std(io|lib|int)\.h)" \
		"the kernel side has its own headers"
	forbid "bpf/*.h bpf/*.c include/* user/* :!bpf/vmlinux/*" "LINUX_VERSION_CODE|KERNEL_VERSION\(" \
		"ask the kernel what it has, never its version"
	forbid "bpf/*.h bpf/*.c include/* user/* :!bpf/vmlinux/*" "bpf_(trace_)?printk" \
		"count the reason; no printing in the kernel"
	forbid "*.c *.h :!bpf/vmlinux/*" "^[[:space:]]*//" "comments are /* */"
}

# ---- mirror -------------------------------------------------------------------------------------
docs_row() { # table, name
	local row
	row=$(grep -m1 -E "^\| $2 \| *[^ |]" "$1" 2>/dev/null || :)
	[ -n "$row" ] || complain "$1: no line '| $2 | … |'"
	case $row in *"(say it in one line)"*) complain "$1: the line of $2 is not written yet" ;; esac
}

mirror_of() { # kind, file, stem, name, tests where one must be
	local t
	docs_row "docs/${1}s.md" "$4"
	for t in "${@:5}"; do
		[ ! -e "$t" ] || return 0
	done
	complain "$2: its test is missing: $5"
}

mirror() {
	local f kind stem seeds=tests/fuzz/corpus/fuzz_decoders
	for f in bpf/hooks/*.bpf.c; do
		stem=${f##*/} stem=${stem%.bpf.c}
		mirror_of hook "$f" "$stem" "$stem" "tests/hooks/$stem.c"
	done
	for kind in decoder indicator sink command; do
		for f in user/"${kind}s"/*.c; do
			[ -e "$f" ] || continue
			stem=${f##*/} stem=${stem%.c}
			case $kind in
			indicator) mirror_of $kind "$f" "$stem" "${stem//_/-}" "tests/${kind}s/$stem.c" ;;
			command) mirror_of $kind "$f" "$stem" "$stem" "tests/e2e/$stem.c" "tests/user/$stem.c" ;;
			*) mirror_of $kind "$f" "$stem" "$stem" "tests/${kind}s/$stem.c" ;;
			esac
			[ $kind != decoder ] || compgen -G "$seeds/$stem*" >/dev/null ||
				complain "$f: the fuzzer has no seed of it: $seeds/$stem-…"
		done
	done
}

# ---- size ---------------------------------------------------------------------------------------
size() {
	local f n
	while read -r n f; do
		[ "$n" -le 500 ] || complain "$f: $n lines, at most 500"
	done < <(files '*.c' '*.h' '*.sh' '*.py' '*.mk' Makefile ':!bpf/vmlinux/*' |
		xargs -r -d '\n' -n 1000 wc -l | grep -v ' total$')
}

case ${1-} in
spdx) spdx ;;
check-layers) layers ;;
check-mirror) mirror ;;
check-size) size ;;
*) echo "usage: checks.sh spdx|check-layers|check-mirror|check-size" >&2 && exit 2 ;;
esac
exit $bad

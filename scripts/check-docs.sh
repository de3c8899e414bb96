#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The tables in docs/ against what the binary says of itself: the same names, the same sentences.
# Usage: check-docs.sh NVRWATCH
set -euo pipefail
cd "$(dirname "$0")/.."

bad=0
for kind in hooks decoders indicators sinks commands; do
	# The first table of the page: from its ruler to the first line that is no row.
	table=$(awk '/^\| --- / { on = 1; next } on && !/^\|/ { exit } on' "docs/$kind.md" |
		sed -E 's/^\| ([^ ]+) *\| (.*[^ ]) *\|$/\1 \2/' | LC_ALL=C sort)
	said=$("$1" list "$kind" | sed -E 's/^([^ ]+) +/\1 /' | LC_ALL=C sort)
	if ! diff <(echo "$table") <(echo "$said") >&2; then
		echo "docs/$kind.md (<) does not say what 'nvrwatch list $kind' says (>)" >&2
		bad=1
	fi
done
exit $bad

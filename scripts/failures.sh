#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What failed in the log of a test run, and what each failure said; nothing when nothing did.
# Usage: failures.sh LOG...
set -euo pipefail

# A test of cmocka ends with "[  FAILED  ] name", in words of the runner its group follows at the end.
# Elsewhere FAILED stands in a line of its own. What was said is kept to its last 12 lines.
awk '
function flush_failed(group) {
	for (i = 1; i <= n; i++) {
		print "failed: " (group == "" ? "" : group " ") name[i]
		printf "%s", said[i]
	}
	n = 0
}
FNR == 1 { flush_failed(""); inside = relayed = 0 }
relayed && /^  \| / { print; next }
{ relayed = 0 }
/^failed: / { relayed = 1; print; next } # another run of this, which a log has in it
/^\[ RUN      \] / { inside = 1; lines = 0; delete line; next }
/^\[       OK \] |^\[  SKIPPED \] / { inside = 0; next }
inside && /^\[  FAILED  \] / {
	inside = 0
	name[++n] = $4
	said[n] = ""
	for (i = lines > 12 ? lines - 11 : 1; i <= lines; i++) said[n] = said[n] "  | " substr(line[i], 1, 200) "\n"
	next
}
inside { line[++lines] = $0; next }
/^[a-z0-9_]+ +[0-9.]+ s$/ { flush_failed($1); next }
/FAILED/ && !/^\[  FAILED|FAILED TEST\(S\)$/ { print "failed: " $0 }
END {
	flush_failed("")
	if (inside) print "failed: the run ended within a test:" (lines ? " " line[lines] : "")
}
' "$@"

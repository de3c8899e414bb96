#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is there before who is observed has a past: countries and operators of the outside, and the rows that an earlier
# session kept (learnt.sql), as the state that nvrwatch is given. Usage: learnt.sh [hours], with what programs sent by the hour.
set -e
here=$(dirname "$0")
"$here/geo.py"
mkdir -m 700 "$LAB/state"
cat "$here/learnt.sql" ${1:+"$here/$1.sql"} | python3 -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())' "$LAB/state/state.db"
chmod 600 "$LAB/state/state.db"

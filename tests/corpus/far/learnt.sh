#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is there before who is observed has a past: countries and operators of the outside, and the rows that an earlier
# session kept (learnt.sql), as the state that nvrwatch is given.
set -e
here=$(dirname "$0")
"$here/geo.py"
mkdir -m 700 "$LAB/state"
python3 -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2], encoding="ascii").read())' "$LAB/state/state.db" "$here/learnt.sql"
chmod 600 "$LAB/state/state.db"

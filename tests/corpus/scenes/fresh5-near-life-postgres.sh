#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=postgres,psql,ffprobe services=nvr:5432 seconds=60 parts=dns,camera-gate,recorder-gate,nas,outside-web before=yes
# The recorder's database is PostgreSQL, asked over its Unix socket: for each new recording a row with what ffprobe says of it; then it is dumped, packed and copied to the NAS of the office.
pg=/usr/lib/postgresql/15/bin; as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
if [ "$1" = before ]; then mkdir -p "$LAB/db"; chown postgres "$LAB/db"; cd /; exec "${as[@]}" "$pg/initdb" -D "$LAB/db/data" -A trust >/dev/null; fi
if [ "$1" = services ]; then cd /; exec timeout 90 "${as[@]}" "$pg/postgres" -D "$LAB/db/data" -k "$LAB/db" -c listen_addresses=127.0.0.1 -c fsync=off; fi
export PGHOST=$LAB/db PGUSER=postgres; cd /; psql -q -c 'CREATE TABLE recording(name text, kept timestamptz DEFAULT now(), bytes bigint, about jsonb)' || exit 1
for _ in 1 2; do
	for f in "$LAB"/recordings/gate/*.mp4; do
		psql -q -v "n=${f##*/}" -v "b=$(stat -c %s "$f")" -v "a=$(ffprobe -v error -show_format -of json "$f" 2>/dev/null || echo null)" <<<"INSERT INTO recording(name, bytes, about) VALUES(:'n', :'b', nullif(:'a', '')::jsonb);" 2>/dev/null
	done; sleep 6
done
"$pg/pg_dump" postgres | gzip >"$LAB/db.sql.gz"; rsync -a "$LAB/db.sql.gz" rsync://nas.office.lan/recordings/; sleep 3
[ "$(psql -qtA -c 'SELECT count(*) FROM recording')" -ge 10 ] && [ -s "$LAB/nas/db.sql.gz" ]

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=npm,node far=out seconds=44 parts=dns,outside-web
# An administrator installs a package of node's from outside by its address; a script that is in it runs when it is put in place.
if [ "$1" = out ]; then
	mkdir -p "$LAB/pkg/package" "$LAB/outside/drop"; echo '{"name": "vmfast", "version": "1.0.0", "main": "index.js", "scripts": {"install": "node build.js"}}' >"$LAB/pkg/package/package.json"
	echo 'require("fs").writeFileSync("made.js", "module.exports = 42");' >"$LAB/pkg/package/build.js"; echo 'module.exports = require("./made.js");' >"$LAB/pkg/package/index.js"; tar czf "$LAB/outside/drop/vmfast-1.0.0.tgz" -C "$LAB/pkg" package; sleep 46; exit 0
fi
sleep 3; mkdir -p "$LAB/app"; cd "$LAB/app" || exit 1; echo '{"name": "app", "version": "1.0.0"}' >package.json
HOME=$LAB timeout 36 npm install --no-audit --no-fund --no-update-notifier --loglevel=error http://updates.example.com/drop/vmfast-1.0.0.tgz >/dev/null; node -p 'require("vmfast")' | grep -q 42

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=git far=out ready=out:9418 seconds=26 parts=dns,nas,outside-web
# The configuration is kept in a repository outside: it is cloned, then asked for news now and then, and once there are some.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.net GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.net
if [ "$1" = out ]; then
	mkdir -p "$LAB/git"; rm -rf "$LAB/git/conf"; git init -q -b main "$LAB/git/conf"; cp /etc/services /usr/share/common-licenses/GPL-3 "$LAB/git/conf/"
	cd "$LAB/git/conf" || exit 1; git add .; git commit -q -m 1; (sleep 14; date >today; git add today; git commit -q -m 2) &
	exec timeout 45 git daemon --listen=203.0.113.66 --base-path="$LAB/git" --export-all
fi
git clone -q git://203.0.113.66/conf "$LAB/conf"; for wait in 3 9 2 6; do sleep $wait; git -C "$LAB/conf" pull -q; done; rm -rf "$LAB/conf"; true

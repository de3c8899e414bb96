#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=pip,python3 far=out seconds=50 parts=dns,outside-web
# An administrator installs a package of Python from an index outside with pip, into a folder of its own; it has a library in it, which a program then loads.
if [ "$1" = out ]; then
	k=$LAB/wheel; mkdir -p "$k/vmfast" "$k/vmfast-1.0.dist-info" "$LAB/outside/simple/vmfast"; cd "$k" || exit 1
	echo 'int twice(int n) { return 2 * n; }' | gcc -shared -fPIC -x c -o vmfast/fast.so -; printf '%s\n' 'import ctypes, os' 'twice = ctypes.CDLL(os.path.join(os.path.dirname(__file__), "fast.so")).twice' >vmfast/__init__.py
	printf '%s\n' 'Metadata-Version: 2.1' 'Name: vmfast' 'Version: 1.0' >vmfast-1.0.dist-info/METADATA; printf '%s\n' 'Wheel-Version: 1.0' 'Generator: hand' 'Root-Is-Purelib: false' 'Tag: py3-none-any' >vmfast-1.0.dist-info/WHEEL
	printf '%s\n' vmfast/__init__.py,, vmfast/fast.so,, vmfast-1.0.dist-info/METADATA,, vmfast-1.0.dist-info/WHEEL,, vmfast-1.0.dist-info/RECORD,, >vmfast-1.0.dist-info/RECORD
	python3 -c 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", ".")' "$LAB/w"; mv "$LAB/w.zip" "$LAB/outside/simple/vmfast/vmfast-1.0-py3-none-any.whl"
	echo '<a href="vmfast-1.0-py3-none-any.whl">vmfast-1.0-py3-none-any.whl</a>' >"$LAB/outside/simple/vmfast/index.html"; sleep 55; exit 0
fi
sleep 5; timeout 40 /usr/bin/pip install -q --no-cache-dir --disable-pip-version-check --target "$LAB/lib" --index-url http://updates.example.com/simple/ --trusted-host updates.example.com vmfast
PYTHONPATH=$LAB/lib timeout 10 /usr/bin/python3 -c 'import time, vmfast; print(vmfast.twice(21)); time.sleep(3)' | grep -q 42

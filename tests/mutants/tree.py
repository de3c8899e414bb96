# SPDX-License-Identifier: Apache-2.0
"""A copy of the source tree to break, and what is built from it. Owns its folder; the work tree is
only read. What a crash left broken in the copy is whole again after the next sync()."""

import os
import shutil
import subprocess
import sys

BUILD_S = 600
BINARIES = ("nvrwatch", "tests/run", "tests/run-root", "tests/truth")
# Of the make that called: its jobs and variables are not ours.
ENV = {k: v for k, v in os.environ.items()
       if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "O", "DEV")}


class BuildError(Exception):
    """What the compiler said."""


def sources(root):
    """Committed files and those about to be."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    return sorted({f for f in listed.split("\0") if f and os.path.isfile(f"{root}/{f}")})


def read(path):
    """Its bytes, None if there is none."""
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


class Tree:
    """The copy at `top`, built in `top`/build; what it was before it was broken is in `base`."""

    def __init__(self, root, folder):
        self.root, self.top, self.base = root, f"{folder}/tree", f"{folder}/base"
        self.files = sources(root)

    def text(self, path):
        """A source file as it should be."""
        return read(f"{self.root}/{path}").decode()

    def put(self, path, data):
        """Writes a file of the copy if it is not so already, and says whether."""
        to = f"{self.top}/{path}"
        if read(to) == data:
            return False
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(to, "wb") as f:
            f.write(data)
        shutil.copymode(f"{self.root}/{path}", to)
        return True

    def sync(self):
        """Makes the copy what the work tree is. True if it was not."""
        changed = [f for f in self.files if self.put(f, read(f"{self.root}/{f}"))]
        for folder, below, names in os.walk(self.top):
            below[:] = [b for b in below if f"{folder}/{b}" != f"{self.top}/build"]
            for name in names:
                path = os.path.relpath(f"{folder}/{name}", self.top)
                if path not in self.files:
                    os.unlink(f"{self.top}/{path}")
                    changed.append(path)
        return bool(changed)

    def make(self, *targets):
        """Builds what changed."""
        done = subprocess.run(["make", f"-j{os.cpu_count()}", *targets], cwd=self.top, env=ENV,
                              timeout=BUILD_S, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, check=False)
        if done.returncode:
            raise BuildError(done.stdout)

    def build_base(self):
        """The whole program and its tests, unbroken, kept aside: a mutant is judged by these tests."""
        self.make("all", "test-bins", "root-bins")
        fresh = f"{self.base}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for name in BINARIES:
            os.makedirs(os.path.dirname(f"{fresh}/{name}"), exist_ok=True)
            copy = shutil.copytree if name == "tests/truth" else shutil.copy2
            copy(f"{self.top}/build/{name}", f"{fresh}/{name}")
        shutil.rmtree(self.base, ignore_errors=True)
        os.rename(fresh, self.base)

    def groups(self):
        """The root tests by the names of their files, as the build lists them."""
        text = read(f"{self.top}/build/gen/tests-root.inc").decode()
        return [line[len("NW_ITEM("):-1] for line in text.split()]

    def break_and_build(self, mutant):
        """The program with one place switched off; the copy stays broken until heal()."""
        broken = mutant.applied(self.text(mutant.path))
        self.put(mutant.path, broken.encode())
        self.make("all", *([] if mutant.path.startswith("bpf/") else ["test-bins"]))

    def heal(self, mutant):
        """Undoes it; what was built stays behind until the next build."""
        self.put(mutant.path, read(f"{self.root}/{mutant.path}"))


if __name__ == "__main__":
    sys.exit("this is a part of mutants.py")

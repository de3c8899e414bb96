# SPDX-License-Identifier: Apache-2.0
"""A copy of the source tree in which each mutant can be switched on, and what is built from it.
Owns its folder; the work tree is only read."""

import os
import shutil
import subprocess
import sys

import sites

BUILD_S = 1800
# Of the make that called: its jobs and variables are not ours.
ENV = {k: v for k, v in os.environ.items()
       if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "O", "DEV")}


# What each copy gets besides: where, and in front of which text. The number comes from the environment,
# for each program by its own name: tests that judge nvrwatch use parts of it, which stay whole.
KERNEL_NUMBER = ("bpf/nw.bpf.h", "const volatile __u32 nw_cfg_wake_bytes",
                 "const volatile __u32 nw_mutant __weak = 0;\n")
LOADED = ("user/load.c", "skel->rodata->nw_cfg_wake_bytes", "skel->rodata->nw_mutant = nw_mutant;\n\t")
DECLARED = "extern unsigned nw_mutant;\n"
READ = """
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

unsigned nw_mutant;

static void __attribute__((constructor)) read_mutant(void)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "NW_MUTANT_%s", program_invocation_short_name);
	nw_mutant = getenv(name) ? (unsigned)atoi(getenv(name)) : 0;
}
"""
READ_IN = "user/log.c"  # every program has it


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


def prepared(path, text, numbered):
    """A source file as the copy has it."""
    text = sites.switchable(text, numbered)
    for file, before, put in (KERNEL_NUMBER, LOADED):
        if path == file:
            if before not in text:
                raise sites.SiteError(f"{path}: there is no {before}")
            text = text.replace(before, put + before, 1)
    if path.startswith("user/") and (numbered or path == LOADED[0]):
        text = DECLARED + text
    return text + READ if path == READ_IN else text


class Tree:
    """The copy at `top`, built in `top`/build."""

    def __init__(self, root, folder, numbered):
        self.root, self.top, self.built = root, f"{folder}/tree", f"{folder}/tree/build"
        self.numbered = numbered  # pairs of number and mutant, of all files
        self.files = sources(root)

    def wanted(self, path):
        """Bytes of a file of the copy."""
        data = read(f"{self.root}/{path}")
        if not path.startswith(("bpf/", "user/")) or not path.endswith((".c", ".h")):
            return data
        own = [(n, m) for n, m in self.numbered if m.path == path]
        return prepared(path, data.decode(), own).encode()

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
        """Makes the copy what the work tree is, with all switches. True if it was not."""
        changed = [f for f in self.files if self.put(f, self.wanted(f))]
        for folder, below, names in os.walk(self.top):
            below[:] = [b for b in below if f"{folder}/{b}" != self.built]
            for name in names:
                path = os.path.relpath(f"{folder}/{name}", self.top)
                if path not in self.files:
                    os.unlink(f"{self.top}/{path}")
                    changed.append(path)
        return bool(changed)

    def build(self):
        """The whole program and its tests."""
        done = subprocess.run(["make", f"-j{os.cpu_count()}", "all", "test-bins", "root-bins"],
                              cwd=self.top, env=ENV, timeout=BUILD_S, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                              check=False)
        if done.returncode:
            raise BuildError(done.stdout)

    def listed(self, name):
        """Files of tests by their names, as the build lists them."""
        text = read(f"{self.built}/gen/{name}").decode()
        return [line[len("NW_ITEM("):-1] for line in text.split()]

    def groups(self):
        """The root tests."""
        return self.listed("tests-root.inc")

    def units(self):
        """The unit tests."""
        return self.listed("tests.inc")


if __name__ == "__main__":
    sys.exit("this is a part of mutants.py")

# SPDX-License-Identifier: Apache-2.0
"""Where a hook's program runs: on this kernel, or on one of the VMs' (scripts/vm-run.sh) where this one
refuses it or has something better. What a kernel takes is what `nvrwatch check` says there."""

import json
import os
import re
import subprocess
import sys
from threading import Lock

HERE = ""                   # this machine's own kernel
SERIES = ("6.12", "5.10")   # all first ways, most second ways
CHECK_S = 300
VM_S = 400                  # for one file of tests
# what user space passes on of a hook's counts is seen where that hook is
PASSED_ON = {"total[NW_LOSS_READ]": "file_direct"}
INCLUDE = re.compile(r'^#include "(\w+\.bpf\.h)"', re.M)


def text_of(path):
    """A source file."""
    with open(path, encoding="utf-8") as f:
        return f.read()


def hooks_of(root, path):
    """The hooks in whose programs a file of bpf/ is."""
    if path.startswith("bpf/hooks/"):
        return {os.path.basename(path).split(".")[0]}
    wanted = {os.path.basename(path)}
    headers = {n: set(INCLUDE.findall(text_of(f"{root}/bpf/{n}")))
               for n in os.listdir(f"{root}/bpf") if n.endswith(".bpf.h")}
    while more := {n for n, inside in headers.items() if inside & wanted} - wanted:
        wanted |= more
    return {n.split(".")[0] for n in os.listdir(f"{root}/bpf/hooks")
            if set(INCLUDE.findall(text_of(f"{root}/bpf/hooks/{n}"))) & wanted}


class Kernels:
    """The kernels, each asked once."""

    def __init__(self, root, built):
        self.root = root
        self.run = f"{root}/scripts/vm-run.sh"
        self.built = built
        self.said = {}  # by kernel: state by hook
        self.asking = Lock()

    def command(self, where, env, *words):
        """How to run these words on a kernel, with these variables."""
        if where == HERE:
            return ["env", *env, *words]
        return [self.run, "-t", str(VM_S), where, f"{self.built}/nvrwatch",
                f"{self.built}/tests/run-root", f"{self.built}/tests/truth", "--", "env", *env, *words]

    def hooks(self, where):
        """State by hook; nothing of a kernel that cannot be had."""
        with self.asking:
            if where not in self.said:
                done = subprocess.run(self.command(where, [], f"{self.built}/nvrwatch", "check", "-o",
                                                   "json"),
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, timeout=CHECK_S, check=False)
                text = done.stdout.decode(errors="replace")
                text = text[text.find("{"):text.rfind("}") + 1]
                self.said[where] = {name: row["state"]
                                    for name, row in json.loads(text or "{}").get("hooks", {}).items()}
            return self.said[where]

    def of(self, mutant):
        """The first kernel on which the mutant's code can be reached."""
        if mutant.path.startswith("bpf/"):
            hooks = hooks_of(self.root, mutant.path)
        else:
            hooks = {hook for what, hook in PASSED_ON.items() if mutant.name.endswith(what)}
        wanted = "fallback" if "__alt" in mutant.name else "live"
        return next((where for where in (HERE, *SERIES)
                     if any(self.hooks(where).get(h) == wanted for h in hooks)), HERE)


if __name__ == "__main__":
    sys.exit("this is a part of mutants.py")

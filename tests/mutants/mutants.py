#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is each hook and each counter needed? Builds a copy of the tree in which each can be switched off
by a number, switches off one at a time and runs the tests until one fails: with the mutant, not
without it, and with it again. What this kernel refuses is tried on one that takes it, in a VM. A
mutant that no test notices has survived, which is an error unless equivalent.tsv says why it cannot
be noticed; an entry there that does not hold is an error too.

Usage: mutants.py OUT [PATTERN]    as root; a pattern (wildcards) picks mutants by their names
       mutants.py --list           names and places, no root
       mutants.py --write OUT      keeps in noticed.tsv what noticed each: it is asked first next time

OUT/results.tsv keeps what was found: a killed mutant is not run again until its file changes, so
that a broken off run goes on. Remove OUT to begin anew. MUTANTS_JOBS of them are run at a time (2).
The last line counts killed mutants as passed, survivors and errors as failed, those with a reason
as skipped."""

import fnmatch
import hashlib
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

sys.dont_write_bytecode = True

import kernels  # noqa: E402 pylint: disable=wrong-import-position
import sites  # noqa: E402 pylint: disable=wrong-import-position
import tree  # noqa: E402 pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GROUP_S = 180  # for one file of tests
VM_GROUPS = 4  # the likeliest ones: each is a boot
END_S = 30     # until what it started is gone
TRIES = 3      # what waits for times may fail on a busy machine, once
KILLED, SURVIVED, ERROR = "killed", "SURVIVED", "ERROR"
# equivalent: no test can tell; elsewhere: only a kernel that is not this one reaches it
EXCUSES = ("equivalent", "elsewhere")
FAILED = re.compile(rb"\[  FAILED  \] (\S+)")


def find(files, text_of):
    """Every mutant of the tree."""
    found = []
    for path in files:
        if path.startswith(("bpf/", "user/")) and path.endswith((".c", ".h")) and \
                not path.startswith("bpf/vmlinux/"):
            found += sites.mutants_of(path, text_of(path))
    sites.check(found, text_of("include/nw_event.h"))
    return found


def read_table(path, columns):
    """Rows of a table, by first column; lines with # are remarks."""
    rows = {}
    if not os.path.exists(path):
        return rows
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                row = line.rstrip("\n").split("\t")
                if len(row) != columns:
                    raise sites.SiteError(f"{path}: not {columns} columns: {line.strip()}")
                rows[row[0]] = row[1:]
    return rows


def ordered(groups, mutant, noticed):
    """The file of tests that most likely fails first: the one that noticed it before, the source's
    own, then those that share words with the place."""
    words = set(re.findall(r"[a-z]+", mutant.name.lower()))
    stem = os.path.basename(mutant.path).split(".")[0]
    before = noticed.get(mutant.name, ("",))[0]
    def is_own(group):
        """tests/FOLDER/STEM.c is of a source with this stem."""
        return group.partition("_")[2] == stem
    def shared(group):
        """How many words stand in both, whatever their last letters."""
        return sum(any(len(os.path.commonprefix((w, g))) >= max(3, min(len(w), len(g)) - 1)
                       for w in words) for g in group.split("_"))
    return sorted(groups, key=lambda g: (g != before, not is_own(g), -shared(g)))


def end(p):
    """Ends a test program; its guardian ends what that started, and then closes the pipe."""
    if p.poll() is None:
        p.send_signal(signal.SIGTERM)
    until = time.monotonic() + END_S
    while time.monotonic() < until and p.stdout.read1(65536):
        pass
    p.kill()
    p.wait()
    p.stdout.close()


def first_failure(command, limit_s):
    """Name of the first test that fails, or what else is wrong with the run; None if all is well."""
    with subprocess.Popen(command, env=tree.ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as p, selectors.DefaultSelector() as ready:
        ready.register(p.stdout, selectors.EVENT_READ)
        deadline = time.monotonic() + limit_s
        text = b""
        try:
            while True:
                if not ready.select(max(0, deadline - time.monotonic())):
                    return f"no end after {limit_s} s"
                data = p.stdout.read1(65536)
                text += data
                found = FAILED.search(text)
                if found and b"\n" in text[found.end():]:
                    return found[1].decode()
                if not data:
                    status = p.wait()
                    return f"status {status}" if status else None
        finally:
            end(p)


class Run:
    """All mutants that were asked for. Any number of threads may ask for one."""

    def __init__(self, out, numbered):
        self.out = out
        self.tree = tree.Tree(ROOT, out, numbered)
        self.results = read_table(f"{out}/results.tsv", 6)
        self.noticed = read_table(f"{HERE}/noticed.tsv", 3)
        self.saving = Lock()
        self.kernels = kernels.Kernels(self.tree.top, self.tree.built)

    def prepare(self):
        """The copy as the work tree is, and built."""
        self.tree.sync()
        self.tree.build()

    def save(self, name, row):
        """What was found so far, whole at any time."""
        path = f"{self.out}/results.tsv"
        with self.saving:
            self.results[name] = row
            with open(f"{path}.new", "w", encoding="utf-8") as f:
                f.writelines("\t".join([k, *v]) + "\n" for k, v in self.results.items())
            os.rename(f"{path}.new", path)

    def test(self, where, group, number):
        """Runs one file of tests with one mutant; 0: with none."""
        is_unit = group in self.tree.units()
        program = "run" if is_unit else "nvrwatch"
        env = [f"NW_BIN={self.tree.built}/nvrwatch", f"NW_MUTANT_{program}={number}"]
        words = [f"{self.tree.built}/tests/{'run' if is_unit else 'run-root'}", group]
        return first_failure(self.kernels.command(where, env, *words),
                             GROUP_S if where == kernels.HERE else kernels.VM_S)

    def judge(self, number, mutant):
        """(verdict, group, what failed there)"""
        where = self.kernels.of(mutant)
        units = [] if mutant.path.startswith("bpf/") or where != kernels.HERE else self.tree.units()
        # units first where nothing speaks for either: each takes moments
        groups = ordered(units + self.tree.groups(), mutant, self.noticed)
        unclear = []
        for group in groups if where == kernels.HERE else groups[:VM_GROUPS]:
            failed = self.test(where, group, number)
            if not failed:
                continue
            if any(self.test(where, group, 0) is None for _ in range(TRIES)) and \
                    any(self.test(where, group, number) == failed for _ in range(TRIES - 1)):
                return KILLED, group, failed
            unclear.append(group)
        if unclear:
            return ERROR, unclear[0], "fails with it or without it, now and then"
        return SURVIVED, "-", "-"

    def one(self, number, mutant):
        """Its row: verdict, digest of its file, group, test, seconds."""
        text = tree.read(f"{ROOT}/{mutant.path}")
        digest = hashlib.sha256(text).hexdigest()[:16]
        old = self.results.get(mutant.name)
        if old and old[0] == KILLED and old[1] == digest:
            return old
        began = time.monotonic()
        verdict, group, failed = self.judge(number, mutant)
        row = [verdict, digest, group, failed.replace("\t", " "),
               f"{time.monotonic() - began:.1f}"]
        self.save(mutant.name, row)
        return row


def write_noticed(out, names):
    """Keeps which test noticed each mutant, of those that there still are."""
    rows = read_table(f"{HERE}/noticed.tsv", 3)
    for name, (verdict, _, group, failed, _) in read_table(f"{out}/results.tsv", 6).items():
        if verdict == KILLED:
            rows[name] = [group, failed]
    with open(f"{HERE}/noticed.tsv", "w", encoding="utf-8") as f:
        f.write("# SPDX-License-Identifier: Apache-2.0\n"
                "# Which test noticed that a mutant was switched on. Written by mutants.py --write.\n"
                "# mutant\tfile of tests\ttest\n")
        f.writelines("\t".join([name, *rows[name]]) + "\n" for name in names if name in rows)


def judged(run, asked, excuses, wrong):
    """Says of each what became of it, and returns these words; adds what is wrong with it."""
    def one(pair):
        number, m = pair
        excuse, reason = excuses.get(m.name, ("", ""))
        if excuse == "elsewhere":
            verdict, group, failed, seconds = excuse, reason, "", "0"
        else:
            verdict, _, group, failed, seconds = run.one(number, m)
        if verdict == SURVIVED and excuse:
            verdict, group, failed = excuse, reason, ""
        elif verdict == KILLED and excuse:
            wrong.append(f"equivalent.tsv: {m.name} is not equivalent: {group} {failed} fails")
        elif verdict in (SURVIVED, ERROR):
            wrong.append(f"{m.name}: {verdict} {group} {failed}")
        print(f"{verdict:10} {seconds:>5} s {m.name}: {group} {failed}", flush=True)
        return "" if verdict == KILLED and excuse else verdict

    with ThreadPoolExecutor(int(os.environ.get("MUTANTS_JOBS", "2"))) as pool:
        return list(pool.map(one, asked))


def main(argv):
    """Returns the exit status."""
    files = tree.sources(ROOT)
    mutants = find(files, lambda path: tree.read(f"{ROOT}/{path}").decode())
    if argv[1:] == ["--list"]:
        for m in mutants:
            print(f"{m.path}:{m.lines[0] + 1}: {m.name}")
        return 0
    if len(argv) == 3 and argv[1] == "--write":
        write_noticed(argv[2], [m.name for m in mutants])
        return 0
    if len(argv) not in (2, 3) or argv[1].startswith("-"):
        sys.exit("usage: mutants.py OUT [PATTERN] | --list | --write OUT")
    excuses = read_table(f"{HERE}/equivalent.tsv", 3)
    wrong = [f"equivalent.tsv: there is no {name}" for name in excuses
             if name not in {m.name for m in mutants}]
    wrong += [f"equivalent.tsv: {name}: {row[0]} is none of {', '.join(EXCUSES)}"
              for name, row in excuses.items() if row[0] not in EXCUSES]
    os.makedirs(argv[1], exist_ok=True)
    numbered = list(enumerate(mutants, 1))
    run = Run(os.path.abspath(argv[1]), numbered)
    run.prepare()
    pattern = argv[2] if len(argv) == 3 else "*"
    asked = [(n, m) for n, m in numbered if fnmatch.fnmatch(m.name, pattern)]
    told = judged(run, asked, excuses, wrong)
    killed, skipped = told.count(KILLED), sum(told.count(e) for e in EXCUSES)
    for line in wrong:
        print(f"mutants: {line}")
    print(f"nw-tests: {killed} passed, {len(wrong)} failed, {skipped} skipped")
    return 1 if wrong or not killed + skipped else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv))
    except (sites.SiteError, tree.BuildError) as error:
        sys.exit(f"mutants: {error}")

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is each hook and each counter needed? Switches off one at a time, in a copy of the tree, and runs
the tests until one fails. A mutant that no test notices has survived, which is an error unless
equivalent.tsv says why it cannot be noticed; an entry there that does not hold is an error too.

Usage: mutants.py OUT [PATTERN]    as root; a pattern (wildcards) picks mutants by their names
       mutants.py --list           names and places, no root

OUT/results.tsv keeps what was found: a killed mutant is not run again until its file changes, so
that a broken off run goes on. Remove OUT to begin anew. The last line counts killed mutants as
passed, survivors and errors as failed, those with a reason as skipped."""

import fnmatch
import hashlib
import os
import re
import selectors
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import sites  # noqa: E402 pylint: disable=wrong-import-position
import tree  # noqa: E402 pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GROUP_S = 180  # for one file of tests
END_S = 30     # until what it started is gone
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


def ordered(groups, mutant, kills):
    """The file of tests that most likely fails first: the hook's own, then those that share words
    with the place, then those that killed most."""
    words = set(re.findall(r"[a-z]+", mutant.name.lower()))
    stem = os.path.basename(mutant.path).split(".")[0]
    return sorted(groups, key=lambda g: (g != f"hooks_{stem}", -len(words & set(g.split("_"))),
                                         -kills.get(g, 0)))


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


def first_failure(command, env):
    """Name of the first test that fails, or what else is wrong with the run; None if all is well."""
    with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as p, selectors.DefaultSelector() as ready:
        ready.register(p.stdout, selectors.EVENT_READ)
        deadline = time.monotonic() + GROUP_S
        text = b""
        try:
            while True:
                if not ready.select(max(0, deadline - time.monotonic())):
                    return f"no end after {GROUP_S} s"
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
    """All mutants that were asked for, one after the other."""

    def __init__(self, out):
        self.out = out
        self.tree = tree.Tree(ROOT, out)
        self.results = read_table(f"{out}/results.tsv", 6)
        self.green = set(read_table(f"{out}/green.tsv", 1))
        self.kills = {}
        for row in self.results.values():
            self.kills[row[2]] = self.kills.get(row[2], 0) + 1

    def prepare(self):
        """The copy as the work tree is, and built."""
        if self.tree.sync() or not os.path.isdir(self.tree.base):
            self.tree.build_base()
            self.green = set()
            self.save()

    def save(self):
        """What was found so far, whole at any time."""
        for name, rows in (("results", ["\t".join([k, *v]) for k, v in self.results.items()]),
                           ("green", sorted(self.green))):
            path = f"{self.out}/{name}.tsv"
            with open(f"{path}.new", "w", encoding="utf-8") as f:
                f.writelines(f"{row}\n" for row in rows)
            os.rename(f"{path}.new", path)

    def test(self, group, build):
        """Runs one file of tests, or all units, on the program built in a folder."""
        if group == "units":
            return first_failure([f"{build}/tests/run"], tree.ENV)
        return first_failure([f"{self.tree.base}/tests/run-root", group],
                             {**tree.ENV, "NW_BIN": f"{build}/nvrwatch"})

    def is_green(self, group):
        """Does it pass when nothing is broken? Else it proves nothing."""
        if group not in self.green and self.test(group, self.tree.base) is None:
            self.green.add(group)
            self.save()
        return group in self.green

    def judge(self, mutant):
        """(verdict, group, what failed there)"""
        try:
            self.tree.break_and_build(mutant)
        except tree.BuildError as e:
            return ERROR, "build", str(e).strip().rsplit("\n", 1)[-1]
        groups = ordered(self.tree.groups(), mutant, self.kills)
        if not mutant.path.startswith("bpf/"):
            groups.insert(0, "units")
        for group in groups:
            failed = self.test(group, f"{self.tree.top}/build")
            if failed and not self.is_green(group):
                return ERROR, group, "fails also when nothing is broken"
            # once may be chance
            if failed and self.test(group, f"{self.tree.top}/build") == failed:
                self.kills[group] = self.kills.get(group, 0) + 1
                return KILLED, group, failed
        return SURVIVED, "-", "-"

    def one(self, mutant):
        """Its row: verdict, digest of its file, group, test, seconds."""
        digest = hashlib.sha256(self.tree.text(mutant.path).encode()).hexdigest()[:16]
        old = self.results.get(mutant.name)
        if old and old[0] == KILLED and old[1] == digest:
            return old
        began = time.monotonic()
        try:
            verdict, group, failed = self.judge(mutant)
        finally:
            self.tree.heal(mutant)
        row = [verdict, digest, group, failed.replace("\t", " "),
               f"{time.monotonic() - began:.1f}"]
        self.results[mutant.name] = row
        self.save()
        return row


def main(argv):
    """Returns the exit status."""
    files = tree.sources(ROOT)
    mutants = find(files, lambda path: tree.read(f"{ROOT}/{path}").decode())
    if argv[1:] == ["--list"]:
        for m in mutants:
            print(f"{m.path}:{m.lines[0] + 1}: {m.name}")
        return 0
    if len(argv) not in (2, 3) or argv[1].startswith("-"):
        sys.exit("usage: mutants.py OUT [PATTERN] | --list")
    excuses = read_table(f"{HERE}/equivalent.tsv", 3)
    wrong = [f"equivalent.tsv: there is no {name}" for name in excuses
             if name not in {m.name for m in mutants}]
    wrong += [f"equivalent.tsv: {name}: {row[0]} is none of {', '.join(EXCUSES)}"
              for name, row in excuses.items() if row[0] not in EXCUSES]
    pattern = argv[2] if len(argv) == 3 else "*"
    os.makedirs(argv[1], exist_ok=True)
    run = Run(os.path.abspath(argv[1]))
    run.prepare()
    killed = skipped = 0
    for m in (m for m in mutants if fnmatch.fnmatch(m.name, pattern)):
        excuse, reason = excuses.get(m.name, ("", ""))
        if excuse == "elsewhere":
            print(f"{'not here':10} {'':>7} {m.name}: {reason}", flush=True)
            skipped += 1
            continue
        verdict, _, group, failed, seconds = run.one(m)
        if verdict == SURVIVED and excuse:
            verdict, group, failed = excuse, reason, ""
            skipped += 1
        elif verdict == KILLED and excuse:
            wrong.append(f"equivalent.tsv: {m.name} is not equivalent: {group} {failed} fails")
        elif verdict == KILLED:
            killed += 1
        else:
            wrong.append(f"{m.name}: {verdict} {group} {failed}")
        print(f"{verdict:10} {seconds:>5} s {m.name}: {group} {failed}", flush=True)
    for line in wrong:
        print(f"mutants: {line}")
    print(f"nw-tests: {killed} passed, {len(wrong)} failed, {skipped} skipped")
    return 1 if wrong or not killed + skipped else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv))
    except (sites.SiteError, tree.BuildError) as error:
        sys.exit(f"mutants: {error}")

#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Replays every recording of cases/ and says how good the indicators are: for each, what it found of what
there was (recall), what of its alerts was true (precision), how long it took, and how often ordinary life
raised one. An alert is a finding with a score of 50 or more, taken as raised once for each key. Fails when a
figure of the reporting half is worse than figures.tsv has it: fewer found, more missed or wrong, or later.
Usage: corpus.py NVRWATCH [--write] [--cases CASE...]; --write makes figures.tsv anew; of single cases nothing
is judged."""

import calendar
import collections
import json
import math
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FIGURES = f"{HERE}/figures.tsv"
ALERT = 50
LATER = 1.1  # how much later the median alert may be, and by a second: a new case moves a median


class Case:
    """One recording with what is true of it, and what was found in it."""

    def __init__(self, name, nvrwatch):
        with open(f"{HERE}/cases/{name}.json", encoding="utf-8") as file:
            self.truth = json.load(file)
        self.name, self.half, self.expect = name, self.truth["half"], set(self.truth["expect"])
        # of what hours.py stretched, only the time that was really recorded counts as ordinary life
        self.seconds = self.truth.get("recorded_s", (self.truth["ended_ns"] - self.truth["began_ns"]) / 1e9)
        done = subprocess.run([nvrwatch, "replay", f"{HERE}/cases/{name}.nwr", "-o", "json", "--only",
                               "finding", "-q"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{name}: status {done.returncode}: {done.stderr}")
        self.alerts = {}  # (indicator, key) -> the first alert
        for line in done.stdout.splitlines():
            record = json.loads(line)
            if record["event"]["risk_score"] >= ALERT and record["event"]["action"] != "closed":
                self.alerts.setdefault((record["rule"]["id"], record["nvrwatch"]["finding"]["key"]), record)

    def raised(self):
        """Indicators that raised an alert."""
        return {rule for rule, _ in self.alerts}

    def delay(self, rule):
        """Seconds from the scene's beginning to the first alert."""
        times = [wall_ns(r["@timestamp"]) for (i, _), r in self.alerts.items() if i == rule]
        return max(0.0, (min(times) - self.truth["began_ns"]) / 1e9)

    def wrong_cameras(self):
        """Alerts that name a camera which it was not."""
        named = [r["nvrwatch"]["camera"]["address"] for r in self.alerts.values() if "camera" in r["nvrwatch"]]
        return sum(1 for address in named if self.truth["camera"] and address != self.truth["camera"])


def wall_ns(stamp):
    """"2026-11-24T11:03:04.123456789Z" as ns since 1970."""
    whole, _, rest = stamp.rstrip("Z").partition(".")
    seconds = int(epoch(whole))
    return seconds * 10**9 + int((rest + "0" * 9)[:9])


def epoch(text):
    """UTC date and time as seconds since 1970."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))


def bound(good, trials):
    """The lower end of Wilson's 95 % interval of a share."""
    if not trials:
        return 0.0
    z, share = 1.96, good / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return (middle - spread) / (1 + z * z / trials)


class Row:
    """One indicator's figures over some cases."""

    def __init__(self, rule):
        self.rule, self.hit, self.missed, self.false, self.delays = rule, 0, [], [], []

    def add(self, case):
        """What it did in one case."""
        if self.rule in case.expect and self.rule in case.raised():
            self.hit += 1
            self.delays.append(case.delay(self.rule))
        elif self.rule in case.expect:
            self.missed.append(case.name)
        elif self.rule in case.raised():
            self.false.append(case.name)

    def figures(self):
        """true, missed, false, recall, precision, median delay"""
        there, said = self.hit + len(self.missed), self.hit + len(self.false)
        delays = sorted(self.delays)
        return {"true": self.hit, "missed": len(self.missed), "false": len(self.false),
                "recall": self.hit / there if there else None,
                "recall_bound": bound(self.hit, there) if there else None,
                "precision": self.hit / said if said else None,
                "seconds": delays[len(delays) // 2] if delays else None}


def shown(value):
    """A figure as text."""
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def table(cases):
    """Rows by indicator."""
    rules = sorted(set().union(*(case.expect | case.raised() for case in cases)) if cases else [])
    rows = collections.OrderedDict((rule, Row(rule)) for rule in rules)
    for case in cases:
        for row in rows.values():
            row.add(case)
    return rows


def print_table(title, cases):
    """A half's figures, and what ordinary life raised."""
    rows = table(cases)
    benign = [case for case in cases if not case.expect]
    hours = sum(case.seconds for case in benign) / 3600
    print(f"\n{title}: {len(cases)} recordings, {len(benign)} of them ordinary ({hours:.2f} h)")
    print(f"{'indicator':20} {'true':>5} {'missed':>6} {'false':>5} {'recall':>7} {'>= 95%':>7} "
          f"{'precision':>9} {'seconds':>8}")
    for rule, row in rows.items():
        f = row.figures()
        print(f"{rule:20} {f['true']:5} {f['missed']:6} {f['false']:5} {shown(f['recall']):>7} "
              f"{shown(f['recall_bound']):>7} {shown(f['precision']):>9} {shown(f['seconds']):>8}"
              + "".join(f"  -{name}" for name in row.missed) + "".join(f"  +{name}" for name in row.false))
    alerts = sum(len(case.raised()) for case in benign)
    wrong = sum(case.wrong_cameras() for case in cases)
    print_sum(list(rows.values()))
    print(f"alerts in ordinary time: {alerts} in {hours:.2f} h; wrong cameras: {wrong}")
    return rows, alerts, wrong


def print_sum(rows):
    """All indicators together, with the lower ends of the 95 % intervals."""
    hit = sum(row.hit for row in rows)
    there = hit + sum(len(row.missed) for row in rows)
    said = hit + sum(len(row.false) for row in rows)
    if there and said:
        print(f"all indicators: {hit} of {there} found, recall {hit / there:.3f} (>= {bound(hit, there):.3f}); "
              f"{hit} of {said} right, precision {hit / said:.3f} (>= {bound(hit, said):.3f})")


def committed():
    """What figures.tsv demands: rule -> (found, missed, false, seconds)."""
    wanted = {}
    with open(FIGURES, encoding="ascii") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                rule, found, missed, false, seconds = line.split()
                wanted[rule] = (int(found), int(missed), int(false),
                                math.inf if seconds == "-" else float(seconds))
    return wanted


def judge(rows, alerts, wrong):
    """Sentences about what is worse than it was committed."""
    wanted, worse = committed(), []
    for rule in sorted(set(rows) | set(wanted) - {"alerts-in-ordinary-time", "wrong-cameras"}):
        found, missed, false, seconds = wanted.get(rule, (0, 0, 0, math.inf))
        row = rows.get(rule, Row(rule))
        median = row.figures()["seconds"] or 0
        if row.hit < found:
            worse.append(f"{rule}: found {row.hit}, committed are {found}")
        if median > seconds * LATER + 1:
            worse.append(f"{rule}: after {median:.2f} s, committed are {seconds} s")
        if len(row.missed) > missed:
            worse.append(f"{rule}: missed {len(row.missed)}, committed are {missed}")
        if len(row.false) > false:
            worse.append(f"{rule}: {len(row.false)} false, committed are {false}")
    for name, count in (("alerts-in-ordinary-time", alerts), ("wrong-cameras", wrong)):
        if count > wanted.get(name, (0, 0, 0))[2]:
            worse.append(f"{name}: {count}")
    return worse


def write(rows, alerts, wrong):
    """The committed figures, anew."""
    with open(FIGURES, "w", encoding="ascii") as file:
        file.write("# SPDX-License-Identifier: Apache-2.0\n"
                   "# The reporting half: no figure may become worse.\n# indicator\tfound\tmissed\tfalse\tmedian seconds\n")
        for rule, row in rows.items():
            file.write(f"{rule}\t{row.hit}\t{len(row.missed)}\t{len(row.false)}\t"
                       f"{shown(row.figures()['seconds'])}\n")
        file.write(f"alerts-in-ordinary-time\t0\t0\t{alerts}\t-\nwrong-cameras\t0\t0\t{wrong}\t-\n")


def main():
    """All cases, both halves."""
    args = sys.argv[1:]
    at = args.index("--cases") if "--cases" in args else len(args)
    args, wanted = args[:at], args[at + 1:]
    is_writing = "--write" in args
    nvrwatch = os.path.abspath(next(a for a in args if not a.startswith("--")))
    names = wanted or sorted(f[:-5] for f in os.listdir(f"{HERE}/cases") if f.endswith(".json"))
    cases = [Case(name, nvrwatch) for name in names]
    print_table("tuning half", [c for c in cases if c.half == "tune"])
    result = print_table("reporting half", [c for c in cases if c.half == "report"])
    if wanted:
        return 0
    if is_writing:
        write(*result)
    worse = judge(*result)
    for line in worse:
        print(f"worse: {line}")
    failed = min(len(worse), len(cases))
    print(f"nw-tests: {len(cases) - failed} passed, {failed} failed, 0 skipped")
    return 1 if worse or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

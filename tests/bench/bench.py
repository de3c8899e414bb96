#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make bench: loads, tools, rounds, tables. README.md beside this file says what is measured and
how. Needs root and a cgroup v2 hierarchy; keeps raw results as JSON lines. Exit status 0 when all
measurements were made (whether or not the aims are met), 1 when one failed."""

import argparse
import json
import os
import platform
import signal
import sys
import time

sys.dont_write_bytecode = True  # the folder is part of the source tree

# pylint: disable=wrong-import-position
import loads  # noqa: E402
import measure  # noqa: E402
import table  # noqa: E402
import tools  # noqa: E402
from lab import BenchError, Lab  # noqa: E402

EXEC_PATTERN = {"nvrwatch": r'"action":"exec".*/tiny', "execsnoop": r"^tiny\s"}
EXTRAS = ("start", "memory", "overload", "day")


def arguments():
    """Parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nvrwatch", metavar="FILE", help="the program; without it only peers")
    parser.add_argument("--bin", metavar="DIR", help="generators (default: tests/bench beside it)")
    parser.add_argument("--out", metavar="DIR", default="build/bench", help="(%(default)s)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", metavar="LIST", default=",".join((*loads.NAMES, *EXTRAS)),
                        help="of %(default)s")
    parser.add_argument("--camera-seconds", type=int, default=5)
    parser.add_argument("--day-minutes", type=int, default=2)
    parser.add_argument("--quiet-wait", type=float, default=15, metavar="S",
                        help="longest wait for a quiet machine before each load")
    parser.add_argument("--from", dest="raw", metavar="FILE", help="only print kept raw results")
    args = parser.parse_args()
    args.only = args.only.split(",")
    unknown = set(args.only) - set(loads.NAMES) - set(EXTRAS)
    if unknown:
        parser.error(f"--only: unknown {', '.join(sorted(unknown))}")
    args.bin = args.bin or f"{os.path.dirname(os.path.abspath(args.nvrwatch or '.'))}/tests/bench"
    return args


def machine_facts(rounds):
    """Header lines."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        model = next((line.split(":")[1].strip() for line in cpuinfo if "model name" in line), "?")
    return [f"{rounds} rounds, interleaved; {time.strftime('%Y-%m-%d')}",
            f"Linux {platform.release()} {platform.machine()}; {os.cpu_count()} CPUs, {model}"]


class Bench:
    """All measurements of one call; owns the raw results file."""

    def __init__(self, args, lab, raw_file):
        self.args, self.lab, self.raw_file = args, lab, raw_file
        self.results, self.failed = [], 0
        self.nvrwatch = tools.Nvrwatch(os.path.abspath(args.nvrwatch)) if args.nvrwatch else None
        self.peers = [tools.LibbpfTool("execsnoop", ["exec"], r"^tiny\s.*\s\d+-\d+ *$"),
                      tools.LibbpfTool("tcplife", ["churn"], rf"\s{loads.CHURN_PORT}\s")]

    def keep(self, result):
        """Appends a result to memory and file."""
        self.results.append(result)
        self.raw_file.write(json.dumps(result) + "\n")
        self.raw_file.flush()

    def attempt(self, function, *args, **labels):
        """Makes one measurement; one that fails is kept as such."""
        try:
            result = function(self.lab, self.args.bin, self.args.out, *args)
        except BenchError as error:
            print(f"bench: {labels}: {error}", file=sys.stderr)
            result, self.failed = {"error": str(error)}, self.failed + 1
        finally:
            self.lab.clear()
        self.keep({**labels, **result})

    def run_load(self, load, number):
        """One load under every tool, plain and with BPF statistics, in rotating order."""
        real = [tool for tool in (self.nvrwatch, *self.peers) if tool and load.name in tool.sees]
        for with_stats, first in ((False, None), (True, tools.Empty(self.args.bin))):
            order = [first, *real]
            turn = number % len(order)
            for tool in order[turn:] + order[:turn]:
                self.attempt(measure.load_under_tool, load, tool, with_stats, self.args.quiet_wait,
                             what="load", load=load.name, tool=tool.name if tool else "none",
                             stats=with_stats, round=number)

    def run_extras(self, number):
        """What is no load under a tool."""
        if "start" in self.args.only:
            for tool in (self.nvrwatch, self.peers[0]):
                if tool:
                    self.attempt(measure.start_to_first_event, tool, EXEC_PATTERN[tool.name],
                                 what="start", tool=tool.name, round=number)
        if self.nvrwatch and "memory" in self.args.only:
            self.attempt(measure.memory, self.nvrwatch, what="memory", round=number)
        if self.nvrwatch and "overload" in self.args.only:
            for load in loads.make(1):
                if load.name in table.BURSTS:
                    self.attempt(measure.overload, self.nvrwatch, load, what="overload",
                                 load=load.name, round=number)

    def run(self):
        """All rounds; what takes minutes only once, at the end."""
        for number in range(self.args.rounds):
            print(f"bench: round {number + 1} of {self.args.rounds}", file=sys.stderr)
            for load in loads.make(self.args.camera_seconds):
                if load.name in self.args.only:
                    self.run_load(load, number)
            self.run_extras(number)
        if self.nvrwatch and "day" in self.args.only:
            self.attempt(measure.day, self.nvrwatch, self.args.day_minutes, what="day")


def print_kept(file):
    """Tables from an earlier run."""
    with open(file, encoding="utf-8") as lines:
        header, *raw = map(json.loads, lines)
    print(table.report(raw, header["header"]), end="")


def main():
    """Returns the exit status."""
    args = arguments()
    if args.raw:
        print_kept(args.raw)
        return 0
    if os.geteuid():
        sys.exit("bench: needs root: it makes namespaces and cgroups and loads BPF programs")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda caught, _: sys.exit(128 + caught))
    args.out = os.path.abspath(args.out)
    os.makedirs(args.out, exist_ok=True)
    header = machine_facts(args.rounds)
    raw_name = f"{args.out}/raw-{time.strftime('%Y%m%d-%H%M%S')}.jsonl"
    with open(raw_name, "w", encoding="utf-8") as raw_file, Lab() as lab:
        raw_file.write(json.dumps({"header": header}) + "\n")
        bench = Bench(args, lab, raw_file)
        bench.run()
    report = table.report(bench.results, header)
    with open(f"{args.out}/bench.md", "w", encoding="utf-8") as file:
        file.write(report)
    print(report + f"\nRaw results: {raw_name}")
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())

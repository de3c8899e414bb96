# SPDX-License-Identifier: Apache-2.0
"""The tools that are compared: how each is started, known to be ready, stopped, and how its output
is compared with the truth. A tool is started anew for every measurement and owns its run's files."""

import collections
import json
import os
import re
import signal
import subprocess
import time

import loads
from lab import BenchError, cgroup_pids, wait_for

MOUNT_TRACEFS = 'mount -t tracefs none /sys/kernel/tracing && exec "$@"'


class Run:
    """A running tool."""

    def __init__(self, tool, lab, out, argv):
        self.tool, self.lab = tool, lab
        self.output, self.errors = f"{out}/{tool.name}.out", f"{out}/{tool.name}.err"
        with open(self.output, "wb") as output, open(self.errors, "wb") as errors:
            self.started_at = time.monotonic()
            self.process = lab.start(argv, lab.tool_cgroup, stdout=output, stderr=errors)

    def pids(self):
        """All processes of the tool: what matters is the whole."""
        return cgroup_pids(self.lab.tool_cgroup)

    def text(self):
        """What the tool has written so far."""
        with open(self.output, encoding="utf-8", errors="replace") as output:
            return output.read()

    def fail(self, what):
        """A BenchError with the tool's own last words."""
        with open(self.errors, encoding="utf-8", errors="replace") as errors:
            return BenchError(f"{self.tool.name}: {what}; stderr: {errors.read()[-500:]!r}")

    def check_alive(self):
        """Raises when the tool has ended by itself."""
        if self.process.poll() is not None:
            raise self.fail(f"ended by itself with status {self.process.returncode}")

    def wait_ready(self):
        """Waits until everything is attached; returns seconds since the start."""
        def is_ready():
            self.check_alive()
            return self.tool.is_ready(self)

        try:
            wait_for(is_ready, 30, "ready")
        except BenchError as error:
            raise self.fail(str(error)) from error
        return time.monotonic() - self.started_at

    def wait_drained(self, quiet_s=0.4, limit_s=5):
        """Waits until the output has stopped growing."""
        size, since = -1, time.monotonic()
        end = since + limit_s
        while time.monotonic() < min(since + quiet_s, end):
            now = os.stat(self.output).st_size
            if now != size:
                size, since = now, time.monotonic()
            time.sleep(0.02)

    def stop(self):
        """Ends the tool as a user would; a status other than 0 is an error."""
        self.check_alive()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired as error:
            raise self.fail("does not end on SIGINT") from error
        if self.process.returncode not in self.tool.good_statuses:
            raise self.fail(f"ended with status {self.process.returncode}")


class Tool:
    """What tools have in common."""

    good_statuses = (0,)

    def __init__(self, name, sees):
        self.name = name
        self.sees = sees  # loads in which it has anything to see

    def start(self, lab, out):
        """Starts the tool; returns its Run."""
        raise NotImplementedError

    def is_ready(self, run):
        """Whether all is attached."""
        raise NotImplementedError

    def count(self, run, load):
        """After the stop: what the tool says it saw of a load."""
        raise NotImplementedError


class Empty(Tool):
    """The empty programs, whose cost is subtracted from everybody's."""

    def __init__(self, bins):
        super().__init__("empty", loads.NAMES)
        self.bins = bins

    def start(self, lab, out):
        return Run(self, lab, out, [f"{self.bins}/empty", f"{self.bins}/empty.bpf.o",
                                    lab.load_cgroup])

    def is_ready(self, run):
        return run.text() == "ready\n"

    def count(self, run, load):
        return {}


class LibbpfTool(Tool):
    """execsnoop and tcplife: they attach to the whole host and only observe."""

    good_statuses = (0, -signal.SIGINT)

    def __init__(self, name, sees, pattern):
        super().__init__(name, sees)
        self.pattern = re.compile(pattern, re.M)

    def start(self, lab, out):
        return Run(self, lab, out, ["unshare", "--mount", "sh", "-c", MOUNT_TRACEFS, "sh",
                                    f"/usr/sbin/{self.name}"])

    def is_ready(self, run):
        """It polls its buffer only after everything is attached."""
        pid = run.process.pid
        with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
            is_tool = comm.read().strip() == self.name
        with open(f"/proc/{pid}/wchan", encoding="ascii") as wchan:
            return is_tool and "poll" in wchan.read()

    def count(self, run, load):
        with open(run.errors, encoding="utf-8", errors="replace") as errors:
            lost = re.findall(r"[Ll]ost (\d+) events", errors.read())
        return {"seen": len(self.pattern.findall(run.text())), "lost": sum(map(int, lost))}


class Nvrwatch(Tool):
    """The product."""

    def __init__(self, program, config=None):
        super().__init__("nvrwatch", loads.NAMES)
        self.program, self.config = program, config

    def with_config(self, **config):
        """The same tool with a configuration, YAML text by key."""
        return Nvrwatch(self.program, config)

    def start(self, lab, out):
        argv = [self.program, "trace", "-o", "json", "--cgroup", lab.load_cgroup]
        if self.config:
            file = f"{out}/nvrwatch.yaml"
            with open(file, "w", encoding="utf-8") as yaml:
                yaml.writelines(f"{key}: {value}\n" for key, value in self.config.items())
            argv += ["--config", file]
        return Run(self, lab, out, argv)

    def is_ready(self, run):
        return '"nvrwatch.status"' in run.text()

    @staticmethod
    def records(run):
        """All records of a run."""
        return [json.loads(line) for line in run.text().splitlines()]

    def count(self, run, load):
        records = self.records(run)
        by_dataset = collections.Counter(r["event"]["dataset"] for r in records)
        last = records[-1]
        if (last["event"]["dataset"], last["event"]["action"]) != ("nvrwatch.status", "stop"):
            raise run.fail("the last record is not the status of its stop")
        return {"seen": load.seen(records), "lost": losses(last), "records": dict(by_dataset),
                **load.details(records)}


def losses(status):
    """Losses by cause from a status record, those above 0."""
    return {cause: n for cause, n in status["nvrwatch"]["loss"].items() if n}

# SPDX-License-Identifier: Apache-2.0
"""The place where loads and tools run: one cgroup for each, and two network namespaces with a veth
pair. Owns all of them and every process inside; leaving the context, by whatever way, removes them.
What a killed run left behind is removed by the next one."""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lab"))

import place  # noqa: E402
from place import CLONE_NEWNET, LIBC, PR_SET_PDEATHSIG, cgroup2_mount  # noqa: E402
from place import LabError as BenchError  # noqa: E402
from place import pids as cgroup_pids  # noqa: E402

PREFIX = "nvrwatch-bench-"
CLIENT_IP, SERVER_IP = "10.77.0.1", "10.77.0.2"


def wait_for(condition, seconds, what):
    """Polls, often, until condition() is true; its value is returned."""
    return place.wait_for(condition, seconds, what, step=0.005)


def empty_cgroup(path):
    """Kills what runs in a cgroup and waits until it is gone."""
    def is_empty():
        for pid in cgroup_pids(path):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not cgroup_pids(path)

    wait_for(is_empty, 10, f"processes in {path} to end")


def remove_cgroup(base):
    """Removes a bench's cgroups with everything inside."""
    for path in (f"{base}/load", f"{base}/tool", base):
        if os.path.isdir(path):
            empty_cgroup(path)
            os.rmdir(path)


def is_bench(pid):
    """Whether a process with this number is a running bench."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as cmdline:
            return b"bench.py" in cmdline.read()
    except OSError:
        return False


def delete_namespaces(stem):
    """Deletes both namespaces of a bench; the veth pair goes with them."""
    for end in "ab":
        if os.path.exists(f"/run/netns/{stem}-{end}"):
            subprocess.run(["ip", "netns", "del", f"{stem}-{end}"], check=True)


def sweep(mount):
    """Removes what runs that were killed left behind."""
    places = [mount, "/run/netns"]
    names = [name for place in places if os.path.isdir(place) for name in os.listdir(place)]
    for name in names:
        match = re.fullmatch(re.escape(PREFIX) + r"(\d+)(-[ab])?", name)
        if match and not is_bench(match[1]):
            remove_cgroup(f"{mount}/{PREFIX}{match[1]}")
            shutil.rmtree(f"/tmp/{PREFIX}{match[1]}", ignore_errors=True)
            delete_namespaces(PREFIX + match[1])


class Lab:
    """A context; see the module's first lines."""

    def __init__(self):
        mount = cgroup2_mount()
        sweep(mount)
        self.stem = f"{PREFIX}{os.getpid()}"
        self.base = f"{mount}/{self.stem}"
        self.load_cgroup = f"{self.base}/load"
        self.tool_cgroup = f"{self.base}/tool"
        self.folder = f"/tmp/{self.stem}"  # two deep with its file, as /usr/bin

    def __enter__(self):
        for path in (self.base, self.load_cgroup, self.tool_cgroup):
            os.mkdir(path)
        os.mkdir(self.folder)
        return self

    def __exit__(self, *_):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the cleaning is short, and is not left half done
        remove_cgroup(self.base)
        delete_namespaces(self.stem)
        shutil.rmtree(self.folder)

    def program(self, path):
        """A copy of a program where programs lie; how deep it lies is part of an exec's cost."""
        return shutil.copy(path, self.folder)

    def clear(self):
        """Ends what still runs, after a measurement that failed."""
        empty_cgroup(self.load_cgroup)
        empty_cgroup(self.tool_cgroup)

    def renew_network(self):
        """Fresh namespaces: no port in TIME_WAIT, no warm neighbour, no old socket."""
        delete_namespaces(self.stem)
        batch = []
        for end in "ab":
            subprocess.run(["ip", "netns", "add", f"{self.stem}-{end}"], check=True)
        batch.append(f"link add va netns {self.stem}-a type veth peer name vb netns {self.stem}-b")
        self._ip(None, batch)
        for end, address in (("a", CLIENT_IP), ("b", SERVER_IP)):
            self._ip(f"{self.stem}-{end}", [f"addr add {address}/24 dev v{end}",
                                            "link set lo up", f"link set v{end} up"])

    @staticmethod
    def _ip(namespace, lines):
        where = ["-n", namespace] if namespace else []
        subprocess.run(["ip", *where, "-batch", "-"], input="\n".join(lines) + "\n", text=True,
                       check=True)

    def start(self, argv, cgroup, end=None, cpu=None, **popen):
        """Starts a process inside a cgroup and, with end "a" or "b", inside that namespace."""
        netns = os.open(f"/run/netns/{self.stem}-{end}", os.O_RDONLY) if end else -1

        def enter():
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            with open(f"{cgroup}/cgroup.procs", "w", encoding="ascii") as procs:
                procs.write("0")
            if netns >= 0 and LIBC.setns(netns, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})

        try:
            return subprocess.Popen(argv, preexec_fn=enter, start_new_session=True,
                                    stdin=subprocess.DEVNULL, **popen)
        finally:
            if netns >= 0:
                os.close(netns)

    def start_load(self, argv, end=None, cpu=None):
        """A load generator: its standard output is the truth."""
        return self.start(argv, self.load_cgroup, end, cpu, stdout=subprocess.PIPE, text=True)


def wait_ready(process):
    """Waits for a load's line "ready"; the load's own alarm bounds this."""
    line = process.stdout.readline()
    if line != "ready\n":
        raise BenchError(f"{process.args[0]}: said {line!r} instead of ready")


def finish(process, seconds=120):
    """Waits for a load and returns what it printed."""
    try:
        text, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        process.kill()
        raise BenchError(f"{process.args[0]}: still running after {seconds} s") from error
    if process.returncode:
        raise BenchError(f"{process.args[0]}: exit status {process.returncode}")
    return text

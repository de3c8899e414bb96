# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about cost: run time of BPF programs, CPU and memory of processes, how busy
the machine is. Owns nothing but the switch of the BPF run-time counter, a file descriptor that ends
with this process."""

import ctypes
import json
import os
import platform
import re
import struct
import subprocess
import time

from lab import LIBC, BenchError, cgroup_pids

SYS_BPF = {"x86_64": 321, "aarch64": 280}
BPF_ENABLE_STATS, BPF_STATS_RUN_TIME = 32, 0
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class BpfStats:
    """While entered, the kernel counts runs and run time of every BPF program."""

    def __enter__(self):
        attr = ctypes.create_string_buffer(struct.pack("=I", BPF_STATS_RUN_TIME), 4)
        number = SYS_BPF.get(platform.machine())
        self.fd = LIBC.syscall(number, BPF_ENABLE_STATS, attr, 4) if number else -1
        if self.fd < 0:
            raise BenchError(f"cannot count BPF run time: {os.strerror(ctypes.get_errno())}")
        return self

    def __exit__(self, *_):
        os.close(self.fd)


def bpftool(*args):
    """Parsed JSON output of bpftool."""
    tool = "/usr/sbin/bpftool" if os.path.exists("/usr/sbin/bpftool") else "bpftool"
    return json.loads(subprocess.run([tool, "-j", *args], check=True, capture_output=True).stdout)


def program_ids(pids):
    """Ids of the BPF programs that processes hold, themselves or through a link."""
    ids = set()
    for pid in pids:
        folder = f"/proc/{pid}/fdinfo"
        for name in os.listdir(folder):
            try:
                with open(f"{folder}/{name}", encoding="ascii", errors="replace") as info:
                    ids.update(int(n) for n in re.findall(r"^prog_id:\s*(\d+)$", info.read(), re.M))
            except FileNotFoundError:
                continue  # closed meanwhile
    return ids


def program_kinds():
    """Where each program is attached: id -> cgroup attach type, "iter" or tracepoint."""
    kinds = {}
    for link in bpftool("link", "show"):
        if "prog_id" in link:
            kinds[link["prog_id"]] = ("iter" if link["type"] == "iter" else
                                      link.get("attach_type") or link.get("tp_name") or
                                      link["type"])
    return kinds


def programs(ids):
    """Counters of these programs: id -> name, type, kind, runs, time_ns."""
    kinds = program_kinds()
    return {
        prog["id"]: {
            "name": prog.get("name", ""), "type": prog["type"],
            "kind": kinds.get(prog["id"], prog["type"]),
            "runs": prog.get("run_cnt", 0), "time_ns": prog.get("run_time_ns", 0),
        }
        for prog in bpftool("prog", "show") if prog["id"] in ids
    }


def programs_delta(before, after):
    """What ran in between, as a list."""
    result = []
    for number, new in after.items():
        old = before.get(number, {"runs": 0, "time_ns": 0})
        result.append(dict(new, runs=new["runs"] - old["runs"],
                           time_ns=new["time_ns"] - old["time_ns"]))
    return result


def cpu_ns(pids):
    """Time on a CPU of all threads of these processes."""
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            try:
                with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as schedstat:
                    total += int(schedstat.read().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue  # thread ended
    return total


def cgroup_cpu_ns(path):
    """CPU time of everything that ever ran in a cgroup."""
    with open(f"{path}/cpu.stat", encoding="ascii") as stat:
        return int(re.search(r"^usage_usec (\d+)$", stat.read(), re.M)[1]) * 1000


def memory_kib(cgroup):
    """Private and resident memory of the processes in a cgroup, KiB."""
    total = {"private": 0, "rss_anon": 0, "rss_file": 0, "rss_shmem": 0}
    names = {"Private_Clean": "private", "Private_Dirty": "private", "RssAnon": "rss_anon",
             "RssFile": "rss_file", "RssShmem": "rss_shmem"}
    for pid in cgroup_pids(cgroup):
        for source in ("smaps_rollup", "status"):
            with open(f"/proc/{pid}/{source}", encoding="utf-8", errors="replace") as lines:
                for key, kib in re.findall(r"^(\w+):\s+(\d+) kB$", lines.read(), re.M):
                    if key in names:
                        total[names[key]] += int(kib)
    return total


def machine_busy_s():
    """CPU seconds since boot that all CPUs were not idle, and that the host took from us."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq) * TICK_S, steal * TICK_S


def wait_quiet(limit_s, busy_limit=0.1, window_s=0.25):
    """Waits, at most limit_s, until others use less than a tenth of one CPU. Says how it went."""
    start = time.monotonic()
    while True:
        before, began = sum(machine_busy_s()), time.monotonic()
        time.sleep(window_s)
        busy = (sum(machine_busy_s()) - before) / (time.monotonic() - began)
        waited = time.monotonic() - start
        if busy < busy_limit or waited >= limit_s:
            return {"is_quiet": busy < busy_limit, "busy": round(busy, 3),
                    "waited_s": round(waited, 2)}

# SPDX-License-Identifier: Apache-2.0
"""One measurement each: a load under a tool, the start, the memory, the overload, the day. Every
function returns a plain dict that goes into the raw results as it is."""

import contextlib
import os
import re
import signal
import time

import loads
import probe
from lab import BenchError, wait_for

FLOW_INTERVAL_S = 60  # what a sensor that runs for days uses


def cost_under(lab, bins, load, run):
    """Runs a load while a tool runs; what it cost, by the kernel's word. The tool stays."""
    pids = run.pids() if run else []
    ids = probe.program_ids(pids)
    programs, busy = probe.programs(ids), probe.machine_busy_s()
    tool_ns, load_ns = probe.cpu_ns(pids), probe.cgroup_cpu_ns(lab.load_cgroup)
    truth = load.run(lab, bins)
    if run:
        run.wait_drained()
        run.check_alive()
    tool_ns = probe.cpu_ns(pids) - tool_ns
    load_ns = probe.cgroup_cpu_ns(lab.load_cgroup) - load_ns
    busy = [after - before for before, after in zip(busy, probe.machine_busy_s())]
    return {
        "truth": truth, "tool_cpu_ns": tool_ns, "load_cpu_ns": load_ns,
        "programs": probe.programs_delta(programs, probe.programs(ids)),
        "others_busy_s": round(busy[0] - (tool_ns + load_ns) / 1e9, 3),
        "steal_s": round(busy[1], 3),
    }


def load_under_tool(lab, bins, out, load, tool, with_stats, quiet_limit_s):
    """The central measurement. tool None: only the load."""
    quiet = probe.wait_quiet(quiet_limit_s)
    if load.has_network:
        lab.renew_network()
    with contextlib.ExitStack() as stack:
        if with_stats:
            stack.enter_context(probe.BpfStats())
        run = tool.start(lab, out) if tool else None
        ready_s = run.wait_ready() if run else 0
        result = cost_under(lab, bins, load, run)
        if run:
            run.stop()
            result["count"] = tool.count(run, load)
        result["expected"] = load.expected(result["truth"])
        return dict(result, ready_s=round(ready_s, 4), quiet=quiet)


def start_to_first_event(lab, bins, out, tool, pattern):
    """From the tool's start to the first line about a program that is started all the time."""
    trickle = loads.Trickle()
    feeder = trickle.start(lab, bins)
    try:
        run = tool.start(lab, out)

        def has_event():
            run.check_alive()
            return re.search(pattern, run.text(), re.M)

        wait_for(has_event, 30, f"{tool.name}'s first event")
        seconds = time.monotonic() - run.started_at
        run.stop()
    finally:
        lab.clear()  # its workers too: each has the pipe
        feeder.communicate()
    return {"seconds": round(seconds, 4)}


def memory(lab, bins, out, nvrwatch):
    """Largest memory while 100 connections, both ends seen, carry data; ring of 1 MiB."""
    lab.renew_network()
    samples = []

    def sample():
        samples.append(dict(probe.memory_kib(lab.tool_cgroup), processes=len(run.pids())))

    run = nvrwatch.with_config(limits="{ring_bytes: 1048576}").start(lab, out)
    run.wait_ready()
    load = loads.Streams("memory", "tcp", 500, 3, count=100)
    truth = load.run(lab, bins, during=sample)
    run.wait_drained()
    run.stop()
    count = run.tool.count(run, load)
    if count["seen"] < truth["made"]:
        raise BenchError(f"memory: {count['seen']} flows seen instead of at least 100")
    return max(samples, key=lambda one: one["private"])


def overload(lab, bins, out, nvrwatch, load):
    """The tool is stopped during a burst that its 64 KiB ring cannot hold: is the loss counted?"""
    if load.has_network:
        lab.renew_network()
    run = nvrwatch.with_config(limits="{ring_bytes: 65536}").start(lab, out)
    run.wait_ready()
    pids = run.pids()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        truth = load.run(lab, bins)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    run.wait_drained()
    run.stop()
    return {"truth": truth, "expected": load.expected(truth), "count": run.tool.count(run, load)}


def day(lab, bins, out, nvrwatch, minutes):
    """Records per minute of each of 64 lasting cameras, as the recorder's side writes them, and of
    nvrwatch about itself; flow_interval 60 s."""
    lab.renew_network()
    run = nvrwatch.with_config(flow_interval=FLOW_INTERVAL_S).start(lab, out)
    run.wait_ready()
    load = loads.Streams("day", "tcp", 500, minutes * 60 + 10)
    truth = load.run(lab, bins)
    run.wait_drained()
    run.stop()
    records = run.tool.records(run)
    cameras = loads.periodic_per_minute(load.records(records), truth["server"]["pid"])
    if len(cameras) != load.count:
        raise BenchError(f"day: {len(cameras)} cameras seen instead of {load.count}")
    own = [record for record in records if record["event"]["dataset"] in
           ("nvrwatch.status", "nvrwatch.loss") and
           record["event"].get("action") not in ("start", "stop")]
    return {"per_camera_minute": list(cameras.values()), "own_per_minute": len(own) / minutes}

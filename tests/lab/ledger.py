# SPDX-License-Identifier: Apache-2.0
"""What nvrwatch says, from the lines of `trace -o json`: each flow once, seen from this host, with the
sum of its records and the total it names itself. Compared with a lab's truth by differences()."""

import copy
import json
import os
import subprocess
import threading

from place import read, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
NVRWATCH = os.environ.get("NW_BIN", f"{HERE}/../../build/nvrwatch")


class Flow:
    """One flow of the ledger."""

    def __init__(self):
        self.sent = self.received = self.total_sent = self.total_received = 0
        self.key, self.pid, self.name, self.domain = None, None, None, None
        self.peer_pid = None  # where the other end is on this host too
        self.chain = []  # whose data it can be: names, and over what each reaches the next
        self.is_prestart = self.has_ended = False

    def add(self, record):
        """One record of it."""
        own = record["nvrwatch"]
        ways = ("source", "destination")
        local, peer = ways if record["network"]["direction"] == "egress" else ways[::-1]
        here, there = record[local], record[peer]
        self.key = (record["network"]["transport"], (here.get("ip"), here.get("port")),
                    (there.get("ip"), there.get("port")))
        self.sent += here.get("bytes", 0)
        self.received += there.get("bytes", 0)
        self.total_sent = own["total"][local].get("bytes", 0)
        self.total_received = own["total"][peer].get("bytes", 0)
        self.pid = record.get("process", {}).get("pid")
        self.name = record.get("process", {}).get("name")
        self.domain = there.get("domain")
        self.peer_pid = own.get("peer_process", {}).get("pid")
        self.chain = [(link["process"]["name"], link.get("via")) for link in own.get("chain", [])]
        self.is_prestart |= own["flow"].get("prestart", False)
        self.has_ended |= "end" in record["event"]["type"]


class Watch:
    """nvrwatch, running on a lab; a thread reads all that it says."""

    def __init__(self, lab, nvrwatch, *options):
        self.flows, self.loss, self.datasets, self.names = {}, {}, {}, set()
        self.errors = f"{lab.dir}/nvrwatch.err"
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = lab.place.start(
                [os.path.abspath(nvrwatch), "trace", "--cgroup", lab.place.side("seen"), "-o", "json",
                 *options], None, "tool", stdout=subprocess.PIPE, stderr=errors)
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        wait_for(lambda: self.datasets.get("status") or not self.thread.is_alive(), 20, "nvrwatch")
        self.is_alive()

    def is_alive(self):
        """Raises when nvrwatch ended by itself."""
        if self.process.poll() is not None:
            raise RuntimeError(f"nvrwatch ended ({self.process.returncode}): {read(self.errors)}")
        return True

    def _read(self):
        with self.process.stdout as lines:
            for line in lines:
                record = json.loads(line)
                with self.lock:
                    self._add(record)

    def _add(self, record):
        dataset = record["event"]["dataset"].removeprefix("nvrwatch.")
        self.datasets[dataset] = self.datasets.get(dataset, 0) + 1
        if dataset == "flow":
            flow = record["nvrwatch"]["flow"]["id"]
            self.flows.setdefault(flow, Flow()).add(record)
        elif dataset in ("status", "loss"):
            self.loss = {**self.loss, **record["nvrwatch"]["loss"]}
        elif dataset == "dns":
            self.names.add(record["dns"]["question"]["name"])

    def all_flows(self):
        """The flows so far, as they are now."""
        with self.lock:
            return [copy.copy(flow) for flow in self.flows.values()]

    def end(self):
        """Ends it as an administrator does and returns its exit status."""
        self.process.terminate()
        self.thread.join(20)
        return self.process.wait(20)


def same_place(talk, key):
    """Whether a conversation on the wire is a flow's; a datagram socket may be bound to any address."""
    proto, local, peer = key
    return (talk["proto"] == proto and tuple(talk["peer"]) == peer and talk["local"][1] == local[1] and
            (talk["local"][0] == local[0] or (proto == "udp" and local[0] in ("0.0.0.0", "::"))))


def pairs(talks, flows):
    """Each conversation on the wire with the flows that are it: none, one, or several when its ports
    were used again."""
    by_ports = {}
    for flow in flows:
        if flow.key[0] in ("tcp", "udp") and flow.key[1][1] and flow.key[2][1]:
            by_ports.setdefault((flow.key[0], flow.key[1][1], flow.key[2]), []).append(flow)
    merged = {}
    for talk in talks:  # the same ports again are one conversation here
        key = (talk["proto"], talk["local"][1], tuple(talk["peer"]))
        one = merged.setdefault(key, dict(talk, sent=0, received=0))
        one["sent"] += talk["sent"]
        one["received"] += talk["received"]
    return [(talk, [flow for flow in by_ports.get(key, []) if same_place(talk, flow.key)])
            for key, talk in merged.items()]


def differences(wire, flows):
    """What the ledger and the wire do not agree on, a line each. Flows that were open before nvrwatch
    started may be one byte off: whether a SYN was counted cannot be known then."""
    found = []
    for talk, ours in pairs(wire["talks"], flows):
        slack = any(flow.is_prestart for flow in ours) and talk["proto"] == "tcp"
        where = f"{talk['proto']} {talk['local']} {talk['peer']}"
        if not ours and talk["sent"] + talk["received"]:
            found.append(f"{where}: not in the ledger")
        for way in ("sent", "received") if ours else ():
            for kind in ("", "total_"):
                ledger = sum(getattr(flow, kind + way) for flow in ours)
                if abs(ledger - talk[way]) > slack and not (slack and not kind):
                    found.append(f"{where}: {kind}{way} {ledger}, on the wire {talk[way]}")
    return found


def unknown_flows(wire, flows):
    """Flows of the ledger with bytes that never were on the wire."""
    known = {id(flow) for _, ours in pairs(wire["talks"], flows) for flow in ours}
    return [f"{flow.key}: {flow.name} sent {flow.sent} received {flow.received}" for flow in flows
            if id(flow) not in known and flow.key[0] in ("tcp", "udp") and flow.sent + flow.received]

# SPDX-License-Identifier: Apache-2.0
"""The loads: how each is run inside the lab, what is true about it, and how that truth is found
again in nvrwatch's records. The generators print the truth; nothing here is assumed."""

import collections
import datetime
import json
import re
import signal
import time

from lab import SERVER_IP, BenchError, finish, wait_for, wait_ready

CHURN_PORT, STREAM_PORT = 7000, 8000
CAMERAS, KBIT = 64, 6000
CLIENT_CPU, SERVER_CPU = 0, 1


def action(record):
    """dataset and action of a record, "process.exec"."""
    event = record["event"]
    return event["dataset"].removeprefix("nvrwatch.") + "." + event.get("action", "")


def flows(records, first_port, last_port=None):
    """Flow records with a port of this load at either end."""
    last_port = last_port or first_port
    for record in records:
        if record["event"]["dataset"] == "nvrwatch.flow":
            ports = (record["source"].get("port", 0), record["destination"].get("port", 0))
            if any(first_port <= port <= last_port for port in ports):
                yield record


class Load:
    """What loads have in common. `unit` is what costs are divided by."""

    name, unit, has_network = "", "", True

    def run(self, lab, bins):
        """Runs to the end and returns the truth: made, seconds and what else the generators say."""
        raise NotImplementedError

    def seen(self, records):
        """How many of the made things nvrwatch's records show; compare with expected()."""
        raise NotImplementedError

    def expected(self, truth):
        """How many it should show."""
        return truth["made"]

    def details(self, _records):
        """Further figures for the raw results."""
        return {}


class Exec(Load):
    """Programs started as fast as two workers can."""

    name, unit, has_network = "exec", "exec", False
    count, workers, rate = 3000, 2, 0

    def start(self, lab, bins):
        """Starts the generator only."""
        return lab.start_load([f"{bins}/load_exec", lab.program(f"{bins}/tiny"), str(self.count),
                               str(self.workers), str(self.rate)])

    def run(self, lab, bins):
        truth = json.loads(finish(self.start(lab, bins)))
        if truth["failed"]:
            raise BenchError(f"load_exec: {truth['failed']} starts failed")
        return truth

    def seen(self, records):
        marks = set()
        for record in records:
            args = record.get("process", {}).get("args", [])
            if action(record) == "process.exec" and args and args[0].endswith("/tiny"):
                marks.add(args[1])
        return len(marks)


class Trickle(Exec):
    """Programs started 20 times a second until somebody ends it: for the first event. Many more would
    be what is measured."""

    name, count, workers, rate = "trickle", 20000, 1, 20


class Churn(Load):
    """Short TCP connections, both ends inside the cgroup: two sockets each."""

    name, unit, count, window = "churn", "connection", 12000, 1

    def run(self, lab, bins):
        where = [SERVER_IP, str(CHURN_PORT), str(self.count)]
        server = lab.start_load([f"{bins}/load_churn", "serve", *where], "b", SERVER_CPU)
        wait_ready(server)
        client = lab.start_load([f"{bins}/load_churn", "connect", *where, str(self.window)], "a",
                                CLIENT_CPU)
        truth, server = json.loads(finish(client)), json.loads(finish(server))
        if truth["failed"] or server["failed"] or truth["made"] != server["made"]:
            raise BenchError(f"load_churn: client {truth}, server {server}")
        return dict(truth, server=server)

    def expected(self, truth):
        return 2 * truth["made"]

    def seen(self, records):
        return sum("end" in record["event"].get("type", [])
                   for record in flows(records, CHURN_PORT))


class Streams(Load):
    """Flows from cameras to a recorder, paced or as fast as one sender goes."""

    unit = "second"

    def __init__(self, name, proto, kbit, seconds, count=CAMERAS):
        self.name, self.proto, self.kbit, self.seconds = name, proto, kbit, seconds
        self.count = count

    def run(self, lab, bins, during=None):
        where = [self.proto, SERVER_IP, str(STREAM_PORT), str(self.count)]
        server = lab.start_load([f"{bins}/load_streams", "recv", *where], "b", SERVER_CPU)
        wait_ready(server)
        client = lab.start_load([f"{bins}/load_streams", "send", *where,
                                 str(int(self.seconds * 1000)), str(self.kbit)], "a", CLIENT_CPU)
        while during and client.poll() is None:
            during()
            time.sleep(0.1)
        truth = json.loads(finish(client, self.seconds + 60))
        if self.proto == "udp":
            server.send_signal(signal.SIGTERM)
        return dict(truth, server=dict(json.loads(finish(server)), pid=server.pid))

    def seen(self, records):
        return len({record["nvrwatch"]["flow"]["id"] for record in self.records(records)})

    def expected(self, truth):
        return 2 * truth["made"]

    def records(self, all_records):
        """The flow records of this load."""
        return flows(all_records, STREAM_PORT, STREAM_PORT + self.count)

    def details(self, records):
        """Payload in the ledger: each end's socket counts what it sent and what it received."""
        return {"ledger_bytes": sum(record["network"].get("bytes", 0)
                                    for record in self.records(records))}


def periodic_per_minute(records, pid):
    """Records of each flow of a process between its first and its last one, per minute: what a
    flow costs that lasts. By flow id."""
    stamps = collections.defaultdict(list)
    for record in records:
        if record.get("process", {}).get("pid") == pid and "end" not in record["event"]["type"]:
            stamps[record["nvrwatch"]["flow"]["id"]].append(
                datetime.datetime.fromisoformat(record["@timestamp"]))
    return {flow: 60 * (len(times) - 1) / max((max(times) - min(times)).total_seconds(), 1)
            for flow, times in stamps.items()}


class Dns(Load):
    """Different names asked of a local dnsmasq."""

    name, unit, count, window = "dns", "query", 20000, 32

    def run(self, lab, bins):
        server = lab.start_load(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
             "--no-hosts", "--cache-size=0", "--user=root", "--pid-file=", "--bind-interfaces",
             f"--listen-address={SERVER_IP}", "--address=/bench.test/192.0.2.7"], "b", SERVER_CPU)
        client = lab.start_load([f"{bins}/load_dns", SERVER_IP, "53", str(self.count),
                                 str(self.window)], "a", CLIENT_CPU)
        truth = json.loads(finish(client))
        server.terminate()
        wait_for(lambda: server.poll() is not None, 5, "dnsmasq to end")
        server.stdout.close()
        return truth

    def seen(self, records):
        names = set()
        for record in records:
            if record["event"]["dataset"] == "nvrwatch.dns" and record["dns"].get("answers"):
                names.add(record["dns"]["question"]["name"])
        return sum(bool(re.fullmatch(r"q\d{6}\.bench\.test\.?", name)) for name in names)


def make(camera_seconds):
    """The loads of the bench in their order."""
    return [Exec(), Churn(), Streams("tcpcam", "tcp", KBIT, camera_seconds),
            Streams("udpcam", "udp", KBIT, camera_seconds), Streams("tcpmax", "tcp", 0, 1.2),
            Streams("udpmax", "udp", 0, 1.2), Dns()]


NAMES = [load.name for load in make(1)]

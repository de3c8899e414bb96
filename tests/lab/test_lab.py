#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""The program as it runs on a recording server: one lab with everything in it, nvrwatch on it, and what
it says compared with what the wire, the far ends' kernels, the logs and the files say.
NW_BIN is the nvrwatch to test. The last line counts the tests.
Usage: test_lab.py [NAME…]    names as unittest knows them: test_probe, __main__.LabTest"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import lab as labs
import ledger
import register
from ledger import NVRWATCH
from place import Place, names, read, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
CAMERAS = {"10.20.0.11": ("gate.cam.lan", "ffmpeg"), "10.20.0.12": ("yard.cam.lan", "ffmpeg"),
           "10.20.0.13": ("door.cam.lan", "motion")}
NAME = f"test{os.getpid()}"  # beside labs of others


class Run:
    """What one run of the lab gave: the truth and the ledger of the same still moment, twice: of an
    nvrwatch that saw everything begin, and of one that came later."""

    def __init__(self):
        self.lab = labs.Lab(NAME, pace=4, seconds=4)
        self.leaks = {}
        self.lab.make()
        try:
            self.watch = ledger.Watch(self.lab, NVRWATCH)
            viewers = register.Register(self.lab, NVRWATCH)
            self.lab.start()
            self.cameras = self.shown("cameras", 5)  # from their first media on, at most
            self.viewers = self.shown("viewers", 8)
            self.inventory = self.records("cameras", 5)
            self.views = self.records("viewers", 8)
            wait_for(self.day_is_over, 60, "recordings, a copy of them and a play-back")
            self.leak("export", "shell", "dns")
            self.leak("live", "chain")
            self.late = ledger.Watch(self.lab, NVRWATCH)
            wait_for(lambda: set(CAMERAS) <= {f.key[2][0] for f in self.late.all_flows()
                                              if f.name in ("ffmpeg", "motion")}, 20,
                     "the streams that were there before")
            with self.lab.still():
                self.truth = self.lab.truth()
                self.flows, self.late_flows = self.settled(self.watch), self.settled(self.late)
                self.register = viewers.end()
            self.status = [self.watch.end(), self.late.end()]
        finally:
            self.lab.remove()

    def day_is_over(self):
        """Whether each recorder has a whole file, and others have had some of it."""
        self.watch.is_alive()
        sizes = labs.files(self.lab.dir)
        done = [[n for n, size in sizes.items() if n.startswith(f"{top}/{camera}/") and size > 10000]
                for top in ("recordings", "nas") for camera in ("gate", "yard", "door")]
        return all(len(names_of) > 1 for names_of in done) and "played.mp4" in sizes

    def shown(self, command, seconds):
        """What a command prints that watches so long, without its first line."""
        process = self.lab.place.start(
            [os.path.abspath(NVRWATCH), command, "-q", "--cgroup", self.lab.place.side("seen"),
             "--duration", f"{seconds}s"], None, "tool", stdout=subprocess.PIPE)
        with process.stdout as out:
            lines = out.read().decode().splitlines()
        if process.wait(10) or not lines[0].startswith("watching this host"):
            raise labs.LabError(f"{command}: status {process.returncode}: {lines[:1]}")
        return lines[1:]

    def records(self, command, seconds):
        """The same as JSON: every line is a record."""
        text = self.lab.place.run(
            [os.path.abspath(NVRWATCH), command, "-q", "-o", "json", "--cgroup",
             self.lab.place.side("seen"), "--duration", f"{seconds}s"], None)
        return [json.loads(line) for line in text.splitlines()]

    def leak(self, *which):
        """Some at once, to their ends."""
        running = {name: self.lab.leak(name) for name in which}
        for name, process in running.items():
            self.leaks[name] = process.pid
            if process.wait(30):
                words = labs.read(f"{self.lab.dir}/leak-{name}.err")
                raise labs.LabError(f"leak {name}: status {process.returncode}: {words}")

    def settled(self, watch):
        """The flows, once the ledger told them, which it does each second; what does not agree then
        is for the tests to say."""
        with contextlib.suppress(labs.LabError):
            wait_for(lambda: not ledger.differences(self.truth["wire"], watch.all_flows()), 4, "flows")
        return watch.all_flows()

    def outside(self, flow_name, address, port):
        """The flows of one program to one place outside."""
        return [flow for flow in self.flows
                if flow.name == flow_name and flow.key[2] == (address, port)]


class LabTest(unittest.TestCase):
    """All of it on one run."""

    @classmethod
    def setUpClass(cls):
        cls.run_ = Run()
        cls.truth, cls.flows = cls.run_.truth, cls.run_.flows
        cls.pairs = ledger.pairs(cls.truth["wire"]["talks"], cls.flows)

    def test_the_wire_was_seen_whole(self):
        """Else what follows would compare with less than the truth."""
        self.assertEqual(self.truth["wire"]["dropped"], 0)
        self.assertEqual(self.truth["wire"]["fragments"], 0)
        self.assertEqual({k: n for k, n in self.truth["wire"]["unseen"].items() if n}, {})
        self.assertGreater(len(self.pairs), 50)
        protocols = {talk["proto"] for talk, _ in self.pairs}
        self.assertEqual(protocols, {"tcp", "udp"})

    def test_every_byte_is_in_the_ledger(self):
        """Each conversation on the wire, both ways, error 0."""
        self.assertEqual(ledger.differences(self.truth["wire"], self.flows), [])

    def test_the_ledger_has_nothing_else(self):
        """No flow that was not on the wire."""
        self.assertEqual(ledger.unknown_flows(self.truth["wire"], self.flows), [])

    def test_kernels_of_the_far_ends_agree(self):
        """What the cameras' own kernels say that they sent, error 0."""
        known = {(flow.key[1], flow.key[2]): flow for flow in self.flows if flow.key[0] == "tcp"}
        compared = set()
        for far in self.truth["sockets"]:
            flow = known.get((tuple(far["peer"]), tuple(far["local"])))
            if far["host"] == "nvr" or far["state"] != "ESTAB" or not flow:
                continue
            talk = next(t for t, flows in self.pairs if flow in flows)
            syn = talk["opener"] == "peer"  # it counts among what was acknowledged
            with self.subTest(far=far["host"], peer=far["peer"]):
                self.assertEqual(flow.received, far.get("bytes_acked", 0) - syn)
                self.assertEqual(flow.sent, far.get("bytes_received", 0))
            compared.add(far["host"])
        self.assertLessEqual({"gate", "yard", "door"}, compared)

    def holders(self):
        """Which processes hold the recording server's sockets, by ss: a function of a talk. Two sockets
        may have one port, when their peers are two."""
        held = {(s["proto"], s["local"][1], tuple(s["peer"])): s["pids"] for s in self.truth["sockets"]
                if s["host"] == "nvr" and s["pids"] and s["local"][1]}
        bound = {key[:2]: pids for key, pids in held.items() if not key[2][1]}
        return lambda talk: held.get((talk["proto"], talk["local"][1], tuple(talk["peer"])),
                                     bound.get((talk["proto"], talk["local"][1])))

    def test_cameras_belong_to_their_recorders(self):
        """Every stream of a camera that is open is the flow of the process that holds it."""
        holders, found = self.holders(), set()
        for talk, flows in self.pairs:
            address = talk["peer"][0]
            pids = holders(talk)
            if address not in CAMERAS or not pids or talk["received"] < 1000:
                continue
            if talk["peer"][1] == 3702:  # an answer to who looks for cameras, not a stream
                continue
            with self.subTest(talk=talk["local"], camera=address):
                self.assertEqual([(flow.pid, flow.name) for flow in flows],
                                 [(pids[0], CAMERAS[address][1])])
            if talk["received"] > 50000:
                found.add((address, talk["proto"]))
        self.assertEqual(found, {("10.20.0.11", "tcp"), ("10.20.0.12", "udp"), ("10.20.0.13", "tcp")})

    def test_flows_have_the_names_that_were_asked_for(self):
        """To cameras, to the NAS, outside; over IPv4 and IPv6."""
        asked = {**{address: name for address, (name, _) in CAMERAS.items()},
                 "10.30.0.40": "nas.office.lan", "203.0.113.66": "relay.example.net",
                 "2001:db8::66": "drop.example.org"}
        seen = {}
        for flow in self.flows:
            if flow.key[0] == "tcp" and flow.key[2][0] in asked:
                seen.setdefault(flow.key[2][0], set()).add(flow.domain)
        self.assertEqual(seen, {address: {name} for address, name in asked.items()})

    def test_questions_are_told(self):
        """Every name that the resolver was asked for, as its own log has them."""
        asked = set(self.truth["questions"])
        self.assertGreater(len([name for name in asked if name.endswith(".tunnel.example")]), 10)
        self.assertEqual(asked - self.run_.watch.names, set())

    def leaked(self, name, address, port, program):
        """The flow of a leak."""
        flows = self.run_.outside(program, address, port)
        self.assertEqual(len(flows), 1, f"{name}: {[vars(flow) for flow in flows]}")
        self.assertTrue(flows[0].has_ended)
        return flows[0]

    def test_leak_live(self):
        """The picture that left is what the file outside holds; who read the camera is who sent."""
        flow = self.leaked("live", "203.0.113.66", 1935, "ffmpeg")
        self.assertEqual(flow.pid, self.run_.leaks["live"])
        self.assertEqual(flow.sent, self.truth["files"][f"outside/live/{flow.key[1][1]}"])
        self.assertGreater(flow.sent, 50000)
        read = [f for f in self.flows if f.pid == flow.pid and f.key[2] == ("10.20.0.11", 554)]
        self.assertEqual(len(read), 1)
        self.assertGreater(read[0].received, flow.sent // 2)

    def test_leak_chain(self):
        """The same by a pipe: nc sends what ffmpeg read, and the chain says so."""
        flow = self.leaked("chain", "203.0.113.66", 1935, "nc")
        self.assertEqual(flow.sent, self.truth["files"][f"outside/live/{flow.key[1][1]}"])
        self.assertGreater(flow.sent, 50000)
        self.assertEqual(flow.chain, [("ffmpeg", "pipe"), ("nc", None)])

    def test_leak_export(self):
        """The file that left, and the request around it, by the log of who got it."""
        flow = self.leaked("export", "2001:db8::66", 80, "curl")
        log = [entry for entry in self.truth["logs"]["outside"] if "PUT /drop/" in entry["request"]]
        self.assertEqual(len(log), 1)
        self.assertEqual((flow.pid, flow.sent, flow.received),
                         (self.run_.leaks["export"], log[0]["received"], log[0]["sent"]))

    def test_leak_shell(self):
        """What the shell answered, by the file of who typed."""
        flow = self.leaked("shell", "198.51.100.66", 4444, "bash")
        self.assertEqual(flow.pid, self.run_.leaks["shell"])
        self.assertEqual(flow.sent, self.truth["files"][f"outside/shell/{flow.key[1][1]}"])
        self.assertEqual(flow.received, len("id\nls recordings\nexit\n"))

    def test_web_front_end(self):
        """What was played back, by the web server's own log."""
        played = [e for e in self.truth["logs"]["web"] if e["request"].startswith("GET /recordings")]
        self.assertTrue(played)
        for entry in played:
            flows = [f for f in self.flows if f.key[2] == tuple(entry["peer"])]
            with self.subTest(peer=entry["peer"]):
                self.assertEqual([f.name for f in flows], ["nginx"])
                self.assertEqual(flows[0].received, entry["received"])
                self.assertEqual(flows[0].sent, entry["sent"])

    def test_live_picture_goes_through_the_web_server(self):
        """The operator's picture is told as a chain: motion's end on loopback names nginx, and the
        other way round."""
        found = set()
        for talk, flows in self.pairs:
            if talk["interface"] != "lo" or not talk["sent"] or not talk["received"]:
                continue
            with self.subTest(talk=talk["local"], peer=talk["peer"]):
                self.assertEqual(len(flows), 1)
                back = next(f for f in self.flows if f.key[1:] == flows[0].key[:0:-1])
                self.assertEqual((flows[0].peer_pid, back.peer_pid), (back.pid, flows[0].pid))
            found.add((flows[0].name, back.name))
        self.assertEqual(found, {("motion", "nginx"), ("nginx", "motion")})
        live = [f for f in self.flows if f.key[2][0] == "10.30.0.30" and f.sent > 10000]
        self.assertTrue(live)
        for flow in live:
            self.assertEqual(flow.chain[:1] + flow.chain[-1:], [("motion", "loopback"), ("nginx", None)])

    def test_cameras(self):
        """Exactly the lab's cameras, each with the maker of its MAC and who reads it."""
        rows = [line.split() for line in self.run_.cameras if re.match(r"[\d.]{7,} ", line)]
        listed = {row[0]: (row[1], row[-1].split("[")[0]) for row in rows}
        self.assertEqual(listed, {"10.20.0.11": ("hikvision", "ffmpeg"), "10.20.0.12": ("dahua", "ffmpeg"),
                                  "10.20.0.13": ("axis", "motion")})
        self.assertEqual([line for line in self.run_.cameras if "may be cameras" in line], [])

    def test_cameras_as_records(self):
        """The register is the truth in JSON, too, and its sums are."""
        makers = {"10.20.0.11": "hikvision", "10.20.0.12": "dahua", "10.20.0.13": "axis"}
        listed = {r["nvrwatch"]["camera"]["address"]: r["nvrwatch"]["camera"]["maker"]["id"]
                  for r in self.run_.inventory if r["event"]["dataset"] == "nvrwatch.camera"}
        self.assertEqual(listed, makers)
        last = self.run_.inventory[-1]
        self.assertEqual(last["event"]["dataset"], "nvrwatch.inventory")
        sums = last["nvrwatch"]["inventory"]
        self.assertEqual({m["id"]: m["cameras"] for m in sums["maker"]},
                         {maker: 1 for maker in makers.values()})
        self.assertEqual((sums["cameras"], sums["unidentified_total"]), (3, 0))
        numbers = [r["event"]["sequence"] for r in self.run_.inventory]
        self.assertEqual(len(set(numbers)), len(numbers))

    def test_viewers_as_records(self):
        """Who reads each camera, and who watched live, by the web server's log."""
        self.assertEqual({r["event"]["dataset"] for r in self.run_.views}, {"nvrwatch.view"})
        readers, watchers = set(), set()
        for r in self.run_.views:
            cameras = [c.get("address") for c in r["nvrwatch"]["view"]["camera"]]
            if r["event"]["action"] == "read":
                readers.add((cameras[0], r["process"]["name"]))
            elif r["nvrwatch"]["view"]["how"] in ("only_source", "bytes_fit"):
                watchers.add((cameras[0], r["destination"]["ip"]))
        live = {entry["peer"][0] for entry in self.truth["logs"]["web"]
                if entry["request"].startswith("GET /live/")}
        self.assertEqual(readers, {(address, name) for address, (_, name) in CAMERAS.items()})
        self.assertEqual(watchers, {("10.20.0.13", address) for address in live})

    def test_viewers(self):
        """Who reads each camera; and who watched live, by the web server's log, and nobody else:
        who played back is possible at most."""
        camera, readers, watchers = None, {}, set()
        for line in self.run_.viewers:
            words = line.split()
            if line.startswith("    read by"):
                readers.setdefault(camera, set()).add(words[2].split("[")[0])
            elif line.startswith("    ") and "possible" not in line:
                watchers.add((camera, words[2].rstrip(",")))
            elif line[:1].isdigit():
                camera = words[0].rstrip(",")
        live = {entry["peer"][0] for entry in self.truth["logs"]["web"]
                if entry["request"].startswith("GET /live/")}
        said = "\n" + "\n".join(self.run_.viewers)
        self.assertEqual(readers, {address: {name} for address, (_, name) in CAMERAS.items()}, said)
        self.assertEqual(watchers, {("10.20.0.13", address) for address in live}, said)

    def arrived(self, name, program):
        """What a leak of a live picture left outside."""
        flow = self.leaked(name, "203.0.113.66", 1935, program)
        return self.truth["files"][f"outside/live/{flow.key[1][1]}"]

    def test_register(self):
        """Every consumer, inside and outside, live and recorded, by the wire, the logs and the files
        outside, to 1 % of the bytes; nobody else, and nothing that is only possible."""
        expected = register.expected(
            self.truth, {"live": self.arrived("live", "ffmpeg"), "chain": self.arrived("chain", "nc")})
        rows = {key: n for key, n in self.run_.register.items() if key[1] != "10.30.0.40"}
        self.assertEqual(set(rows), set(expected))
        for key, sent in expected.items():
            with self.subTest(row=key):
                begun = register.BEGUN if key[1] == "10.30.0.30" else 0
                self.assertAlmostEqual(rows[key], sent, delta=sent * 0.01 + begun)

    def test_register_of_play_back(self):
        """The same by the web server's own log, which has what was answered to its end."""
        row = self.run_.register[("gate", "fd00:30::30", "inside", "recorded", "recording_path")]
        sent = register.answered(self.truth, "web", "GET /recordings/gate/")[1]
        self.assertAlmostEqual(row, sent, delta=row * 0.1)

    def test_register_of_copies(self):
        """rsync carries all cameras' recordings in one connection: together they are what the wire
        has, to 3 %; a part of each camera's went."""
        copied = register.copied(self.run_.register)
        self.assertEqual(set(copied), {"gate", "yard", "door"})
        self.assertEqual(len(copied), len([k for k in self.run_.register if k[1] == "10.30.0.40"]))
        sent = register.sent_to(self.truth, "10.30.0.40", 873)
        self.assertAlmostEqual(sum(copied.values()), sent, delta=sent * 0.03)
        self.assertGreater(min(copied.values()), 50000)

    def test_nothing_was_lost(self):
        """But names: the tunnel asks for more of one address than are kept. Who came later may miss
        whose socket it was that a process left just then, and how one began that opened just then."""
        for watch, may_be in ((self.run_.watch, {"name_evicted"}),
                              (self.run_.late, {"name_evicted", "owner", "head"})):
            with self.subTest(late=watch is self.run_.late):
                self.assertEqual({k: n for k, n in watch.loss.items() if n and k not in may_be}, {})

    def test_what_was_open_before_the_start(self):
        """A later nvrwatch knows the same streams, totals and processes."""
        late = {(f.key[0], f.key[1][1], f.key[2]): f for f in self.run_.late_flows}
        holders, cameras = self.holders(), set()
        for talk, _ in self.pairs:
            flow = late.get((talk["proto"], talk["local"][1], tuple(talk["peer"])))
            pids = holders(talk)
            if not flow or not pids or not (flow.is_prestart or talk["peer"][0] in CAMERAS):
                continue  # what nginx accepted later is its listener's, not the worker's
            with self.subTest(talk=talk["local"], peer=talk["peer"]):
                self.assertIn(flow.pid, pids)
                if flow.is_prestart:
                    self.assertAlmostEqual(flow.total_received, talk["received"], delta=1)
                    self.assertAlmostEqual(flow.total_sent, talk["sent"], delta=1)
            cameras.add((talk["peer"][0], flow.is_prestart))
        self.assertLessEqual({("10.20.0.11", True), ("10.20.0.13", True)}, cameras)
        self.assertIn("10.20.0.12", dict(cameras))  # UDP: peers before the start nobody knows

    def test_nvrwatch_ended_well(self):
        """Both, by SIGTERM."""
        self.assertEqual(self.run_.status, [0, 0])


class CleanTest(unittest.TestCase):
    """What the command line leaves behind: nothing."""

    def cli(self, *args, **env):
        """The command line, with a lab of its own."""
        return subprocess.run([f"{HERE}/lab", *args], env={**os.environ, "NW_LAB": NAME, **env},
                              capture_output=True, text=True, timeout=60, check=False)

    def tearDown(self):
        Place(NAME).remove()

    def assert_gone(self):
        """No folder, namespace or cgroup."""
        self.assertNotIn(NAME, names())

    def test_ends_by_itself(self):
        """At the end of its time."""
        self.assertEqual(self.cli("up", "1").returncode, 0)
        wait_for(lambda: NAME not in names(), 20, "the lab to end")

    def test_truth_stays(self):
        """A leak by hand; what it sent stands in a file when the lab is no more."""
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/truth.json"
            self.assertEqual(self.cli("up", "60", NW_LAB_TRUTH=path).returncode, 0)
            whole = f"{Place(NAME).dir}/recordings/gate/001.mp4"  # what is before it is
            wait_for(lambda: os.path.exists(whole), 30, "a recording")
            self.assertIn("ended with status 0", self.cli("leak", "export").stdout)
            wait_for(lambda: os.path.exists(path) and "PUT /drop/" in read(path), 20, "the truth")
            self.assertEqual(self.cli("down").returncode, 0)
            with open(path, encoding="utf-8") as file:
                truth = json.load(file)
        sent = sum(int(entry["received"]) for entry in truth["logs"]["outside"]
                   if "PUT /drop/" in entry["request"])
        self.assertGreater(sent, 10000)
        self.assertGreater(len(truth["wire"]), 0)

    def test_show_crash(self):
        """Who shows it is killed: the trace that it started ends too, with all the rest."""
        def traces():
            """Whoever runs with the lab's cgroup as an argument."""
            found = subprocess.run(["pgrep", "-f", f"trace --cgroup {Place(NAME).side('seen')}"],
                                   capture_output=True, text=True, check=False)
            return found.stdout.split()

        with subprocess.Popen([f"{HERE}/lab", "show", NVRWATCH], env={**os.environ, "NW_LAB": NAME},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as show:
            try:
                wait_for(traces, 30, "the trace")
            finally:
                show.kill()
        wait_for(lambda: not traces(), 20, "the trace to end")
        self.assertEqual(self.cli("clean", NAME).returncode, 0)
        self.assert_gone()

    def test_crash(self):
        """Its keeper is killed: clean takes away what is left, and does no harm the second time."""
        self.assertEqual(self.cli("up", "60").returncode, 0)
        self.assertIn("is running", self.cli("up", "60").stderr)
        with open(f"{Place(NAME).dir}/keeper", encoding="ascii") as keeper:
            os.kill(int(keeper.read()), 9)
        self.assertIn(NAME, names())
        for _ in range(2):
            self.assertEqual(self.cli("clean", NAME).returncode, 0)
            self.assert_gone()


def main():
    """Runs them and counts."""
    wanted = sys.argv[1:] or ["__main__", "test_closing", "test_probe", "test_resolvers", "test_secrets"]
    suite = unittest.defaultTestLoader.loadTestsFromNames(wanted)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    bad = {id(case) for case, _ in result.failures + result.errors}
    failed = max(len(bad), int(not result.wasSuccessful()))
    skipped = len(result.skipped)
    print(f"nw-tests: {result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())

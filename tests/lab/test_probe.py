# SPDX-License-Identifier: Apache-2.0
"""`nvrwatch cameras` on a recording server that talks to nobody: without --probe the kernel counts not
one packet that left, with it one Probe on each interface that is inside, and who answered is in the
table. The devices answer by the standard; the counters are the kernel's. test_lab.py runs it."""

import contextlib
import json
import os
import subprocess
import unittest

import ledger
from discovery import CAMERA
from ledger import HERE, NVRWATCH
from place import Place, ip, read, wait_for

PRINTER = "{http://schemas.xmlsoap.org/ws/2006/02/devprof}Device"
SCOPES = ["onvif://www.onvif.org/name/Gate%20cam", "onvif://www.onvif.org/hardware/X-1"]


class Quiet:
    """A lab with devices that only answer, and a recording server with an interface to outside, too."""

    def __init__(self):
        self.place = Place(f"probe{os.getpid()}")
        self.dir, self.pid = self.place.dir, None
        self.place.make()
        try:
            self.start()
        except BaseException:
            self.place.remove()
            raise

    def start(self):
        """Interfaces and devices."""
        nvr = self.place.netns("nvr")
        ip(nvr, ["link add pub type veth peer name far", "link set pub up", "link set far up",
                 "addr add 203.0.113.5/24 dev pub"])  # far has what every interface has: fe80::
        self.devices = {"gate": self.device("gate", "10.20.0.11", CAMERA, *SCOPES),
                        "yard": self.device("yard", "10.20.0.12", PRINTER)}
        for host in self.devices:
            wait_for(lambda name=host: "ready" in self.said(name), 20, f"{host} to listen")

    def device(self, host, *args):
        """One of discovery.py's."""
        with open(f"{self.dir}/{host}.out", "w", encoding="utf-8") as out:
            return self.place.start([f"{HERE}/discovery.py", *args], host, "far", stdout=out)

    def said(self, host):
        """What it printed so far, line by line."""
        return read(f"{self.dir}/{host}.out").splitlines()

    def left(self):
        """The recording server's own counters: packets by interface, datagrams by family."""
        links = json.loads(self.place.run(["ip", "-j", "-s", "link"], "nvr"))
        found = {link["ifname"]: link["stats64"]["tx"]["packets"] for link in links}
        fields = self.place.run(["cat", "/proc/net/snmp"], "nvr").splitlines()
        udp = [line.split() for line in fields if line.startswith("Udp:")]
        found["udp4"] = int(udp[1][udp[0].index("OutDatagrams")])
        fields = self.place.run(["cat", "/proc/net/snmp6"], "nvr").splitlines()
        found["udp6"] = sum(int(f.split()[1]) for f in fields if f.startswith("Udp6OutDatagrams"))
        return found

    def cameras(self, *options, side="seen"):
        """Runs the command in the recording server's namespace: status, output and messages."""
        process = self.place.start(
            [os.path.abspath(NVRWATCH), "cameras", "-q", "--cgroup", self.place.side("seen"), *options],
            "nvr", side, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.pid = process.pid
        out, messages = process.communicate(timeout=60)
        return process.returncode, out, messages


class ProbeTest(unittest.TestCase):
    """All on one lab."""

    @classmethod
    def setUpClass(cls):
        cls.quiet = Quiet()

    @classmethod
    def tearDownClass(cls):
        cls.quiet.place.remove()

    def settle(self):
        """Until the kernel itself has nothing more to say (IPv6 looks for routers and listeners)."""
        nvr = self.quiet.place.netns("nvr")
        lines = "for k in /proc/sys/net/ipv6/conf/*/router_solicitations; do echo 0 >$k; done"
        subprocess.run(["ip", "netns", "exec", nvr, "sh", "-c", lines], check=True)
        before = self.quiet.left()
        for _ in range(20):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.quiet.devices["gate"].wait(1.5)
            now = self.quiet.left()
            if now == before:
                return now
            before = now
        self.fail("the server is never quiet")

    def test_not_one_packet_without_it(self):
        """Whole seconds of watching, in text and in JSON: no counter of the kernel moves."""
        before = self.settle()
        for form in ("text", "json"):
            status, out, _ = self.quiet.cameras("--duration", "2s", "-o", form)
            self.assertEqual(status, 0)
            self.assertNotIn("Probe", out)
        self.assertEqual(self.quiet.left(), before)

    def test_one_probe_and_its_answers(self):
        """Each inside link is asked once by each family, the outside never; the camera is found by
        what it says, the printer stays silent; it is no finding, here or for who watches beside."""
        place, film = self.quiet.place, f"{self.quiet.dir}/film.nwr"
        before = self.settle()
        heard = {host: len(self.quiet.said(host)) for host in self.quiet.devices}
        watch = ledger.Watch(self.quiet, NVRWATCH)
        status, out, messages = self.quiet.cameras("--probe", "--duration", "6s", "--record", film)
        after = self.quiet.left()
        self.assertEqual((status, messages), (0, ""))
        self.assertIn("sending one WS-Discovery Probe on each interface that is inside",
                      out.splitlines()[0])
        self.assertEqual(after["udp4"] - before["udp4"], 2)  # cam, off
        self.assertEqual(after["udp6"] - before["udp6"], 2)
        self.assertEqual([after[i] - before[i] for i in ("pub", "far")], [0, 0])
        answers = {host: sorted(self.quiet.said(host)[n:]) for host, n in heard.items()}
        self.assertEqual(answers, {"gate": ["probe 4 answered", "probe 6 answered"],
                                   "yard": ["probe 4 silent", "probe 6 silent"]})
        self.assertTrue([line for line in out.splitlines() if line.startswith("10.20.0.11 ") and
                         "hikvision (mac)" in line and "X-1" in line and "onvif" in line])
        self.assertNotIn("10.20.0.12", out)
        self.assertNotIn("10.20.0.1 ", out)
        self.assertEqual(watch.end(), 0)
        self.assertNotIn("finding", watch.datasets)
        told = subprocess.run([NVRWATCH, "replay", film, "-o", "json"], check=True, text=True,
                              capture_output=True).stdout
        records = [json.loads(line) for line in told.splitlines()]
        self.assertEqual([r for r in records if r["event"]["dataset"] == "nvrwatch.finding"], [])
        own = [r for r in records if r["nvrwatch"].get("self")]
        peers = {r[way]["ip"] for r in own for way in ("source", "destination")}
        self.assertLessEqual({"239.255.255.250", "ff02::c", "10.20.0.11"}, peers)
        self.assertEqual({r["process"]["pid"] for r in own}, {self.quiet.pid})
        cameras = {r["nvrwatch"]["camera"]["address"] for r in records
                   if r["event"]["dataset"] == "nvrwatch.camera"}
        self.assertEqual({a for a in cameras if ":" not in a}, {"10.20.0.11"})
        self.assertEqual(len(cameras), 2)  # and its link-local address
        self.assertEqual(place.run(["ss", "-Hnlu"], "nvr"), "")

    def test_what_could_not_work_is_refused(self):
        """Answers that nobody would see; a recording asks nobody."""
        before = self.settle()
        status, _, messages = self.quiet.cameras("--probe", side="tool")
        self.assertEqual(status, 1)
        self.assertIn("not in", messages)
        for options in (["--no-heads"], ["--file", "/dev/null"]):
            self.assertEqual(self.quiet.cameras("--probe", *options)[0], 2)
        self.assertEqual(self.quiet.left(), before)

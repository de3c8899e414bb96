# SPDX-License-Identifier: Apache-2.0
"""No password in anything that nvrwatch says or keeps: a lab where every camera, the web front end and
the NAS ask for one, what goes over its wire, and every output of nvrwatch on it, text, JSON, recordings
and what is kept over restarts. test_lab.py runs it."""

import base64
import contextlib
import os
import re
import struct
import subprocess
import unittest

import lab as labs
import logins
from ledger import NVRWATCH
from place import wait_for

NAME = f"secrets{os.getpid()}"
COMMANDS = ("cameras", "viewers", "findings", "status", "report", "flows")


def events(path):
    """A recording's blocks, as they were before they were compressed; recording.h has the layout."""
    with open(path, "rb") as file:
        data = file.read()
    at = 8 + struct.unpack_from("<I", data, 4)[0]
    plain = data[:at]
    while at < len(data):
        magic, packed, size = struct.unpack_from("<4sII", data, at)
        block = subprocess.run(["zstd", "-dc"], input=data[at + 12:at + 12 + packed], check=True,
                               capture_output=True).stdout
        if magic != b"NWB1" or len(block) != size:
            raise labs.LabError(f"{path}: no block at {at}")
        plain += block
        at += 12 + packed
    return plain


class Run:
    """The wire, the logins, and by name what nvrwatch said."""

    def __init__(self):
        self.lab, self.said = labs.Lab(NAME, pace=4, seconds=4), {}
        self.lab.make()
        try:
            self.logins = logins.read(self.lab.dir)
            self.run()
        finally:
            self.lab.remove()

    def run(self):
        """A day: recorders, copies, who watches, a leak."""
        folder = self.lab.dir
        film, pcap, own = (f"{folder}/{name}" for name in ("film.nwr", "wire.pcap", "own"))
        tcpdump = self.lab.place.start(["tcpdump", "-q", "-U", "-i", "any", "-Z", "root", "-w", pcap],
                                       "nvr", "tool", stderr=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(pcap), 20, "tcpdump")
        watching = {"record": self.live("record", film), "trace text": self.live("trace"),
                    "trace json": self.live("trace", "-o", "json", "--state", own, "--record",
                                            f"{folder}/second.nwr")}
        with contextlib.ExitStack() as both:
            for process in watching.values():
                both.enter_context(process)
            wait_for(lambda: os.path.exists(film), 20, "the recording")
            self.lab.start()
            wait_for(lambda: "nas/gate/000.mp4" in labs.files(folder) and
                     "played.mp4" in labs.files(folder), 60, "a copy and a play-back")
            for name in ("live", "chain", "export"):
                self.lab.leak(name).wait(30)
            late = self.live("trace", "-vv", "-o", "json", "--duration", "3s")  # what runs already
            self.said["late"] = b"".join(late.communicate(timeout=60))
            for name, process in watching.items():
                process.terminate()
                self.said[name] = b"".join(process.communicate(timeout=60))
        tcpdump.terminate()
        tcpdump.wait(20)
        with open(pcap, "rb") as file:
            self.wire = file.read()
        self.keep(film, own)

    def live(self, *command):
        """nvrwatch on the lab."""
        return self.lab.place.start(
            [os.path.abspath(NVRWATCH), *command, "--cgroup", self.lab.place.side("seen")], None, "tool",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def keep(self, film, own):
        """What stands in files, and what else a recording's reader is told."""
        self.said["events"] = events(film)
        self.said["second"] = events(f"{self.lab.dir}/second.nwr")
        for path, _, names in os.walk(own):
            for name in names:
                with open(f"{path}/{name}", "rb") as file:
                    self.said[f"state {name}"] = file.read()
        for form in ("text", "json"):
            for command in ("replay", *COMMANDS):
                words = ["--file", film] if command != "replay" else [film]
                done = subprocess.run([NVRWATCH, command, "-o", form, *words], check=True,
                                      capture_output=True, timeout=60)
                self.said[f"{command} {form}"] = done.stdout + done.stderr


class SecretTest(unittest.TestCase):
    """All on one lab."""

    @classmethod
    def setUpClass(cls):
        cls.run_ = Run()

    def forms(self):
        """Of each login what may not be anywhere: the parts of the password between what escapes may
        change, and the whole in base64."""
        for host, (user, password) in self.run_.logins.items():
            for part in re.findall("[0-9a-f]+", password):
                yield host, part.encode()
            yield host, base64.b64encode(f"{user}:{password}".encode()).rstrip(b"=")

    def test_no_password_anywhere(self):
        """In no output and no file, in no form."""
        found = [f"{name}: of {host}" for name, data in self.run_.said.items()
                 for host, form in self.forms() if form in data]
        self.assertEqual(found, [])

    def test_no_answer_to_a_challenge(self):
        """Nor what the wire has in a password's place: who has that can try passwords at home."""
        wire = self.run_.wire
        answers = set(re.findall(rb'response="([0-9a-f]{32})"', wire))
        answers |= set(re.findall(rb'#PasswordDigest">([^<]{20,})</', wire))
        copies = set(re.findall(rb"\bbackup ([A-Za-z0-9+/]{22,})\n", wire))  # rsync's
        self.assertGreater(len(answers), 1)
        self.assertTrue(copies)
        found = [f"{name}: {answer}" for name, data in self.run_.said.items()
                 for answer in answers | copies if answer in data]
        self.assertEqual(found, [])

    def test_they_were_on_the_wire(self):
        """Else nothing was there to be hidden: by Basic over RTSP and HTTP, by a token in ONVIF."""
        for host, before in (("gate", rb"DESCRIBE rtsp://gate[^\r]+\r\n(?:[^\r]+\r\n)*"),
                             ("gate", rb"POST /onvif/[^\r]+\r\n(?:[^\r]+\r\n)*"),
                             ("door", rb"DESCRIBE rtsp://door[^\r]+\r\n(?:[^\r]+\r\n)*"),
                             ("web", rb"GET /live/[^\r]+\r\n(?:[^\r]+\r\n)*"),
                             ("web", rb"GET /recordings/[^\r]+\r\n(?:[^\r]+\r\n)*")):
            user, password = self.run_.logins[host]
            basic = base64.b64encode(f"{user}:{password}".encode())
            with self.subTest(host=host, before=before):
                self.assertTrue(re.search(before + b"Authorization: Basic " + re.escape(basic),
                                          self.run_.wire))
        self.assertIn(f'#PasswordText">{self.run_.logins["yard"][1]}</'.encode(), self.run_.wire)

    def test_what_held_them_was_seen(self):
        """The same command lines and heads are in what nvrwatch says and keeps, masked."""
        said = self.run_.said
        for name in ("trace text", "trace json", "replay text", "replay json", "late"):
            with self.subTest(output=name):
                self.assertRegex(said[name], rb"rtsp://x+:x+@gate\.cam\.lan/")
        for name in ("events", "second"):
            with self.subTest(file=name):
                self.assertRegex(said[name], rb"rtsp://x+:x+@gate\.cam\.lan/")
                for method in (b"DESCRIBE", b"POST"):
                    self.assertRegex(said[name], method + rb" [^\r]+\r\n(?:[^\r]+\r\n)*"
                                     rb"Authorization: Basic x+\r")
                self.assertIn(b"-d\0<s:Envelope", said[name])
        self.assertTrue([name for name in said if name.startswith("state ")])

# SPDX-License-Identifier: Apache-2.0
"""Connections that are closed while the other end still sends: the ledger and the wire, as tap.py reads it,
agree to the byte. test_lab.py runs it."""

import os
import struct
import sys
import unittest

import lab as labs
import ledger
import tap
from place import wait_for

NAME = f"closing{os.getpid()}"
CONNECTIONS = 600
# One sends pieces of 1 KiB until it cannot any more. The other reads a part and closes: with nothing
# unread if it can be helped, or with something unread. (Who closes half first may have read what it never
# acknowledged; the wire does not tell.)
SCRIPT = """
import os, random, socket, sys
server = socket.create_server(("127.0.0.1", 0))
child = os.fork()
while child == 0:
    peer, _ = server.accept()
    try:
        while peer.send(bytes(1024)):
            pass
    except OSError:
        peer.close()
chance = random.Random(1)
for i in range(int(sys.argv[1])):
    with socket.create_connection(server.getsockname()) as one:
        left = chance.randrange(1, 40) * 1024
        while left > 0:
            left -= len(one.recv(left if i % 2 else 1 << 16))
os.kill(child, 9)
os.wait()
"""


def segment(sequence, taken, flags, length=0):
    """A TCP segment as tap.py reads it."""
    return struct.pack("!HHIIBBHHH", 1, 2, sequence, taken, 5 << 4, flags, 0, 0, 0), 20 + length


class ClosingTest(unittest.TestCase):
    """A lab with nothing in it but these two programs."""

    def test_a_reset_overtakes_the_fin(self):
        """The two are sent by different CPUs; what the FIN says that it has is received all the same."""
        for order in (tap.FIN, tap.RST), (tap.RST, tap.FIN):
            talk = tap.Talk(tap.TCP, ("127.0.0.1", 1, "127.0.0.1", 2), "lo")
            talk.see_tcp(True, *segment(0, 0, tap.SYN))
            talk.see_tcp(False, *segment(0, 1, tap.SYN | tap.ACK))
            talk.see_tcp(False, *segment(1, 1, tap.ACK, 2048))
            talk.see_tcp(True, *segment(1, 1025, tap.ACK))
            for flags in order:
                talk.see_tcp(True, *segment(1, 2049, flags | (tap.ACK if flags == tap.FIN else 0)))
            talk.see_tcp(False, *segment(2049, 1, tap.ACK, 1024))
            self.assertEqual(talk.json()["received"], 2048)

    def test_closed_while_sent_to(self):
        """What arrives when, or while, a socket is closed has no reader, and is not received."""
        lab = self.enterContext(labs.Lab(NAME, parts=["none"], has_logins=False))
        watch = ledger.Watch(lab, ledger.NVRWATCH)
        command = [sys.executable, "-c", SCRIPT, str(CONNECTIONS)]
        self.assertEqual(lab.place.start(command, "nvr", "seen").wait(60), 0)
        wire = lab.wire()
        self.assertEqual((wire["dropped"], len(wire["talks"])), (0, 2 * CONNECTIONS))
        self.assertGreater(sum(talk["reset"] for talk in wire["talks"]), CONNECTIONS)

        def differences():
            return ledger.differences(wire, watch.all_flows())

        try:
            wait_for(lambda: not differences(), 20, "the ledger and the wire to agree")
        except labs.LabError:
            self.assertEqual(differences(), [])
        self.assertEqual(watch.end(), 0)

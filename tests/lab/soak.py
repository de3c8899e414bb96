#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A recording server's days, compressed: streams that last, recorders and cameras that come and go,
copies, play-backs, leaks, bursts of short connections. Meanwhile nvrwatch must not grow (private
memory), not keep descriptors, lose nothing, and at each still moment its ledger must be what the wire
and the far ends' kernels say, to the byte: no drift.
Usage: soak.py [SECONDS]    (1800). NW_BIN is the nvrwatch to test. The last line counts the tests."""

import itertools
import os
import re
import subprocess
import sys
import time

import lab as labs
import ledger
from place import read, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
NVRWATCH = os.environ.get("NW_BIN", f"{HERE}/../../build/nvrwatch")
# A quarter of the whole, of short runs a half: what is reserved is touched by then for the most part,
# libraries are there. Tables go on to fill: in half an hour by 300 KiB, of which the last 20 minutes
# have 140, and the last five none.
WARM_UP, WARM_UP_LEAST_SECONDS = 0.25, 90
FILL = 2000  # processes at the beginning, more than linger in nvrwatch's table when they ended
SAMPLE_SECONDS, STILL_SECONDS = 2, 20
GROWTH_KIB = 128  # over what follows the warm-up
BURST = 150


def private_kib(pid):
    """Memory that is this process's alone; not pages of its own program file."""
    text = read(f"/proc/{pid}/smaps_rollup")
    return sum(int(n) for n in re.findall(r"^(?:Private_Dirty|Swap): +(\d+) kB", text, re.MULTILINE))


def descriptors(pid):
    """How many are open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def growth(samples):
    """From the first third of the time to the last, of the least in each: what is needed for a moment
    is no growth."""
    third = len(samples) // 3
    return min(v for _, v in samples[-third:]) - min(v for _, v in samples[:third])


class Soak:
    """One run. Each of its findings is a line; none is success."""

    def __init__(self, lab, seconds):
        self.lab, self.seconds = lab, seconds
        self.watch = None
        self.memory, self.files = [], []
        self.drift, self.stills, self.compared = [], 0, 0
        self.events = itertools.cycle([self.burst, self.new_leak("live"), self.camera_restarts,
                                       self.new_leak("export"), self.recorder_restarts,
                                       self.new_leak("shell"), self.burst, self.new_leak("dns")])
        self.leaks = []

    def new_leak(self, name):
        """Starts one; nobody waits for it."""
        return lambda: self.leaks.append(self.lab.leak(name))

    def repeat(self, times, command):
        """The same again and again, by a shell of the recording server."""
        script = f"for i in $(seq {times}); do {command}; done"
        self.lab.place.run(["sh", "-c", script], "nvr", "seen", stderr=subprocess.DEVNULL)

    def burst(self):
        """Many short connections and processes at once."""
        self.repeat(BURST, "curl -s -o /dev/null http://updates.example.com/version")

    def camera_restarts(self):
        """The door loses power for a moment: motion finds it again by itself."""
        self.lab.restart("camera-door")

    def recorder_restarts(self):
        """As an update does."""
        self.lab.restart("recorder-yard")

    def still(self):
        """Compares while nobody sends."""
        with self.lab.still():
            wire = self.lab.wire()
            if wire["dropped"] or any(wire["unseen"].values()):
                self.drift.append(f"the tap lost {wire['dropped']}, {wire['unseen']}: no truth")
            try:
                wait_for(lambda: not self.differences(wire), 5, "")
            except labs.LabError:
                self.drift += [f"after {time.monotonic() - self.began:.0f} s: {line}"
                               for line in self.differences(wire)]
        self.stills += 1
        print(f"{self.memory[-1][0]:6.0f} s  {self.memory[-1][1]} KiB  {self.files[-1][1]} descriptors  "
              f"{len(wire['talks'])} conversations  drift {len(self.drift)}", flush=True)
        self.compared = len(wire["talks"])

    def differences(self, wire):
        """Between the wire and the ledger, both ways."""
        flows = self.watch.all_flows()
        return ledger.differences(wire, flows) + ledger.unknown_flows(wire, flows)

    def run(self):
        """The days."""
        self.lab.make()
        self.watch = ledger.Watch(self.lab, NVRWATCH)
        self.lab.start()
        self.repeat(FILL, "/bin/true")
        self.began = time.monotonic()
        next_still = STILL_SECONDS
        for tick in itertools.count(1):
            time.sleep(max(0, self.began + tick * SAMPLE_SECONDS - time.monotonic()))
            now = time.monotonic() - self.began
            self.watch.is_alive()
            pid = self.watch.process.pid
            self.memory.append((now, private_kib(pid)))
            self.files.append((now, descriptors(pid)))
            if now >= next_still:
                self.still()
                next_still = now + STILL_SECONDS
                if now >= self.seconds:
                    break
                next(self.events)()
            self.leaks = [leak for leak in self.leaks if leak.poll() is None]
        self.loss = dict(self.watch.loss)
        self.status = self.watch.end()

    def after_warm_up(self, samples):
        """Samples that count."""
        warm_up = max(self.seconds * WARM_UP, min(WARM_UP_LEAST_SECONDS, self.seconds / 2))
        return [(t, v) for t, v in samples if t >= warm_up]

    def verdicts(self):
        """Name, what was measured, and whether it is as it should be."""
        memory, files = self.after_warm_up(self.memory), self.after_warm_up(self.files)
        yield ("memory", f"{memory[-1][1]} KiB private, grown by {growth(memory)} KiB from the first "
               "third to the last", growth(memory) <= GROWTH_KIB)
        yield ("descriptors", f"{files[-1][1]} open, grown by {growth(files)}", growth(files) <= 0)
        yield ("drift", f"{self.stills} still moments, {self.compared} conversations at the last: "
               f"{self.drift[:5] or 'none'}", self.stills > 0 and not self.drift)
        lost = {k: n for k, n in self.loss.items() if n and k != "name_evicted"}
        yield "losses", f"{lost or 'none'}", not lost
        yield "end", f"exit status {self.status}", self.status == 0


def main():
    """Runs, says, counts."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 1800
    lab = labs.Lab(f"soak{os.getpid()}", pace=4, seconds=10)
    try:
        soak = Soak(lab, seconds)
        soak.run()
    finally:
        lab.remove()
    failed = 0
    for name, measured, is_good in soak.verdicts():
        print(f"{'ok    ' if is_good else 'FAILED'} {name:12} {measured}")
        failed += not is_good
    print(f"nw-tests: {5 - failed} passed, {failed} failed, 0 skipped")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Records a whole day of a recording server on which nothing bad happens: the scene long-day for as long as is
asked, and among it ordinary scenes at times drawn by lot. Made for a VM whose clock jumps over what is slept
(whole-day.sh), and longer than a recording of the corpus may be: it is kept where it is asked for.
Usage: whole_day.py NVRWATCH RECORDING HOURS SEED, as root"""

import contextlib
import os
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, f"{HERE}/../lab"]

import lab as labs  # noqa: E402
import make  # noqa: E402
from place import LabError, read, wait_for  # noqa: E402

# how many times in a day, about
TIMES = {"life-archive": 2, "life-bridge": 4, "life-browser": 6, "life-camera-ftp": 12, "life-camera-syslog": 10,
         "life-certbot": 2, "life-checks": 16, "life-declared-agent": 8, "life-git-pull": 6, "life-logrotate": 3,
         "life-mail-outside": 3, "life-ptr-lookups": 5, "life-rsync-allowed": 2, "life-rsync-pull": 3,
         "life-rsyslog": 6, "life-rsyslog-tls": 4, "life-smart": 6, "life-snmp": 6, "near-beacon-human": 2,
         "near-dns-blocklist": 2, "near-names-shared": 3, "near-exec-script": 4, "near-snapshot-inside": 4}
PARTS = "dns camera-gate camera-yard nas outside-web web".split()


def timetable(hours, seed):
    """(second, scene) in order. The base runs alone in its first and last minutes."""
    dice = random.Random(seed)
    drawn = [(dice.uniform(120, hours * 3600 - 600), name)
             for name, times in TIMES.items() for _ in range(max(1, round(times * hours / 24)))]
    return sorted(drawn)


@contextlib.contextmanager
def playing(lab, scene):
    """A scene's parts, as make.py plays them; what is left of them is ended."""
    running = []
    try:
        running += [make.play(lab, scene, host) for host in scene.far]
        if scene.ready:
            make.listens(lab, scene.ready)
        running.append(make.play(lab, scene, "nvr"))
        yield running[-1]
    finally:
        for process in running:
            make.end(process)


def play(lab, scene):
    """One scene to its end; whether it did what it says."""
    try:
        with playing(lab, scene) as process:
            status = process.wait(scene.seconds + 120)
    except (LabError, subprocess.TimeoutExpired) as error:
        status = error
    if status:
        print(f"{scene.name}: status {status}: {read(f'{lab.dir}/scene-{scene.name}.err')}", flush=True)
    return not status


def day(lab, nvrwatch, path, hours, seed):
    """Records it, and returns how many scenes were played and how many of them failed."""
    base, others = make.Scene("long-day"), {name: make.Scene(name) for name in TIMES}
    base.seconds, base.parts = int(hours * 3600), None
    base.config += "".join(scene.config for scene in others.values() if "listeners" not in scene.config)
    services = make.play(lab, base, "nvr", "services")
    make.listens(lab, base.services)
    recorder = make.record(lab, nvrwatch, path, base)
    began, played, failed = time.monotonic(), 0, 0
    try:
        wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 1000, 30, "nvrwatch to record")
        with playing(lab, base) as process:
            for at, name in timetable(hours, seed):
                time.sleep(max(0, began + at - time.monotonic()))
                print(f"{at / 3600:6.2f} h {name}", flush=True)
                played += 1
                failed += not play(lab, others[name])
            failed += process.wait(hours * 3600 + 600) != 0
    finally:
        make.end(services)
        recorder.terminate()
        failed += recorder.wait(60) != 0
    return played, failed


def main():
    """A day, or a part of one."""
    nvrwatch, path, hours, seed = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
    with labs.Lab("day", pace=2, seconds=20, parts=PARTS, has_logins=False) as lab:
        time.sleep(8)
        own = f"{lab.dir}/day.nwr"
        played, failed = day(lab, nvrwatch, own, hours, seed)
        subprocess.run(["mv", own, path], check=True)
        print(read(f"{lab.dir}/record.err"))
    print(f"whole-day: {hours} h, {played} scenes among them, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (LabError, subprocess.SubprocessError, OSError) as error:
        sys.exit(f"whole-day: {error}")

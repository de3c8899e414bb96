#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Makes recordings of scenes in the lab: each file of scenes/ that has none yet, or those that are named.
A scene is a shell script that is called with the host it runs on; its line "# corpus:" says what is to be
found, lines "# config:" what is configured beside the usual, see README.md. Beside the recording stands what is true of it, as JSON: when it began and ended, what
it was made with. Usage: make.py NVRWATCH [SCENE...], as root"""

import contextlib
import functools
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f"{HERE}/../lab")

import hours  # noqa: E402
import lab as labs  # noqa: E402
import whole_host  # noqa: E402
from pack import pack  # noqa: E402
from place import LabError, read, wait_for  # noqa: E402

BYTES_MAX = 300000
REJECTED = f"{HERE}/rejected"  # too large for cases/, perhaps two hours old: not thrown away
KEYS = {"expect", "half", "tool", "camera", "far", "seconds", "ready", "parts", "recorder", "before", "services", "ticks",
        "hour", "whole", "guest"}
CONFIG = """site: {{name: Lab}}
recording_roots: [{dir}/recordings]
resolvers: [10.30.0.53]
recorders:
  - {{name: motion, exe: [/usr/bin/motion]}}
  - {{name: streams, exe: [/usr/bin/ffmpeg]}}
{recorder}allowed:
  - {{to: updates.example.com, port: 80, why: the recorder's update check}}
"""


class Scene:
    """One file of scenes/."""

    def __init__(self, name):
        self.name, self.path = name, f"{HERE}/scenes/{name}.sh"
        lines = read(self.path).splitlines()
        words = re.match(r"^# corpus: (.*)$", lines[2])
        self.about = lines[3].lstrip("# ")
        said = dict(word.split("=", 1) for word in words[1].split()) if words else {}
        if not {"expect", "half", "tool"} <= set(said) <= KEYS or said["half"] not in ("tune", "report"):
            raise LabError(f"{self.path}: its third line says what it is, see README.md")
        self.expect = [] if said["expect"] == "none" else said["expect"].split(",")
        self.half, self.tools, self.camera = said["half"], said["tool"].split(","), said.get("camera")
        self.far = [host for host in said.get("far", "").split(",") if host]
        self.seconds, self.ready = int(said.get("seconds", "20")), said.get("ready")
        self.parts, self.recorder = said.get("parts"), said.get("recorder")
        self.ticks = int(said.get("ticks", "0ms").removesuffix("ms"))
        self.hour = int(said.get("hour", "0"))
        self.whole = [part for part in said.get("whole", "").split(",") if part not in ("", "yes")]
        self.is_whole, self.guest = "whole" in said, [name for name in said.get("guest", "").split(",") if name]
        self.is_before, self.services = said.get("before") == "yes", said.get("services")
        self.config = "".join(f"{line[10:]}\n" for line in lines if line.startswith("# config: "))

    def truth(self, began, ended):
        """What stands beside the recording."""
        return {"scene": self.name, "about": self.about, "half": self.half, "expect": self.expect,
                "camera": self.camera, "began_ns": began, "ended_ns": ended,
                "tools": {tool: version(tool) for tool in self.tools}, "kernel": platform.release()}


def version(tool):
    """The Debian package that has a program, with its version."""
    path = subprocess.run(["sh", "-c", f"PATH=/usr/sbin:/usr/bin; readlink -f $(command -v {tool})"],
                          capture_output=True, text=True, check=False).stdout.strip()
    for name in (path, path.removeprefix("/usr")):
        owner = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if owner.returncode == 0:
            package = owner.stdout.split(":")[0]
            return subprocess.run(["dpkg-query", "-W", package], capture_output=True, text=True,
                                  check=True).stdout.strip().replace("\t", " ")
    return "not of a package"


def configure(lab, scene):
    """What the site says of itself."""
    with open(f"{lab.dir}/site.yaml", "w", encoding="ascii") as config:
        config.write(CONFIG.format(dir=lab.dir, recorder=f"  - {{name: other, exe: [{scene.recorder}]}}\n" * bool(scene.recorder)))
        config.write(scene.config.format(dir=lab.dir))


def record(lab, nvrwatch, path, scene):
    """nvrwatch, about to record."""
    kept = f"{lab.dir}/state"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    configure(lab, scene)
    with lab.log("record") as log:
        return lab.place.start([os.path.abspath(nvrwatch), "record", "--config",
                                f"{lab.dir}/site.yaml", "--cgroup", lab.place.side("seen"), path,
                                *(["--state", kept] if os.path.exists(kept) else [])],
                               None, "tool", stdout=log, stderr=log)


def play(lab, scene, host, part=None):
    """Starts a scene's part on one host."""
    with lab.log(f"scene-{scene.name}") as log:
        return lab.place.start([scene.path, part or host], host, "seen" if host == "nvr" else "far",
                               env={**lab.env, "LAB_SECONDS": str(scene.seconds)}, stdout=log, stderr=log)


def prepare(lab, scene):
    """What is there before anybody looks."""
    with lab.log(f"scene-{scene.name}") as log:
        subprocess.run([scene.path, "before"], env={**lab.env, "LAB_SECONDS": str(scene.seconds)}, stdout=log,
                       stderr=log, check=True)


def listens(lab, where):
    """Waits until something listens at HOST:PORT."""
    host, _, port = where.partition(":")
    wait_for(lambda: lab.place.run(["ss", "-Hnlut", f"sport = :{port}"], host), 10, where)


def end(process):
    """Ends a part and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def make(lab, nvrwatch, scene):
    """One recording."""
    path = f"{lab.dir}/{scene.name}.nwr"
    subprocess.run(["rm", "-rf", f"{lab.dir}/state"], check=True)
    if scene.is_before:
        prepare(lab, scene)
    running, recorder = [], None
    try:
        if scene.services:
            running.append(play(lab, scene, "nvr", "services"))
            listens(lab, scene.services)
        recorder = record(lab, nvrwatch, path, scene)
        wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 1000, 30, "nvrwatch to record")
        time.sleep(3)  # the ordinary things, before anything else happens
        began = time.time_ns()
        for host in scene.far:
            running.append(play(lab, scene, host))
        if scene.ready:
            listens(lab, scene.ready)
        running.append(play(lab, scene, "nvr"))
        status = running[-1].wait(scene.seconds + 60)
        ended = time.time_ns()
        time.sleep(4)
    finally:
        for process in running:
            end(process)
        if recorder:
            recorder.terminate()
            recorded = recorder.wait(20)
    if recorded or status:
        raise LabError(f"{scene.name}: status {status}: {read(f'{lab.dir}/scene-{scene.name}.err')}")
    keep(scene, path, scene.truth(began, ended))


def make_whole(lab, nvrwatch, scene):
    """One recording of a whole host."""
    path, running = f"{lab.dir}/{scene.name}.nwr", []
    configure(lab, scene)
    try:
        began, ended, release = whole_host.record(lab, os.path.abspath(nvrwatch), scene, path, lambda: running.extend(
            play(lab, scene, host) for host in scene.far))
        time.sleep(1)
        said = [process.poll() for process in running]
    finally:
        for process in running:
            end(process)
    if any(said):
        raise LabError(f"{scene.name}: status {said}: {read(f'{lab.dir}/scene-{scene.name}.err')}")
    keep(scene, path, {**scene.truth(began, ended), "kernel": release})


def keep(scene, path, truth):
    """Puts a recording, made small, and what is true of it among the cases."""
    change, hour = None, scene.hour
    if hour:
        began = truth["began_ns"]
        truth["hour_s"], truth["recorded_s"] = hour, (truth["ended_ns"] - began) // 10**9
        pauses = hours.Pauses(began, truth["ended_ns"], hour, scene.name)
        truth["ended_ns"] += pauses.before(truth["ended_ns"])
        change = functools.partial(hours.stretched, pauses=pauses)
    _, size = pack(path, scene.ticks, change)
    if size > BYTES_MAX:
        os.makedirs(REJECTED, exist_ok=True)
        put(scene, path, truth, REJECTED)
        raise LabError(f"{size} bytes are more than {BYTES_MAX}; it is kept in {REJECTED}")
    put(scene, path, truth, f"{HERE}/cases")
    print(f"{scene.name}: {size} bytes", flush=True)


def put(scene, path, truth, folder):
    """A recording and what is true of it."""
    subprocess.run(["cp", path, f"{folder}/{scene.name}.nwr"], check=True)
    with open(f"{folder}/{scene.name}.json", "w", encoding="utf-8") as file:
        json.dump(truth, file, indent=1)
        file.write("\n")


def tried(function, *args):
    """1 when a scene could not be made, which is said."""
    try:
        function(*args)
    except (LabError, subprocess.SubprocessError, OSError) as error:
        print(f"{args[-1].name}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def main():
    """All that are missing, or those that are named, in one lab."""
    nvrwatch, *wanted = sys.argv[1:]
    names = sorted(file[:-3] for file in os.listdir(f"{HERE}/scenes") if file.endswith(".sh"))
    wanted = wanted or [n for n in names if not os.path.exists(f"{HERE}/cases/{n}.json")]
    scenes = [Scene(name) for name in wanted]
    failed = 0
    for scene in [scene for scene in scenes if scene.is_whole]:  # each a lab of its own, which has no recording server then
        with labs.Lab(os.environ.get("NW_LAB", "corpus"), pace=2, seconds=20,
                      parts=scene.parts.split(","), has_logins=False) as lab:
            failed += tried(make_whole, lab, nvrwatch, scene)
    scenes = [scene for scene in scenes if not scene.is_whole]
    for parts in dict.fromkeys(scene.parts for scene in scenes):
        with labs.Lab(os.environ.get("NW_LAB", "corpus"), pace=2, seconds=20,
                      parts=parts and parts.split(","), has_logins=False) as lab:
            time.sleep(8)
            failed += sum(tried(make, lab, nvrwatch, scene) for scene in scenes if scene.parts == parts)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

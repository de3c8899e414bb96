# SPDX-License-Identifier: Apache-2.0
"""A recording server with its cameras, its office and an outside. What runs in it are the files of
parts/: each says in a line "# lab: on=HOST side=seen|far [ready=tcp:PORT|udp:PORT|file:PATH]" where it
runs and when it is ready; the number in its name says when it is started. leaks/ are started by hand,
on the recording server. The truth is what the wire, the kernels of both ends, the logs and the files
say; nothing of nvrwatch is asked."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time

import logins
from place import HOSTS, LabError, Place, pids, read, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
READY_SECONDS = 20
TRUTH_SECONDS = 1


class Part:
    """One file of parts/."""

    def __init__(self, file):
        self.name = re.sub(r"^\d+-|\.sh$", "", file)
        self.turn = file.split("-")[0]
        self.path = f"{HERE}/parts/{file}"
        line = re.search(r"^# lab: (.*)$", read(self.path), re.MULTILINE)
        words = dict(word.split("=", 1) for word in line[1].split()) if line else {}
        if not {"on", "side"} <= set(words) <= {"on", "side", "ready"} or words["on"] not in HOSTS:
            raise LabError(f"{self.path}: needs a line '# lab: on=HOST side=SIDE [ready=…]'")
        self.host, self.side, self.ready = words["on"], words["side"], words.get("ready")
        self.process = None


class Lab:
    """A context: with it the lab runs, after it nothing of it is left."""

    def __init__(self, name, pace=1, seconds=60, parts=None, has_logins=True):
        self.place = Place(name)
        self.dir = self.place.dir
        self.parts = [Part(file) for file in sorted(os.listdir(f"{HERE}/parts"))]
        self.parts = [part for part in self.parts if not parts or part.name in parts]
        self.env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": self.dir, "LC_ALL": "C.UTF-8",
                    "LAB": self.dir, "LAB_HERE": HERE, "LAB_PACE": str(pace),
                    "LAB_SECONDS": str(seconds)}
        self.has_logins, self.tap = has_logins, None

    def __enter__(self):
        self.make()
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def make(self):
        """The place and who watches the wire; no part runs yet."""
        self.place.make()
        if self.has_logins:
            logins.make(self.dir)
        with self.log("tap") as log:
            self.tap = self.place.start([f"{HERE}/tap.py", f"{self.dir}/tap"], "nvr", "tool",
                                        stdout=log, stderr=log)
        wait_for(lambda: os.path.exists(f"{self.dir}/tap"), READY_SECONDS, "the tap")

    def start(self):
        """All parts, turn by turn."""
        for turn in sorted({part.turn for part in self.parts}):
            group = [part for part in self.parts if part.turn == turn]
            for part in group:
                part.process = self.script(part.path, part.host, part.side, part.name)
            for part in group:
                wait_for(lambda now=part: self.is_ready(now), READY_SECONDS, f"{part.name} to be ready")
        self.keep_list()

    def keep_list(self):
        """Which session is which part, for others who ask."""
        with open(f"{self.dir}/parts.json", "w", encoding="utf-8") as file:
            json.dump({part.process.pid: [part.name, part.host] for part in self.parts}, file)

    def restart(self, name):
        """Ends a part as an administrator does, and starts it again."""
        part = next(part for part in self.parts if part.name == name)
        part.process.terminate()
        part.process.wait(10)
        part.process = self.script(part.path, part.host, part.side, part.name)
        self.keep_list()

    def remove(self):
        """Everything, and for good."""
        if self.place.is_ours():
            self.place.remove()
        for process in (self.tap, *(part.process for part in self.parts)):
            if process:
                process.wait()

    def log(self, name):
        """Where a part's own words go."""
        return open(f"{self.dir}/{name}.err", "a", encoding="utf-8")

    def script(self, path, host, side, name):
        """Starts one file of parts/ or leaks/."""
        with self.log(name) as log:
            env = {**self.env, **logins.env(self.dir)}
            return self.place.start([path], host, side, env=env, stdout=log, stderr=log)

    def is_ready(self, part):
        """Whether a part does what it is there for; raises when it ended."""
        if part.process.poll() is not None:
            words = read(f"{self.dir}/{part.name}.err")
            raise LabError(f"{part.name} ended with status {part.process.returncode}: {words}")
        kind, _, what = (part.ready or "none:").partition(":")
        if kind == "file":
            return os.path.exists(f"{self.dir}/{what}")
        if kind in ("tcp", "udp"):
            return self.place.run(["ss", "-Hnl", f"--{kind}", f"sport = :{what}"], part.host)
        return True

    def leak(self, name):
        """Starts one file of leaks/ on the recording server."""
        if name not in leaks():
            raise LabError(f"no leak '{name}'; there are: {', '.join(leaks())}")
        return self.script(f"{HERE}/leaks/{name}.sh", "nvr", "seen", f"leak-{name}")

    @contextlib.contextmanager
    def still(self):
        """Nobody sends while this lasts: both ends are frozen and the wire is empty. A host that just
        lost a connection may ask for it again and again, and needs to go on to give up."""
        try:
            self.place.freeze(True)
            for attempt in range(3):
                try:
                    wait_for(self.is_still, 5, "the wire to be still")
                    break
                except LabError:
                    if attempt == 2:
                        raise
                    self.place.freeze(False)
                    time.sleep(1)
                    self.place.freeze(True)
            yield
        finally:
            self.place.freeze(False)

    def is_still(self):
        """Whether kernels have nothing more to say to each other: two looks, nothing in between,
        nothing that was sent and is not acknowledged."""
        before = self.wire()
        time.sleep(0.25)  # longer than a delayed acknowledgement
        return before == self.wire() and not any(s.get("unacked") for s in self.sockets())

    def wire(self):
        """What went over the recording server's interfaces."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{self.dir}/tap")
            with client.makefile() as answer:
                return json.loads(answer.read())

    def sockets(self):
        """Every socket of every host, with its kernel's own counters."""
        found = []
        for host in HOSTS:
            text = self.place.run(["ss", "-HOntuaip"], host)
            found += [parse_socket(host, line) for line in text.splitlines()]
        return found

    def truth(self):
        """All that is known, by who says it."""
        return {"lab": self.place.name, "time": time.time(),
                "cgroups": {side: self.place.side(side) for side in ("seen", "far", "tool")},
                "hosts": {host: {"netns": self.place.netns(host),
                                 "addresses": [a.split("/")[0] for i in interfaces for a in i[2]]}
                          for host, interfaces in HOSTS.items()},
                "processes": self.processes(), "wire": self.wire(), "sockets": self.sockets(),
                "logs": {
                    "web": access_log(f"{self.dir}/web/access.log"),
                    "outside": access_log(f"{self.dir}/outside/access.log")},
                "questions": questions(f"{self.dir}/dns.log"), "files": files(self.dir)}

    def keep_truth(self):
        """The truth as a file: NW_LAB_TRUTH, which stays, or truth.json in the lab's folder."""
        path = os.environ.get("NW_LAB_TRUTH", f"{self.dir}/truth.json")
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(self.truth(), file, indent=1)
        os.rename(f"{path}.new", path)

    def watch(self, seconds, is_over=lambda: False):
        """Keeps the truth until that time is over, or what else is waited for."""
        end = time.monotonic() + seconds
        while True:
            self.keep_truth()
            if is_over() or time.monotonic() >= end:
                return
            time.sleep(min(TRUTH_SECONDS, max(0, end - time.monotonic())))

    def processes(self):
        """Who runs: each part is a session of its own."""
        sessions = json.loads(read(f"{self.dir}/parts.json"))
        found = []
        for side in ("seen", "far"):
            for pid in pids(self.place.side(side)):
                with contextlib.suppress(OSError):
                    session = read(f"/proc/{pid}/stat").rpartition(")")[2].split()[3]
                    part, host = sessions.get(session, (None, None))
                    found.append({"pid": pid, "name": read(f"/proc/{pid}/comm").strip(), "side": side,
                                  "part": part, "host": host})
        return found


def leaks():
    """Names of leaks."""
    return sorted(file[:-3] for file in os.listdir(f"{HERE}/leaks") if file.endswith(".sh"))


def end(text):
    """"[::1]:80" or "10.0.0.1%cam:80" as address and port."""
    address, _, port = text.rpartition(":")
    address = address.split("%")[0].strip("[]").removeprefix("::ffff:")
    return [address, int(port) if port != "*" else 0]


def parse_socket(host, line):
    """One line of ss."""
    fields = line.split()
    entry = {"host": host, "proto": fields[0], "state": fields[1], "local": end(fields[4]),
             "peer": end(fields[5]), "unacked": 0,
             "pids": sorted({int(pid) for pid in re.findall(r"pid=(\d+)", line)})}
    for key in ("bytes_sent", "bytes_acked", "bytes_received", "bytes_retrans", "unacked", "notsent"):
        found = re.search(rf"\b{key}:(\d+)", line)
        if found:
            entry[key] = int(found[1])
    return entry


def access_log(path):
    """What nginx says of its connections."""
    entries = []
    with contextlib.suppress(FileNotFoundError):
        for line in read(path).splitlines():
            fields = line.split(" ", 5)
            entries.append({"peer": [fields[0], int(fields[1])], "local": fields[2],
                            "received": int(fields[3]), "sent": int(fields[4]), "request": fields[5]})
    return entries


def questions(path):
    """Names that the resolver was asked for, as it says."""
    found = re.findall(r" query\[\w+\] (\S+) from 10\.30\.0\.2$", read(path), re.MULTILINE)
    return sorted(set(found))


def files(folder):
    """Sizes of everything that was kept on a disk."""
    sizes = {}
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                sizes[os.path.relpath(f"{path}/{name}", folder)] = os.lstat(f"{path}/{name}").st_size
    return sizes


def leave(*_):
    """Ends what goes on, so that it is cleaned up."""
    raise SystemExit(0)


def kept(lab, seconds, on_ready):
    """Runs a lab until its time is over or somebody ends it; always leaves nothing behind."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    with lab:
        on_ready()
        with open(f"{lab.dir}/keeper", "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
        lab.watch(seconds)


# what a site would say whose recorders are an ffmpeg as any other: no alert while nothing leaks
SITE = """allowed:
  - {to: 10.20.0.0/24, program: /usr/bin/ffmpeg, why: records gate and yard}
listeners:
  - {port: 80}
  - {port: 8081}
"""


def declare(lab):
    """A file with what the people of the site declare; its path."""
    path = f"{lab.dir}/shown.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(SITE)
    return path


def show(lab, nvrwatch, seconds):
    """The lab with nvrwatch's trace on it, for a person."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with lab:
        print(f"The lab runs for {seconds} s; ^C ends it. In another terminal, as root:")
        for name in leaks():
            about = read(f"{HERE}/leaks/{name}.sh").splitlines()[2].lstrip("# ")
            print(f"    {os.path.relpath(HERE)}/lab leak {name:7} # {about}")
        print(flush=True)
        tool = lab.place.start([nvrwatch, "trace", "--cgroup", lab.place.side("seen"), "--config",
                                declare(lab), "--duration", f"{seconds}s"], None, "tool")
        # it is for nvrwatch, which has last words
        signal.signal(signal.SIGINT, lambda *_: tool.send_signal(signal.SIGINT))
        lab.watch(seconds + 10, lambda: tool.poll() is not None)

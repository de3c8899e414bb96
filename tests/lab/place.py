# SPDX-License-Identifier: Apache-2.0
"""Where the lab lives: network namespaces joined by bridges, a cgroup for each side, one run folder.
Owns /run/nvrwatch-lab/NAME, the namespaces nwlab-NAME-* and the cgroup nvrwatch-lab-NAME with every
process inside; remove() takes all of that away, in whatever state a crash left it, and only that."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import time

RUN = "/run/nvrwatch-lab"
CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x00020000
MS_REC, MS_PRIVATE, MS_BIND = 0x4000, 0x40000, 0x1000
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)

# Host: LAN and addresses of its interface there; the maker's prefix in the MAC where it has one.
# The recording server is the only one with two interfaces. The router is the switch itself.
HOSTS = {
    "gate": [("cam", "c0:56:e3:00:00:11", ["10.20.0.11/24"])],  # Hikvision's prefix
    "yard": [("cam", "3c:ef:8c:00:00:12", ["10.20.0.12/24"])],  # Dahua's
    "door": [("cam", "00:40:8c:00:00:13", ["10.20.0.13/24"])],  # Axis'
    "nvr": [("cam", None, ["10.20.0.1/24"]), ("off", None, ["10.30.0.2/24", "fd00:30::2/64"])],
    "desk": [("off", None, ["10.30.0.30/24", "fd00:30::30/64"])],
    "nas": [("off", None, ["10.30.0.40/24", "fd00:30::40/64"])],
    "dns": [("off", None, ["10.30.0.53/24", "fd00:30::53/64"])],
    "out": [("wan", None, ["203.0.113.66/24", "198.51.100.66/24", "2001:db8::66/32"])],
}
ROUTER = {"cam": [], "off": ["10.30.0.1/24", "fd00:30::1/64"],
          "wan": ["203.0.113.1/24", "198.51.100.1/24", "2001:db8::1/32"]}
GATEWAYS = {"off": ["10.30.0.1", "fd00:30::1"], "wan": ["203.0.113.1", "2001:db8::1"]}
SIDES = ("seen", "far", "tool")


class LabError(Exception):
    """The lab did not do what it was asked."""


def wait_for(condition, seconds, what, step=0.02):
    """Polls until condition() is true; its value is returned."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise LabError(f"{what}: not within {seconds} s")
        time.sleep(step)


def cgroup2_mount():
    """Where the v2 hierarchy is; on a hybrid system it is not /sys/fs/cgroup."""
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        for line in lines:
            fields = line.split()
            if fields[fields.index("-") + 1] == "cgroup2" and fields[3] == "/":
                return fields[4]
    raise LabError("no cgroup v2 hierarchy is mounted")


def names():
    """Labs that are there, whole or in pieces."""
    found = set()
    for folder, prefix in ((RUN, ""), (cgroup2_mount(), "nvrwatch-lab-"), ("/run/netns", "nwlab-")):
        with contextlib.suppress(FileNotFoundError):
            for entry in os.listdir(folder):
                if entry.startswith(prefix):
                    found.add(entry[len(prefix):].split("-")[0])
    return sorted(found)


def checked(result, what):
    """A call of libc, as Python reports its own."""
    if result:
        raise OSError(ctypes.get_errno(), what)


class Place:
    """One lab's place. Making it needs root; a lab that is there already is not touched."""

    def __init__(self, name):
        if not name.isalnum():
            raise LabError(f"'{name}' is no name for a lab: letters and digits only")
        self.name = name
        self.dir = f"{RUN}/{name}"
        self.cgroup = f"{cgroup2_mount()}/nvrwatch-lab-{name}"
        self.lock = -1

    def netns(self, host):
        """Name of a host's network namespace."""
        return f"nwlab-{self.name}-{host}"

    def side(self, side):
        """The cgroup of one side: what nvrwatch sees, the far ends, the tools that watch."""
        return f"{self.cgroup}/{side}"

    def make(self):
        """Everything but processes. The lock says that a lab is in use, and goes with its holder."""
        os.makedirs(self.dir, mode=0o755, exist_ok=True)
        self.lock = os.open(f"{self.dir}/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LabError(f"lab '{self.name}' is running; end it with: make clean-lab") from error
        self._sweep()
        for other in map(Place, names()):  # what a crash left
            if other.name != self.name and not other.is_running():
                other.remove()
        for path in (self.cgroup, *map(self.side, SIDES)):
            os.mkdir(path)
        with open(f"{self.dir}/resolv.conf", "w", encoding="ascii") as resolv:
            resolv.write("nameserver 10.30.0.53\noptions timeout:1 attempts:2\n")
        self._make_network()

    def remove(self):
        """All of it; what is not there is no error."""
        self._sweep()
        shutil.rmtree(self.dir, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir(RUN)

    def is_running(self):
        """Whether somebody holds its lock."""
        try:
            with open(f"{self.dir}/lock", "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            pass
        return False

    def is_ours(self):
        """Whether it still is the one that make() made: nobody cleaned up behind our back."""
        return self.lock >= 0 and os.fstat(self.lock).st_nlink > 0

    def _sweep(self):
        for path in (*map(self.side, SIDES), self.cgroup):
            if os.path.isdir(path):
                self._kill(path)
                wait_for(lambda gone=path: self._rmdir(gone), 10, f"{path} to be empty")
        for host in (*HOSTS, "net"):
            if os.path.exists(f"/run/netns/{self.netns(host)}"):
                subprocess.run(["ip", "netns", "del", self.netns(host)], check=True)
        for entry in os.listdir(self.dir) if os.path.isdir(self.dir) else []:
            path = f"{self.dir}/{entry}"
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif entry != "lock":
                os.unlink(path)

    def _kill(self, path):
        for pid in pids(path):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(FileNotFoundError):
            self.freeze(False, [path])

    def _rmdir(self, path):
        try:
            os.rmdir(path)
        except OSError:
            self._kill(path)
            return False
        return True

    def freeze(self, is_frozen, paths=None):
        """Stops every process of both ends, or lets them go on; the kernel's work goes on."""
        paths = paths or [self.side("seen"), self.side("far")]
        for path in paths:
            with open(f"{path}/cgroup.freeze", "w", encoding="ascii") as knob:
                knob.write(str(int(is_frozen)))
        for path in paths if is_frozen else []:
            wait_for(lambda at=path: "frozen 1" in read(f"{at}/cgroup.events"), 10, f"{path} frozen")

    def _make_network(self):
        net = self.netns("net")
        for host in (*HOSTS, "net"):
            subprocess.run(["ip", "netns", "add", self.netns(host)], check=True)
            knobs = {"ipv6/conf/default/accept_dad": 0,  # no address waits to be found unique
                     "ipv4/icmp_ratelimit": 0}  # each refused datagram is said to be
            if host == "net":
                knobs.update({"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1})
            lines = "; ".join(f"echo {value} >/proc/sys/net/{knob}" for knob, value in knobs.items())
            subprocess.run(["ip", "netns", "exec", self.netns(host), "sh", "-c", lines], check=True)
        switch = ["link set lo up"]
        for lan, addresses in ROUTER.items():
            switch.append(f"link add {lan} type bridge")
            switch.append(f"link set {lan} up")
            switch += [f"addr add {a} dev {lan}{' nodad' * (':' in a)}" for a in addresses]
        ip(net, switch)
        for host, interfaces in HOSTS.items():
            lines = ["link set lo up"]
            for lan, mac, addresses in interfaces:
                port = f"{host}-{lan}"
                ip(net, [f"link add {port} type veth peer name {lan} netns {self.netns(host)}",
                         f"link set {port} master {lan}", f"link set {port} up"])
                lines += [f"link set {lan} address {mac}"] * bool(mac) + [f"link set {lan} up"]
                lines += [f"addr add {a} dev {lan}{' nodad' * (':' in a)}" for a in addresses]
                lines += [f"route add default via {g}" for g in GATEWAYS.get(lan, [])]
            if len(interfaces) > 1:
                lines.append("route add 224.0.0.0/4 dev cam")  # discovery asks the cameras
            ip(self.netns(host), lines)

    def start(self, argv, host, side, **popen):
        """Starts a process on a host; it ends with the one who started it."""
        netns = os.open(f"/run/netns/{self.netns(host)}", os.O_RDONLY) if host else -1

        def enter():
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            with open(f"{self.side(side)}/cgroup.procs", "w", encoding="ascii") as procs:
                procs.write("0")
            if netns >= 0:
                checked(LIBC.setns(netns, CLONE_NEWNET), "setns")
                checked(LIBC.unshare(CLONE_NEWNS), "unshare")
                checked(LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount /")
                checked(LIBC.mount(f"{self.dir}/resolv.conf".encode(), b"/etc/resolv.conf", None,
                                   MS_BIND, None), "mount resolv.conf")

        popen.setdefault("stdin", subprocess.DEVNULL)
        try:
            return subprocess.Popen(argv, preexec_fn=enter, start_new_session=True, **popen)
        finally:
            if netns >= 0:
                os.close(netns)

    def run(self, argv, host, side="tool", **popen):
        """Runs a command to its end on a host and returns what it printed."""
        process = self.start(argv, host, side, stdout=subprocess.PIPE, text=True, **popen)
        text, _ = process.communicate(timeout=60)
        if process.returncode:
            raise LabError(f"{argv[0]} on {host}: exit status {process.returncode}")
        return text


def ip(namespace, lines):
    """Configures a namespace."""
    subprocess.run(["ip", "-n", namespace, "-batch", "-"], input="\n".join(lines) + "\n", text=True,
                   check=True)


def read(path):
    """A small file's text."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def pids(cgroup):
    """Processes in a cgroup."""
    with contextlib.suppress(FileNotFoundError):
        return [int(pid) for pid in read(f"{cgroup}/cgroup.procs").split()]
    return []

# SPDX-License-Identifier: Apache-2.0
"""Scenes that are seen only by who observes a whole host: what it forwards. The recording server is a VM in the lab's
place of one, with two cards in the lab's networks; cameras, office and outside are the lab's, so that nothing of theirs is
the observed host's. It is the gateway of the cameras. Used by make.py."""

import base64
import gzip
import os
import shutil
import subprocess

from place import LabError, ip, read

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SERIES, MODULES = "6.12", "nft_chain_nat nft_nat nft_masq nft_ct"
PROGRAMS = ("base64", "bash", "cat", "cp", "date", "env", "gzip", "ip", "kill", "mkdir", "mkfifo", "mv", "rm", "sh", "sleep",
            "timeout", "wc")
CAMERAS = ("gate", "yard", "door")


def kernel():
    """A folder with a kernel and what address translation needs."""
    done = subprocess.run([f"{TOP}/scripts/vm-kernels.sh", SERIES], env={**os.environ, "NW_MODULES": MODULES},
                          capture_output=True, text=True, check=True)
    return done.stdout.split()[2]


def join(lab):
    """Networks without the lab's recording server, with sockets for the VM's cards; the ways through it."""
    net = lab.place.netns("net")
    for port in ("nvr-cam", "nvr-off"):
        ip(net, [f"link del {port}", f"tuntap add {port} mode tap", f"link set {port} master {port[4:]}",
                 f"link set {port} up"])
    # the switch is the router, too: it shall not answer on the cameras' side for its address on the office's
    lab.place.run(["sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/cam/arp_ignore"], "net")
    ip(net, ["route replace 10.20.0.0/24 via 10.30.0.2", "route replace fd00:20::/64 via fd00:30::2"])
    for number, camera in enumerate(CAMERAS, 11):
        ip(lab.place.netns(camera), ["route replace default via 10.20.0.1", f"addr add fd00:20::{number}/64 dev cam nodad",
                                     "route replace default via fd00:20::1"])


def payload(nvrwatch, lab, scene):
    """What the VM gets."""
    paths = [nvrwatch, f"{TOP}/data", f"{TOP}/tests/lab", f"{HERE}/far", f"{HERE}/scenes", f"{HERE}/whole-host.sh",
             f"{lab.dir}/site.yaml", "/bin/bash", "/etc/services", "/etc/protocols"]
    for name in {*PROGRAMS, *scene.guest}:
        path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if not path:
            raise LabError(f"no {name}; scripts/install-deps.sh corpus vm installs it")
        paths.append(path)
    return paths


def told(lab, lines, word):
    """The rest of the first line that begins so."""
    others = []
    for line in lines:
        others.append(line)
        if line.startswith(f"whole-host: {word}"):
            return line.split()[2:]
    raise LabError(f"the VM ended before it {word}: {''.join(others[-20:])}{read(f'{lab.dir}/vm.err')}")


def record(lab, nvrwatch, scene, path, start_far):
    """One recording; start_far() is called when it begins. Returns when it began and ended, by the VM's clock, and its kernel."""
    join(lab)
    command = [f"{HERE}/whole-host.sh", nvrwatch, scene.path, lab.dir, str(scene.seconds), *scene.whole]
    argv = [f"{TOP}/scripts/vm-run.sh", "-t", str(300 + 2 * scene.seconds), "-m", "2048", "-n", "nvr-cam", "-n", "nvr-off",
            kernel(), *payload(nvrwatch, lab, scene), "--", " ".join(command)]
    with lab.log("vm") as log:
        vm = lab.place.start(argv, "net", "tool", stdout=subprocess.PIPE, stderr=log, text=True,
                             env={**os.environ, "VM_CLOCK": "host"})
    with vm.stdout as lines:
        began, = told(lab, lines, "began")
        start_far()
        ended, release = told(lab, lines, "ended")
        data = gzip.decompress(base64.b64decode(lines.read()))
    if vm.wait(60):
        raise LabError(f"the VM: status {vm.returncode}")
    with open(path, "wb") as file:
        file.write(data)
    return int(began), int(ended), release


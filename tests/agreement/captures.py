# SPDX-License-Identifier: Apache-2.0
"""Published captures: those in Debian source packages, as scripts/captures.sh has them, and those
of tests/data."""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE = "bookworm"
PACKAGES = ("ndpi", "wireshark", "tcpdump", "tcpflow", "dnscap")


def folder():
    """Where the captures of the packages are; asks a mirror only for what is not there."""
    done = subprocess.run([os.path.join(HERE, "../../scripts/captures.sh"), SUITE, *PACKAGES],
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def all_of(root):
    """(name, path) of each capture, in order."""
    for top in [os.path.join(root, package) for package in PACKAGES] + [HERE + "/../data"]:
        for base, folders, files in os.walk(top):
            folders.sort()
            for file in sorted(files):
                if file.endswith((".pcap", ".pcapng", ".cap")):
                    path = os.path.join(base, file)
                    yield os.path.join(os.path.basename(top), os.path.relpath(path, top)), path

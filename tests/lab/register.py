# SPDX-License-Identifier: Apache-2.0
"""What `viewers -o json` says of who gets cameras' pictures, live or recorded, while it watches a
whole lab with recording_roots; and what the truth says of the same."""

import json
import os
import subprocess

from place import LabError, read, wait_for

CAMERAS = {"10.20.0.11": "gate", "10.20.0.12": "yard", "10.20.0.13": "door"}
BEGUN = 16384  # a picture that has just begun is no row yet


class Register:
    """The command, from before the lab's first connection until end()."""

    def __init__(self, lab, nvrwatch):
        config, self.errors = f"{lab.dir}/site.yaml", f"{lab.dir}/viewers.err"
        os.makedirs(f"{lab.dir}/recordings", exist_ok=True)
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"recording_roots: [{lab.dir}/recordings]\ncameras:\n")
            file.writelines(f"  - {{name: {n}, address: {a}}}\n" for a, n in CAMERAS.items())
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = lab.place.start(
                [os.path.abspath(nvrwatch), "viewers", "-o", "json", "--config", config, "--cgroup",
                 lab.place.side("seen"), "--duration", "10m"], None, "tool", stdout=subprocess.PIPE,
                stderr=errors)
        wait_for(self.has_dropped, 20, "viewers to watch")

    def has_dropped(self):
        """It watches once it is root no more."""
        if self.process.poll() is not None:
            raise LabError(f"viewers: status {self.process.returncode}: {read(self.errors)}")
        return "\nUid:\t0\t" not in read(f"/proc/{self.process.pid}/status")

    def end(self):
        """The rows: a dictionary from who got what, and how that is known, to bytes."""
        self.process.terminate()
        text = self.process.communicate(timeout=20)[0].decode()
        if self.process.returncode:
            raise LabError(f"viewers: status {self.process.returncode}: {read(self.errors)}")
        rows = {}
        for record in map(json.loads, text.splitlines()):
            if record["event"]["action"] in ("sent", "served"):
                key = key_of(record)
                rows[key] = rows.get(key, 0) + record["nvrwatch"]["view"]["bytes"]
        return rows


def key_of(record):
    """(cameras, far address, inside or outside, live or recorded, how)."""
    view = record["nvrwatch"]["view"]
    return (",".join(sorted(camera["id"] for camera in view["camera"])), record["destination"]["ip"],
            "inside" if view["inside"] else "outside", "recorded" if view["recorded"] else "live",
            view["how"])


def sent_to(truth, address, port):
    """Bytes on the wire from the recording server to one place; port: the server's."""
    return sum(talk["sent"] for talk in truth["wire"]["talks"]
               if talk["peer"][0] == address and port in (talk["local"][1], talk["peer"][1]))


def answered(truth, log, start):
    """Bytes that a web server's log has for requests that begin so: received and sent."""
    entries = [e for e in truth["logs"][log] if e["request"].startswith(start)]
    return [sum(e[way] for e in entries) for way in ("received", "sent")]


def expected(truth, arrived):
    """Rows that must be there, and no others, with their bytes; copies to the NAS are not among them.
    arrived: what each leak of a live picture left outside."""
    return {
        ("door", "10.30.0.30", "inside", "live", "bytes_fit"): sent_to(truth, "10.30.0.30", 80),
        ("gate", "fd00:30::30", "inside", "recorded", "recording_path"):
            sent_to(truth, "fd00:30::30", 80),
        ("gate", "2001:db8::66", "outside", "recorded", "recording_path"):
            answered(truth, "outside", "PUT /drop/")[0],
        ("gate", "203.0.113.66", "outside", "live", "only_source"): arrived["live"],
        ("gate", "203.0.113.66", "outside", "live", "bytes_fit"): arrived["chain"],
    }


def copied(rows):
    """What went to the NAS, by camera."""
    return {key[0]: rows[key] for key in rows if key[1:] == ("10.30.0.40", "inside", "recorded",
                                                            "recording_path")}

#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Makes recordings smaller and leaves every event as it is: blocks as large as the format allows instead of
one each second or so, compressed as hard as zstd can. Usage: pack.py FILE.nwr..."""

import struct
import subprocess
import sys

BLOCK_MAX = 256 << 10  # plain bytes, as user/recording_format.h has it


def zstd(data, *options):
    """One frame, with its checksum."""
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, capture_output=True, check=True).stdout


def blocks(data):
    """Plain bytes of each block."""
    while data:
        magic, packed, plain = struct.unpack_from("<4sII", data)
        if magic != b"NWB1" or len(data) < 12 + packed:
            raise ValueError("a block is damaged or cut")
        text = zstd(data[12:12 + packed], "-d")
        if len(text) != plain:
            raise ValueError("a block's length is wrong")
        yield text
        data = data[12 + packed:]


def joined(parts):
    """The same bytes in as few blocks as may be; events do not cross blocks."""
    held = b""
    for part in parts:
        if held and len(held) + len(part) > BLOCK_MAX:
            yield held
            held = b""
        held += part
    if held:
        yield held


def pack(path):
    """One file, in place."""
    with open(path, "rb") as file:
        data = file.read()
    magic, length = struct.unpack_from("<4sI", data)
    if magic != b"NWR1":
        raise ValueError(f"{path}: not a recording")
    result = data[:8 + length]
    for plain in joined(blocks(data[8 + length:])):
        frame = zstd(plain, "-12", "--check", f"--stream-size={len(plain)}")
        result += struct.pack("<4sII", b"NWB1", len(frame), len(plain)) + frame
    with open(path, "wb") as file:
        file.write(result)
    return len(data), len(result)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"{name}: {' -> '.join(map(str, pack(name)))}")

#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Makes recordings smaller and leaves every event as it is: blocks as large as the format allows instead of
one each second or so, compressed as hard as zstd can. With --ticks=MS it also leaves out ticks where nothing but
ticks is, so that there is one each MS: idle hours then cost little. Usage: pack.py [--ticks=MS] FILE.nwr..."""

import struct
import subprocess
import sys

BLOCK_MAX = 256 << 10  # plain bytes, as user/recording_format.h has it
TICK = 5  # NW_SHAPE_TICK of include/nw_event.h
GAP_NS = 10**9  # a tick beside a longer silence stays: it says how long the silence was
JUMP_NS = 10**8  # one of the clocks went otherwise than the others: both ticks stay


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


def events(plain):
    """Each event of a block with the padding behind it."""
    at = 0
    while at < len(plain):
        size = (struct.unpack_from("<I", plain, at)[0] + 7) & ~7
        if not 16 <= size <= len(plain) - at:
            raise ValueError("an event's size is wrong")
        yield plain[at:at + size]
        at += size


def clocks(event):
    """Of a tick the boot clock, and how far the others are from it; of anything else nothing."""
    if event[6] != TICK:
        return None
    boot, wall, _, mono = struct.unpack_from("<QQQQ", event, 8)
    return boot, wall - boot, mono - boot


def is_even(one, other):
    """Whether nothing happened between two ticks that follow each other."""
    return (one and other and other[0] - one[0] <= GAP_NS
            and all(abs(a - b) < JUMP_NS for a, b in zip(one[1:], other[1:])))


def thinned(parts, period_ns):
    """The same without ticks that have ticks on both sides and are not needed for one each period."""
    every = [event for part in parts for event in events(part)]
    ticks = [clocks(event) for event in every]
    kept_ns = 0
    for i, event in enumerate(every):
        is_idle = (0 < i < len(every) - 1 and is_even(ticks[i - 1], ticks[i])
                   and is_even(ticks[i], ticks[i + 1]))
        if is_idle and ticks[i + 1][0] - kept_ns <= period_ns:
            continue
        if ticks[i]:
            kept_ns = ticks[i][0]
        yield event


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


def pack(path, ticks_ms=0, change=None):
    """One file, in place; `change` makes other events of its events."""
    with open(path, "rb") as file:
        data = file.read()
    magic, length = struct.unpack_from("<4sI", data)
    if magic != b"NWR1":
        raise ValueError(f"{path}: not a recording")
    result = data[:8 + length]
    parts = blocks(data[8 + length:])
    parts = change(parts) if change else parts
    for plain in joined(thinned(parts, ticks_ms * 10**6) if ticks_ms else parts):
        frame = zstd(plain, "--ultra", "-22", "--check", f"--stream-size={len(plain)}")
        result += struct.pack("<4sII", b"NWB1", len(frame), len(plain)) + frame
    with open(path, "wb") as file:
        file.write(result)
    return len(data), len(result)


if __name__ == "__main__":
    names = [arg for arg in sys.argv[1:] if not arg.startswith("--ticks=")]
    wanted = [int(arg[8:]) for arg in sys.argv[1:] if arg.startswith("--ticks=")]
    for name in names:
        print(f"{name}: {' -> '.join(map(str, pack(name, *wanted)))}")

# SPDX-License-Identifier: Apache-2.0
"""Puts idle time into a recording: what a scene does every so many seconds becomes what is done every hour or so.
Every time in every event is moved by one growing function, so that who began first still did; the idle time itself,
33 to 83 minutes at each place, is ticks alone. No event is left out and no number of bytes is touched."""

import random
import struct

from pack import TICK, events

# where an event of each shape has times of the boot clock, beside its own: include/nw_event.h
TIMES = {1: (16, 32), 2: (24, 40, 56, 64), 3: (24,), 4: (16, 24), 8: (16, 40), 9: (16,)}
WALL = 10**18  # ns; a time beyond is one of the wall clock
PERIOD_NS = 8 << 30  # of ticks while nothing happens: the lower half of their digits is the same


class Pauses:
    """Idle time behind each `every_s` seconds of a scene, but not at its end; how much is drawn by its name. All
    times are of the wall clock."""

    def __init__(self, began_ns, ended_ns, every_s, name):
        dice = random.Random(name)
        every_ns = every_s * 10**9
        self.cuts = [(cut, dice.randrange(2000, 5000) * 10**9)
                     for cut in range(began_ns + every_ns, ended_ns - 10**9, every_ns)]

    def before(self, at):
        """Idle time that was put in up to a time."""
        return sum(pause for cut, pause in self.cuts if cut <= at)

    def moved(self, event, offset):
        """One event, `offset` from the boot clock to the wall clock."""
        data, shape = bytearray(event), event[6]
        at, = struct.unpack_from("<Q", data, 8)
        for place in (8, *TIMES.get(shape, ())):
            time, = struct.unpack_from("<Q", data, place)
            wall = time if time > WALL else time + offset
            struct.pack_into("<Q", data, place, time + self.before(wall) if time else 0)
        for place in (16, 32) if shape == TICK else ():
            time, = struct.unpack_from("<Q", data, place)
            struct.pack_into("<Q", data, place, time + self.before(at + offset))
        return bytes(data)


def idle(tick, until):
    """Ticks behind one until the boot clock is there."""
    boot, wall, _, mono = struct.unpack_from("<QQQQ", tick, 8)
    for more in range(PERIOD_NS, until - boot, PERIOD_NS):
        yield tick[:8] + struct.pack("<QQQQ", boot + more, wall + more, PERIOD_NS, mono + more)


def stretched(parts, pauses):
    """The same with idle time between."""
    every = [event for part in parts for event in events(part)]
    boot, wall = next(struct.unpack_from("<QQ", event, 8) for event in every if event[6] == TICK)
    last = None
    for event in every:
        moved = pauses.moved(event, wall - boot)
        if event[6] == TICK:
            at, = struct.unpack_from("<Q", moved, 8)
            yield from idle(last or moved, at)
            last = moved
        yield moved

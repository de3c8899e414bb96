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
    """Where idle time is put in, on the boot clock, and how much."""

    def __init__(self, cuts, name):
        dice = random.Random(name)
        self.cuts = [(cut, dice.randrange(2000, 5000) * 10**9) for cut in cuts]

    def before(self, at):
        """Idle time that was put in up to a time."""
        return sum(pause for cut, pause in self.cuts if cut <= at)

    def moved(self, event, offset):
        """One event, `offset` from the boot clock to the wall clock."""
        data, shape = bytearray(event), event[6]
        at, = struct.unpack_from("<Q", data, 8)
        for place in (8, *TIMES.get(shape, ())):
            time, = struct.unpack_from("<Q", data, place)
            boot = time - offset if time > WALL else time
            struct.pack_into("<Q", data, place, time + self.before(boot) if time else 0)
        for place in (16, 32) if shape == TICK else ():
            time, = struct.unpack_from("<Q", data, place)
            struct.pack_into("<Q", data, place, time + self.before(at))
        return bytes(data)


def idle(tick, until):
    """Ticks behind one until the boot clock is there."""
    boot, wall, _, mono = struct.unpack_from("<QQQQ", tick, 8)
    for more in range(PERIOD_NS, until - boot, PERIOD_NS):
        yield tick[:8] + struct.pack("<QQQQ", boot + more, wall + more, PERIOD_NS, mono + more)


def stretched(parts, began_ns, every_s, name):
    """The same with idle time behind each `every_s` seconds from `began_ns` on, of the wall clock."""
    every = [event for part in parts for event in events(part)]
    ticks = [struct.unpack_from("<QQ", event, 8) for event in every if event[6] == TICK]
    offset = ticks[0][1] - ticks[0][0]
    cuts = range(began_ns - offset + every_s * 10**9, ticks[-1][0] - 5 * 10**9, every_s * 10**9)
    pauses, last = Pauses(cuts, name), None
    for event in every:
        moved = pauses.moved(event, offset)
        if event[6] == TICK:
            at, = struct.unpack_from("<Q", moved, 8)
            yield from idle(last or moved, at)
            last = moved
        yield moved


def ended(began_ns, ended_ns, every_s, name):
    """When a scene ended, idle time included."""
    cuts = range(began_ns + every_s * 10**9, ended_ns + 10**9, every_s * 10**9)
    return ended_ns + Pauses(cuts, name).before(ended_ns)

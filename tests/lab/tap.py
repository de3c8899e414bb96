#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""The wire's own truth: reads every packet of the network namespace it runs in and counts payload for
each conversation, TCP by sequence numbers, so that what is sent twice counts once.
A conversation is seen from this host: `sent` and `received` are bytes of payload.
Whoever connects to the Unix socket gets everything counted so far as JSON. Packets that did not fit
into the socket's buffer are counted as `dropped`, frames that the kernel's interface counters have
and we have not as `unseen`; then the truth of datagrams is not the whole truth.
Usage: tap.py SOCKET"""

import collections
import json
import selectors
import socket
import struct
import sys

ETH_P_ALL, SOL_PACKET, PACKET_STATISTICS, PACKET_OUTGOING = 3, 263, 6, 4
FIN, SYN, RST, ACK = 1, 2, 4, 16
ICMP, TCP, UDP = 1, 6, 17
HALF = 1 << 31


class Direction:
    """One way of a TCP connection."""

    def __init__(self):
        self.first = None  # sequence number of the first byte
        self.bytes = 0
        self.has_fin = False
        self.taken = 0  # bytes of this way that the other end's TCP said it has

    def see(self, sequence, length, flags):
        """One segment of this way."""
        if flags & SYN:
            self.first = sequence + 1
        elif self.first is None:
            self.first = sequence  # open before the tap
        if length > 0:  # an acknowledgement of a FIN stands one behind the last byte
            end = sequence + bool(flags & SYN) + length
            self.bytes = max(self.bytes, self.place(end))
        self.has_fin |= bool(flags & FIN)

    def take(self, sequence):
        """The other end acknowledged all in front of `sequence`; a FIN is one behind the last byte."""
        if self.first is not None:
            self.taken = max(self.taken, min(self.place(sequence), self.bytes))

    def place(self, sequence):
        """How many bytes are in front of it."""
        return (sequence - self.first + HALF) % (1 << 32) - HALF


class Talk:
    """One conversation: local address and port, peer's address and port."""

    def __init__(self, proto, key, interface):
        self.proto, self.key, self.interface = proto, key, interface
        self.out, self.into = Direction(), Direction()
        self.packets_out = self.packets_in = 0
        self.opener = None
        self.has_reset = self.is_deaf = False

    def see_tcp(self, is_out, segment, length):
        """A TCP segment with `length` bytes from its header on."""
        sequence, taken, offset, flags = struct.unpack_from("!IIBB", segment, 4)
        way, other = (self.out, self.into) if is_out else (self.into, self.out)
        if flags & SYN and not flags & ACK:
            self.opener = "local" if is_out else "peer"
        if flags & ACK:
            other.take(taken)
        if not flags & RST:
            if is_out or not self.is_deaf:
                way.see(sequence, length - (offset >> 4) * 4, flags)
        elif is_out:
            # What came when, or while, the socket was closed has no reader; the reset names all that
            # has, or the FIN in front of it does, which another CPU may deliver behind it.
            self.is_deaf = True
        self.has_reset |= bool(flags & RST)

    def see_udp(self, is_out, length):
        """A datagram with `length` bytes from its header on."""
        way = self.out if is_out else self.into
        way.bytes += length - 8

    def json(self):
        """As the truth file has it."""
        return {"proto": "tcp" if self.proto == TCP else "udp", "interface": self.interface,
                "local": list(self.key[:2]), "peer": list(self.key[2:]), "opener": self.opener,
                "sent": self.out.bytes, "received": self.into.taken if self.is_deaf else self.into.bytes,
                "packets_sent": self.packets_out, "packets_received": self.packets_in,
                "closed": self.has_reset or (self.out.has_fin and self.into.has_fin),
                "reset": self.has_reset}


def frames():
    """By interface, what went over it, by the kernel's count; over loopback, what came in."""
    counts = {}
    with open("/proc/self/net/dev", encoding="ascii") as lines:
        for line in list(lines)[2:]:
            name, fields = line.split(":")
            numbers = [int(field) for field in fields.split()]
            counts[name.strip()] = numbers[1] + (numbers[9] if name.strip() != "lo" else 0)
    return counts


class Tap:
    """All conversations of a namespace."""

    def __init__(self):
        self.talks, self.ended, self.fragments = {}, [], 0
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.setblocking(False)
        self.buffer = bytearray(256)
        self.dropped = 0
        self.frames, self.before = collections.Counter(), frames()

    def read(self):
        """Every packet that is there."""
        while True:
            try:
                _, where = self.socket.recvfrom_into(self.buffer)
            except BlockingIOError:
                return
            interface, is_out = where[0], where[2] == PACKET_OUTGOING
            if interface == "lo" and is_out:
                continue  # comes in again
            self.frames[interface] += 1
            self.packet(interface, is_out)

    def packet(self, interface, is_out):
        """One IP packet."""
        packet = self.buffer
        if packet[0] >> 4 == 4:
            size, proto = (packet[0] & 15) * 4, packet[9]
            length = struct.unpack_from("!H", packet, 2)[0] - size
            ends = [socket.inet_ntop(socket.AF_INET, packet[at:at + 4]) for at in (12, 16)]
            is_fragment = struct.unpack_from("!H", packet, 6)[0] & 0x3fff
        elif packet[0] >> 4 == 6:
            size, proto = 40, packet[6]
            length = struct.unpack_from("!H", packet, 4)[0]
            ends = [socket.inet_ntop(socket.AF_INET6, packet[at:at + 16]) for at in (8, 24)]
            is_fragment = proto == 44
        else:
            return
        if is_fragment:
            self.fragments += 1
            return
        if proto == ICMP and is_out:
            self.refused(size)
        if proto not in (TCP, UDP):
            return
        ports = struct.unpack_from("!HH", packet, size)
        source, target = (ends[0], ports[0]), (ends[1], ports[1])
        if interface == "lo":
            self.count(proto, True, (*source, *target), interface, size, length)
            self.count(proto, False, (*target, *source), interface, size, length)
        else:
            key = (*source, *target) if is_out else (*target, *source)
            self.count(proto, is_out, key, interface, size, length)

    def refused(self, at):
        """A datagram came when nobody was there any more: the kernel sends its headers back."""
        packet, inner = self.buffer, at + 8
        if (packet[at], packet[at + 1]) != (3, 3) or packet[inner + 9] != UDP:
            return
        ports = inner + (packet[inner] & 15) * 4
        theirs, ours = (socket.inet_ntop(socket.AF_INET, packet[inner + i:inner + i + 4])
                        for i in (12, 16))
        source, target, length = struct.unpack_from("!HHH", packet, ports)
        talk = self.talks.get((UDP, (ours, target, theirs, source)))
        if talk:
            talk.into.bytes -= length - 8
            talk.packets_in -= 1

    def count(self, proto, is_out, key, interface, at, length):
        """One packet of one conversation, seen from `key`'s first end."""
        talk = self.talks.get((proto, key))
        if proto == TCP and talk and self.buffer[at + 13] & (SYN | ACK) == SYN:
            sequence = struct.unpack_from("!I", self.buffer, at + 4)[0]
            way = talk.out if is_out else talk.into
            if way.first != sequence + 1:
                self.ended.append(talk)  # the same ports again
                talk = None
        if not talk:
            talk = self.talks[(proto, key)] = Talk(proto, key, interface)
        if is_out:
            talk.packets_out += 1
        else:
            talk.packets_in += 1
        if proto == TCP:
            talk.see_tcp(is_out, self.buffer[at:at + 20], length)
        else:
            talk.see_udp(is_out, length)

    def json(self):
        """Everything so far."""
        statistics = self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        self.dropped += struct.unpack("II", statistics)[1]
        unseen = {name: count - self.before[name] - self.frames[name]
                  for name, count in frames().items()}
        talks = [*self.ended, *self.talks.values()]
        return {"dropped": self.dropped, "fragments": self.fragments, "unseen": unseen,
                "talks": [talk.json() for talk in talks]}


def main():
    """Until somebody ends it."""
    tap, selector = Tap(), selectors.DefaultSelector()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(sys.argv[1])
        server.listen()
        selector.register(tap.socket, selectors.EVENT_READ)
        selector.register(server, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                tap.read()
                if key.fileobj is server:
                    with server.accept()[0] as client:
                        client.sendall(json.dumps(tap.json()).encode())


if __name__ == "__main__":
    main()

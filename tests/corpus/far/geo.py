#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Whose the lab's outside is: files in MaxMind's format (maxmind.github.io/MaxMind-DB) for country and operator,
in which each network of documentation has one of its own. Usage: geo.py, with LAB"""

import ipaddress
import os

PLACES = (("203.0.113.0/24", "DE", 64496, "Example Transit"), ("198.51.100.0/24", "SG", 64500, "Example Hosting"),
          ("2001:db8::/32", "BR", 64502, "Example Cable"))


def packed(value):
    """One value of the data section."""
    if isinstance(value, dict):
        return bytes([7 << 5 | len(value)]) + b"".join(packed(k) + packed(v) for k, v in value.items())
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(packed, value))
    if isinstance(value, tuple):  # a number of 2, 4 or 8 bytes
        size, number = value
        return {2: b"\xa2", 4: b"\xc4", 8: b"\x08\x02"}[size] + number.to_bytes(size, "big")
    text = value.encode()
    return bytes([2 << 5 | len(text)] if len(text) < 29 else [2 << 5 | 29, len(text) - 29]) + text


def write(name, kind, record_of):
    """A tree of IPv6 with records of 24 bits; IPv4 stands at ::/96."""
    nodes, data = [[0, 0]], b""
    for place in PLACES:
        network = ipaddress.ip_network(place[0])
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[:network.prefixlen]
        bits = "0" * 96 * (network.version == 4) + bits
        at = 0
        for bit in bits[:-1]:
            if not nodes[at][int(bit)]:
                nodes[at][int(bit)] = len(nodes)
                nodes.append([0, 0])
            at = nodes[at][int(bit)]
        nodes[at][int(bits[-1])] = -len(data) - 1
        data += packed(record_of(place))
    count = len(nodes)
    tree = b"".join((side or count if side >= 0 else count + 16 - side - 1).to_bytes(3, "big")
                    for node in nodes for side in node)
    about = {"binary_format_major_version": (2, 2), "binary_format_minor_version": (2, 0), "ip_version": (2, 6),
             "record_size": (2, 24), "node_count": (4, count), "build_epoch": (8, 1700000000), "database_type": kind, "languages": ["en"],
             "description": {"en": kind}}
    with open(f"{os.environ['LAB']}/{name}.mmdb", "wb") as file:
        file.write(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + packed(about))


write("country", "GeoLite2-Country", lambda p: {"country": {"iso_code": p[1]}})
write("asn", "GeoLite2-ASN", lambda p: {"autonomous_system_number": (4, p[2]), "autonomous_system_organization": p[3]})

# SPDX-License-Identifier: Apache-2.0
"""JA4 of a ClientHello, from its specification and from numbers that tshark read: a second
implementation, to hold the first against. Knows no bytes of the wire."""

import hashlib

VERSIONS = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
            0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3"}
SNI, SIGNATURES, ALPN, SIGNATURES_CERT, DELEGATED = 0, 13, 16, 50, 34


def is_grease(number):
    """RFC 8701: 0x0a0a, 0x1a1a, ... 0xfafa."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


def _hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12


def _alpn(first):
    """First and last character; where one of them is no letter or digit, those of the hex form."""
    if not first:
        return "00"
    ends = bytes((first[0], first[-1]))
    if ends.isalnum():
        return ends.decode()
    return first.hex()[0] + first.hex()[-1]


def signatures(extensions, lengths, algorithms):
    """Those of signature_algorithms: tshark lists them together with those of other extensions."""
    at = 0
    for kind, size in zip([e for e in extensions if e in (SIGNATURES, SIGNATURES_CERT, DELEGATED)],
                          lengths):
        if kind == SIGNATURES:
            return algorithms[at:at + size // 2]
        at += size // 2
    return []


def ja4(transport, hello):
    """hello: version, versions, ciphers, extensions, algorithms (numbers), alpn (bytes or None)."""
    def plain(numbers):
        return [n for n in numbers if not is_grease(n)]

    offered = plain(hello["versions"])
    ciphers, extensions = plain(hello["ciphers"]), plain(hello["extensions"])
    rest = ",".join(f"{e:04x}" for e in sorted(extensions) if e not in (SNI, ALPN))
    algorithms = ",".join(f"{a:04x}" for a in plain(hello["algorithms"]))
    if rest and algorithms:
        rest += "_" + algorithms
    version = VERSIONS.get(max(offered) if offered else hello["version"], "00")
    return (f"{transport}{version}{'d' if SNI in extensions else 'i'}"
            f"{min(len(ciphers), 99):02}{min(len(extensions), 99):02}{_alpn(hello['alpn'])}"
            f"_{_hash(','.join(f'{c:04x}' for c in sorted(ciphers)))}_{_hash(rest)}")

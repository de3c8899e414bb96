# SPDX-License-Identifier: Apache-2.0
"""Holds what nvrwatch says of a capture against what tshark says of it, field by field."""

import collections
import json
import re
import subprocess

import oracle

SCALARS = ("tls.client.server_name tls.client.ja4 tls.version tls.cipher tls.next_protocol "
           "http.request.method http.version http.response.status_code url.domain url.path "
           "user_agent.original nvrwatch.server.software nvrwatch.client.software "
           "nvrwatch.server.name nvrwatch.client.name nvrwatch.rtsp.method nvrwatch.rtsp.status "
           "nvrwatch.stun.method nvrwatch.stun.mapped nvrwatch.stun.relayed nvrwatch.stun.peer "
           "nvrwatch.realm").split()
LISTS = ("nvrwatch.tls.alpn", "tls.server.x509.alternative_names",
         "tls.server.x509.subject.common_name", "tls.server.x509.issuer.common_name")
VALUE_MAX = 255
# What is inside: ours names the deeper one.
DEEPER = {"isapi": "http", "onvif": "http", "igd": "http", "rtcp": "rtp"}
READ = set(oracle.PROTOCOLS) | {"natpmp", "pcp", "rtp"}

Difference = collections.namedtuple("Difference", "capture where field ours theirs")


def at(record, dotted):
    """record["a"]["b"] of "a.b", or None."""
    for key in dotted.split("."):
        if not isinstance(record, dict) or key not in record:
            return None
        record = record[key]
    return record


class Ours:
    """nvrwatch's records of a capture: flows by their two ends in the order of their starts."""

    def __init__(self, nvrwatch, path):
        flows, self.names = {}, {}
        done = subprocess.run([nvrwatch, "decode", path, "-o", "json"], capture_output=True,
                              check=False)
        self.status = done.returncode
        for line in done.stdout.decode("utf-8").splitlines():
            record = json.loads(line)
            dataset = at(record, "event.dataset")
            if dataset == "nvrwatch.flow" and at(record, "source.port") is not None:
                self._flow(flows, record)
            elif dataset == "nvrwatch.dns" and at(record, "event.action") == "answered":
                self._name(record)
        self.flows = collections.defaultdict(list)
        for flow in sorted(flows.values(), key=lambda f: f["start"]):
            self.flows[flow["ends"]].append(flow)

    @staticmethod
    def _end(record, side):
        return at(record, side + ".ip"), at(record, side + ".port")

    def _flow(self, flows, record):
        ends = frozenset((self._end(record, "source"), self._end(record, "destination")))
        flow = flows.setdefault(at(record, "nvrwatch.flow.id"), {
            "ends": (at(record, "network.transport"), ends), "start": at(record, "event.start"),
            "said": {}})
        for key in SCALARS + list(LISTS) + ["network.protocol", "nvrwatch.protocol_basis"]:
            value = at(record, key)
            if value is not None:
                flow["said"][key] = value

    def _name(self, record):
        key = (at(record, "network.transport"), self._end(record, "source"),
               self._end(record, "destination"), int(at(record, "dns.id")),
               dns_name(at(record, "dns.question.name") or ""),
               number_of(at(record, "dns.question.type"), TYPES, "TYPE"))
        self.names.setdefault(key, record)


# ---- one value -----------------------------------------------------------------------------------
def plain(text):
    """tshark's and JSON's way to write a byte that is not printable, as one."""
    text = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), str(text))
    text = text.replace("\\\"", "\"").replace("\\\\", "\\").replace("\\t", "\t")
    return "".join(c if " " <= c <= "~" else "?" for c in text)


def is_equal(key, ours, theirs):
    """ours: text, number, list or None; theirs: all values that tshark has, the first one first."""
    if key in LISTS:
        ours = ours or []
        wanted = [plain(v)[:VALUE_MAX] for v in theirs]
        return [plain(v) for v in ours] == wanted[:max(len(ours), 8)]
    if ours is None:
        return not theirs
    return bool(theirs) and plain(ours) == plain(theirs[0])[:VALUE_MAX]


def dns_name(text):
    """One of our names as oracle.dns_name() has it: RFC 1035 5.1's escapes are undone."""
    text = re.sub(r"(\\\d{3}|\?)+", "?", text)
    return re.sub(r"\\(.)", r"\1", text)


# ---- a capture -----------------------------------------------------------------------------------
class Result:
    """What came of a comparison; add() puts two together."""

    def __init__(self):
        self.compared, self.equal = collections.Counter(), collections.Counter()
        self.left_out, self.differences = collections.Counter(), []

    def judge(self, capture, where, field, is_same, pair):
        """One value that at least one side has."""
        self.compared[field] += 1
        if is_same:
            self.equal[field] += 1
        else:
            self.differences.append(Difference(capture, where, field, *map(str, pair)))

    def add(self, other):
        """Sums up."""
        self.compared += other.compared
        self.equal += other.equal
        self.left_out += other.left_out
        self.differences += other.differences


def merged(flows):
    """What was said first in any of them."""
    said = {}
    for flow in flows:
        for key, value in flow["said"].items():
            said.setdefault(key, value)
    return said


def protocol(result, capture, where, stream, said):
    """What is spoken: ours is one of tshark's; only who speaks by content alone can be wrong."""
    ours = said.get("network.protocol")
    ours = DEEPER.get(ours, ours)
    theirs = stream.protocols
    if ours not in READ and not theirs:
        return
    if not theirs and said.get("nvrwatch.protocol_basis") != "content":
        result.left_out["protocols that we know by the port alone, and say so"] += 1
        return
    result.judge(capture, where, "network.protocol", ours in theirs, (ours, ",".join(theirs)))


def streams(result, capture, theirs, ours):
    """All streams of one capture."""
    groups = collections.defaultdict(list)
    for stream in theirs.streams.values():
        ends = frozenset(map(oracle.canonical, (stream.client, stream.server)))
        groups[stream.transport, ends].append(stream)
    for ends, group in groups.items():
        flows = ours.flows.get(ends, [])
        pairs = ([(s, f["said"]) for s, f in zip(group, flows)] if len(group) == len(flows)
                 else [(group[0], merged(flows))])
        if len(group) > len(pairs):
            result.left_out["streams of the same two ends that are counted otherwise"] += 1
        for stream, said in pairs:
            doubts = sorted(stream.doubts) + ([] if stream.began else ["the beginning is missing"])
            if doubts:
                result.left_out[doubts[0]] += 1
                continue
            where = "{}:{}-{}:{}".format(*stream.client, *stream.server)
            protocol(result, capture, where, stream, said)
            greeting = plain(" ".join(stream.said["greeting"]))
            if greeting and plain(said.get("nvrwatch.server.software", "")) in greeting:
                stream.said["nvrwatch.server.software"] = [said.get("nvrwatch.server.software")]
            for key in SCALARS + list(LISTS):
                if key in said or any(stream.said[key]):
                    result.judge(capture, where, key, is_equal(key, said.get(key),
                                 stream.said[key]), (said.get(key), stream.said[key][:9]))


TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16,
         "RP": 17, "AFSDB": 18, "AAAA": 28, "SRV": 33, "NAPTR": 35, "DNAME": 39, "OPT": 41,
         "DS": 43, "SSHFP": 44, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "NSEC3": 50, "TLSA": 52,
         "SVCB": 64, "HTTPS": 65, "SPF": 99, "AXFR": 252, "ANY": 255, "URI": 256, "CAA": 257}
CODES = {"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5,
         "YXDOMAIN": 6, "YXRRSET": 7, "NXRRSET": 8, "NOTAUTH": 9, "NOTZONE": 10, "BADVERS": 16,
         "BADSIG": 16, "BADCOOKIE": 23}
ADDRESS_HINTS = (64, 65)  # of these ours tells each address, tshark 4.0 no field by itself


def number_of(text, words, front):
    """Of "AAAA" or "TYPE28" the number; a text that is neither is equal to none."""
    if text in words:
        return words[text]
    rest = (text or "").removeprefix(front)
    return int(rest) if rest.isdigit() else text


def answers(record):
    """[(name, type, data)] of one of our records."""
    return [(dns_name(a.get("name", "")), number_of(a.get("type"), TYPES, "TYPE"),
             dns_name(a["data"]) if "data" in a else None)
            for a in at(record, "dns.answers") or []]


def names(result, capture, theirs, ours):
    """All DNS exchanges that tshark saw both halves of."""
    for key, facts in theirs.answers.items():
        if facts["doubts"]:
            result.left_out[sorted(facts["doubts"])[0]] += 1
            continue
        transport, client, server, number, name, kind = key
        if 5353 in (client[1], server[1]):
            continue  # no exchange: everybody asks and answers
        where = f"{client[0]}:{client[1]}-{server[0]} {number} {name} type {kind}"
        record = ours.names.get((transport, oracle.canonical(client), oracle.canonical(server),
                                 number, name, kind))
        result.judge(capture, where, "dns.question", record is not None, (record, name))
        if record is None:
            continue
        told = at(record, "dns.response_code")
        result.judge(capture, where, "dns.response_code",
                     number_of(told, CODES, "RCODE") == facts["rcode"], (told, facts["rcode"]))
        mine = [a for a in answers(record) if a[1] not in ADDRESS_HINTS]
        want = [a for a in facts["answers"] if a[1] not in ADDRESS_HINTS]
        result.judge(capture, where, "dns.answers", mine == want, (mine, want))


def capture(nvrwatch, name, path, cache):
    """The result of one capture; None when nvrwatch does not read it."""
    ours = Ours(nvrwatch, path)
    if ours.status:
        return None
    theirs = oracle.Capture(path, cache)
    result = Result()
    result.left_out += theirs.left_out
    streams(result, name, theirs, ours)
    names(result, name, theirs, ours)
    return result

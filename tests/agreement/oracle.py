# SPDX-License-Identifier: Apache-2.0
"""What tshark says of a capture: for each stream what its two ends said, and each DNS exchange, in
the words of nvrwatch's records. Bytes are read by tshark (and certificates by OpenSSL), never here
but for fields of RTSP, which tshark has no names for."""

import collections
import gzip
import hashlib
import ipaddress
import os
import re
import subprocess

import certificate
import ja4

LIST = "\x1e"
FRAME = ("frame.number frame.protocols frame.len frame.cap_len ip.src ip.dst ipv6.src ipv6.dst "
         "ip.flags.mf ip.frag_offset tcp.stream udp.stream tcp.srcport tcp.dstport udp.srcport "
         "udp.dstport tcp.flags.syn tcp.flags.ack tcp.analysis.lost_segment _ws.malformed").split()
FIELDS = FRAME + (
    "tls.handshake.type tls.handshake.version tls.handshake.ciphersuite "
    "tls.handshake.extension.type tls.handshake.extensions_server_name "
    "tls.handshake.extensions_alpn_str tls.handshake.sig_hash_alg tls.handshake.sig_hash_alg_len "
    "tls.handshake.extensions.supported_version tls.handshake.certificate quic.version "
    "http.request.method http.request.uri http.request.version http.host http.user_agent "
    "http.server http.www_authenticate http.response.code http.response.version "
    "http.response_for.uri "
    "rtsp.method rtsp.url rtsp.status tcp.payload ssh.protocol stun.type stun.type.method "
    "stun.type.class "
    "stun.att.ipv4-xord stun.att.ipv6-xord stun.att.port-xord stun.att.type "
    "stun.att.ipv4 stun.att.ipv6 stun.att.port stun.att.realm stun.att.software "
    "smtp.req.command smtp.req.parameter smtp.response.code smtp.rsp.parameter "
    "ftp.response.code ftp.response.arg "
    "dns.id dns.flags.response dns.flags.opcode dns.flags.rcode dns.flags.truncated dns.qry.name "
    "dns.qry.type dns.count.queries dns.count.answers dns.resp.name dns.resp.type dns.resp.ttl "
    "dns.resp.ext_rcode dns.a dns.aaaa dns.cname dns.ns dns.ptr.domain_name dns.mx.mail_exchange "
    "dns.srv.target dns.soa.mname").split()
# Messages are read as they come, by content before ports.
OPTIONS = ("-o tcp.reassemble_out_of_order:TRUE -o tcp.try_heuristic_first:TRUE "
           "-o tls.keylog_file: -o http.desegment_body:FALSE -Y tcp||udp -T fields -E separator=/t "
           "-E occurrence=a").split()
# The order counts: what comes first is what tshark would call the frame.
PROTOCOLS = ("tls quic http rtsp ssh stun smtp ftp mqtt ntp ssdp nat-pmp portcontrol mdns dns "
             "llmnr").split()
OURS = {"nat-pmp": ("natpmp",), "portcontrol": ("natpmp", "pcp"), "llmnr": ("dns",)}
HOLDERS = ("icmp", "icmpv6", "gre", "vxlan", "gtp", "teredo", "ipip", "mpls", "capwap", "erspan",
           "l2tp", "esp", "ah", "ppp", "hip", "lisp", "geneve", "tzsp", "openvpn")
QUIC_VERSIONS = (0, 1, 0x6B3343CF)  # negotiation, RFC 9000, RFC 9369
DATA = {1: "dns.a", 28: "dns.aaaa", 5: "dns.cname", 2: "dns.ns", 12: "dns.ptr.domain_name",
        15: "dns.mx.mail_exchange", 33: "dns.srv.target", 6: "dns.soa.mname"}


class Stream:
    """One connection, or all datagrams between two ends. said: key -> values, the first one first.
    doubts: why what is said of it need not be what a program on the host would have seen."""

    def __init__(self, transport, client, server):
        self.transport, self.client, self.server = transport, client, server
        self.said = collections.defaultdict(list)
        self.protocols, self.doubts = [], set()
        self.began = transport == "udp"

    def add(self, key, *values):
        """Notes what is not empty and not there yet. Space around a value is no part of it."""
        for value in (v.strip() for v in values):
            if value and value not in self.said[key]:
                self.said[key].append(value)


class Packet(dict):
    """One frame: field -> list of values."""

    def first(self, field):
        """The first value or ""."""
        return self[field][0] if self[field] else ""

    def numbers(self, field):
        """All values as numbers."""
        return [int(v, 0) for v in self[field]]

    def words(self):
        """The protocols in it."""
        return self.first("frame.protocols").split(":")

    def ends(self, transport):
        """(source, destination), each (address, port)."""
        ports = self.first(transport + ".srcport"), self.first(transport + ".dstport")
        pair = ("ip.src", "ip.dst") if self["ip.src"] else ("ipv6.src", "ipv6.dst")
        return tuple((self.first(a), int(p)) for a, p in zip(pair, ports))


def _run(path, output):
    """tshark's lines of a capture into a file. No keys are used, none is looked up; of payloads
    only those that are read here."""
    argv = ["tshark", "-n", "-r", path, *OPTIONS, "-E", "aggregator=" + LIST]
    for field in FIELDS:
        argv += ["-e", field]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          encoding="utf-8", errors="replace") as tshark:
        for line in tshark.stdout:
            cells = line.rstrip("\n").split("\t")
            if len(cells) != len(FIELDS):
                continue
            if "rtsp" not in cells[1]:
                cells[FIELDS.index("tcp.payload")] = ""
            output.write("\t".join(cells) + "\n")


def packets(path, cache):
    """All frames of a capture as tshark reads them; what it said of these bytes before is kept."""
    with open(path, "rb") as file:
        key = hashlib.sha256(" ".join(OPTIONS + FIELDS).encode() + file.read()).hexdigest()
    kept = os.path.join(cache, key + ".gz")
    if not os.path.exists(kept):
        with gzip.open(kept + ".new", "wt", compresslevel=1, encoding="utf-8") as output:
            _run(path, output)
        os.replace(kept + ".new", kept)
    with gzip.open(kept, "rt", encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            yield Packet((f, c.split(LIST) if c else []) for f, c in zip(FIELDS, cells))


# ---- what each protocol says ---------------------------------------------------------------------
def read_hello(stream, p, transport):
    """A ClientHello."""
    kinds = p.numbers("tls.handshake.extension.type")
    alpn = p["tls.handshake.extensions_alpn_str"]
    hello = {
        "version": p.numbers("tls.handshake.version")[0],
        "versions": p.numbers("tls.handshake.extensions.supported_version"),
        "ciphers": p.numbers("tls.handshake.ciphersuite"), "extensions": kinds,
        "algorithms": ja4.signatures(kinds, p.numbers("tls.handshake.sig_hash_alg_len"),
                                     p.numbers("tls.handshake.sig_hash_alg")),
        "alpn": alpn[0].encode() if alpn else None}
    stream.add("tls.client.server_name", p.first("tls.handshake.extensions_server_name"))
    stream.add("tls.client.ja4", ja4.ja4(transport, hello))
    if not stream.said["nvrwatch.tls.alpn"]:
        stream.add("nvrwatch.tls.alpn", *alpn)


def read_server_hello(stream, p):
    """A ServerHello; other messages that follow have none of its fields. Of QUIC it is not read by
    nvrwatch, nor what follows: docs/decoders.md."""
    if "quic" in p.words():
        return
    version = (p.numbers("tls.handshake.extensions.supported_version")
               or p.numbers("tls.handshake.version"))[0]
    names = {0x300: "3.0", 0x301: "1.0", 0x302: "1.1", 0x303: "1.2", 0x304: "1.3"}
    if version in names:
        stream.add("tls.version", names[version])
    stream.add("tls.cipher", f"0x{p.numbers('tls.handshake.ciphersuite')[0]:04x}")
    stream.add("tls.next_protocol", p.first("tls.handshake.extensions_alpn_str"))


def read_tls(stream, p):
    """TLS over TCP, or inside QUIC."""
    if "tls" not in p.words() and "quic" not in p.words():
        return
    kinds = p["tls.handshake.type"]
    if kinds.count("1") + kinds.count("2") > 1:
        stream.doubts.add("several hellos in one frame")
    elif "1" in kinds and p["tls.handshake.ciphersuite"]:  # else it is in SSLv2's form
        read_hello(stream, p, "q" if "quic" in p.words() else "t")
    elif "2" in kinds and p["tls.handshake.version"] and p["tls.handshake.ciphersuite"]:
        read_server_hello(stream, p)
    if (p["tls.handshake.certificate"] and "quic" not in p.words()
            and "certificate" not in stream.said):
        stream.add("certificate", "seen")
        names = certificate.names(bytes.fromhex(p.first("tls.handshake.certificate")))
        for key, values in names.items():
            stream.add("tls.server.x509." + key, *values)


def path_of(target):
    """Without scheme, host, query."""
    target = target.split("?")[0].split("#")[0]
    if "://" in target:
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    return target


def host_of(value):
    """Without user and port."""
    value = value.rpartition("@")[2]
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0]


def realm_of(challenge):
    """The realm of a challenge, quoted or not; tshark writes a quote with a backslash."""
    found = re.search(r'realm=(?:\\?"(.*?)\\?"|([^,\s]+))', challenge, re.IGNORECASE)
    return (found[1] or found[2]) if found else ""


def read_http(stream, p):
    """A request or an answer; of SSDP the same fields."""
    words = p.words()
    if "http" not in words or "tls" in words:
        return
    if p["http.request.method"]:
        stream.add("http.request.method", p.first("http.request.method"))
        stream.add("url.domain", host_of(p.first("http.host")))
        stream.add("user_agent.original", p.first("http.user_agent"))
        if p.first("http.request.method") != "CONNECT":
            stream.add("url.path", path_of(p.first("http.request.uri")))
    if p["http.response.code"]:
        stream.add("http.response.status_code", p.first("http.response.code"))
        stream.add("nvrwatch.server.software", p.first("http.server"))
        stream.add("nvrwatch.realm", realm_of(p.first("http.www_authenticate")))
    stream.add("http.version", (p.first("http.request.version")
                                or p.first("http.response.version")).removeprefix("HTTP/"))


def read_ssdp(stream, p):
    """An announcement, a search or an answer."""
    if "ssdp" in p.words():
        stream.add("user_agent.original", p.first("http.user_agent"))
        stream.add("nvrwatch.server.software", p.first("http.server"))


def read_rtsp(stream, p):
    """tshark names method, URL and status; who asks and answers stands in the payload."""
    if "rtsp" not in p.words():
        return
    stream.add("nvrwatch.rtsp.method", p.first("rtsp.method"))
    stream.add("url.path", path_of(p.first("rtsp.url")))
    if "://" in p.first("rtsp.url"):
        stream.add("url.domain", host_of(p.first("rtsp.url").split("/")[2]))
    stream.add("nvrwatch.rtsp.status", p.first("rtsp.status"))
    for line in bytes.fromhex(p.first("tcp.payload")).split(b"\r\n\r\n")[0].split(b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "user-agent":
            stream.add("user_agent.original", value.strip())
        elif name.lower() == "www-authenticate":
            stream.add("nvrwatch.realm", realm_of(value))
        elif name.lower() == "server":
            stream.add("nvrwatch.server.software", value.strip())


def side(stream, p):
    """"client" or "server": who sent it."""
    return "client" if p.ends(stream.transport)[0] == stream.client else "server"


def read_ssh(stream, p):
    """Identification strings."""
    for line in p["ssh.protocol"]:
        software = line.replace("\\r", "").replace("\\n", "").split("-", 2)
        if len(software) == 3:
            stream.add(f"nvrwatch.{side(stream, p)}.software", software[2].strip())


METHODS = {1: "binding", 2: "shared-secret", 3: "allocate", 4: "refresh", 6: "send", 7: "data",
           8: "create-permission", 9: "channel-bind", 10: "connect", 11: "connection-bind"}


def endpoint(address, port):
    """192.0.2.1:80, [2001:db8::1]:80"""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def read_stun(stream, p):
    """tshark lists the XORed values first where both are told, decoded ones under the same name."""
    if not p["stun.type.method"]:
        return
    method = p.numbers("stun.type.method")[0]
    stream.add("nvrwatch.stun.method", METHODS.get(method, f"0x{method:03x}"))
    stream.add("nvrwatch.realm", p.first("stun.att.realm"))
    if p.numbers("stun.type.class")[0] != 0x10 >> 4:  # an indication
        who = "client" if p.numbers("stun.type.class")[0] == 0 else "server"
        stream.add(f"nvrwatch.{who}.software", p.first("stun.att.software").rstrip("\\0"))
    kinds = [k for k in p.numbers("stun.att.type")]
    addresses = p["stun.att.ipv4"] or p["stun.att.ipv6"]
    held = [k for k in kinds if k in (1, 4, 5, 0x12, 0x16, 0x20, 0x802B, 0x802C, 0x8020, 0x8023)]
    if len(held) == len(addresses) == len(p["stun.att.port"]):
        ends = [endpoint(a, q) for a, q in zip(addresses, p["stun.att.port"])]
        mapped = [e for k, e in zip(held, ends) if k == 0x20] or [
            e for k, e in zip(held, ends) if k == 1]
        stream.add("nvrwatch.stun.mapped", *mapped)
        stream.add("nvrwatch.stun.relayed", *[e for k, e in zip(held, ends) if k == 0x16])
        stream.add("nvrwatch.stun.peer", *[e for k, e in zip(held, ends) if k == 0x12])
    elif held:
        stream.doubts.add("addresses of STUN that tshark does not list one by one")


def read_lines(stream, p):
    """SMTP's names, and the greetings of SMTP and FTP, of which our own rule makes a software."""
    if p.first("smtp.req.command").upper() in ("EHLO", "HELO"):
        stream.add("nvrwatch.client.name", p.first("smtp.req.parameter").strip())
    if p.first("smtp.response.code") == "220" and not stream.said["greeting"]:
        stream.add("greeting", p.first("smtp.rsp.parameter"))
        stream.add("nvrwatch.server.name", p.first("smtp.rsp.parameter").split(" ")[0])
    if p.first("ftp.response.code") == "220" and not stream.said["greeting"]:
        stream.add("greeting", p.first("ftp.response.arg"))


READERS = (read_tls, read_http, read_ssdp, read_rtsp, read_ssh, read_stun, read_lines)


# ---- DNS -----------------------------------------------------------------------------------------
def dns_name(text):
    """With "." for the root, and "?" for bytes that are not printable, however many tshark takes
    for one character."""
    return "." if text == "<Root>" else re.sub(r"[^!->@-~]+|\?+", "?", text)


def dns_answers(p):
    """[(name, type, data)] of the answer section: tshark lists each type's data by itself."""
    waiting = {field: collections.deque(p[field]) for field in DATA.values()}
    told = []
    for name, kind in zip(p["dns.resp.name"], p.numbers("dns.resp.type")):
        queue = waiting.get(DATA.get(kind, ""), ())
        data = queue.popleft() if queue else None
        told.append((dns_name(name), kind, dns_name(data) if data is not None else None))
    return told[:min(p.numbers("dns.count.answers")[0], 24)]


def dns_exchange(p, transport):
    """(key, facts) of one message, or None: what is asked is a key, what is told is compared."""
    if len(p["dns.id"]) != 1 or len(p["dns.qry.name"]) != 1:
        return None
    is_answer = p.first("dns.flags.response") in ("1", "True")
    source, destination = p.ends(transport)
    client, server = (destination, source) if is_answer else (source, destination)
    code = p.numbers("dns.flags.rcode")[0] if p["dns.flags.rcode"] else 0
    for extended in p.numbers("dns.resp.ext_rcode"):
        code |= extended << 4
    key = (transport, client, server, p.numbers("dns.id")[0], dns_name(p.first("dns.qry.name")),
           p.numbers("dns.qry.type")[0])
    return key, is_answer, {"rcode": code, "answers": dns_answers(p) if is_answer else []}


def protocols(p):
    """What is spoken in this frame, in our words; not where tshark goes by the port alone."""
    proof = {"tls": p["tls.handshake.ciphersuite"] and "quic" not in p.words(),
             "http": (p["http.request.method"] or p["http.response.code"])
                     and "ssdp" not in p.words() and "tls" not in p.words(),
             "rtsp": p["rtsp.method"] or p["rtsp.status"], "stun": p["stun.type.method"],
             "ssh": p["ssh.protocol"], "ssdp": p["http.request.method"] or p["http.response.code"],
             "dns": p["dns.id"], "mdns": p["dns.id"], "quic": p["quic.version"],
             "smtp": p["smtp.req.command"] or p["smtp.response.code"],
             "ftp": p["ftp.response.code"]}
    for word in PROTOCOLS:
        if word in p.words() and proof.get(word, True):
            yield from OURS.get(word, (word,))


# ---- a capture -----------------------------------------------------------------------------------
def canonical(end):
    """An address in one form, IPv4 where it is mapped."""
    address = ipaddress.ip_address(end[0])
    return str(getattr(address, "ipv4_mapped", None) or address), end[1]


class Capture:
    """streams in the order of their first packets; questions and answers: DNS key -> facts."""

    def __init__(self, path, cache):
        self.streams, self.questions, self.answers = {}, set(), {}
        self.left_out = collections.Counter()
        for p in packets(path, cache):
            self._take(p)

    def _take(self, p):
        words = p.words()
        transport = "tcp" if p["tcp.stream"] else "udp"
        if (len(p[transport + ".stream"]) != 1 or len(p["ip.src"] + p["ipv6.src"]) != 1
                or any(w in HOLDERS for w in words)):
            self.left_out["packets inside other packets"] += 1
            return
        stream = self._stream(p, transport)
        if p.first("frame.len") != p.first("frame.cap_len"):
            stream.doubts.add("packets are cut in the capture")
        if p["tcp.analysis.lost_segment"]:
            stream.doubts.add("segments are missing in the capture")
        if p["_ws.malformed"]:
            stream.doubts.add("messages that tshark calls malformed")
        if ("ipv6.fraghdr" in words or p.first("ip.flags.mf") in ("1", "True")
                or p.first("ip.frag_offset") not in ("", "0")):
            stream.doubts.add("fragments")
        for word in protocols(p):
            if word not in stream.protocols:
                stream.protocols.append(word)
        if any(v not in QUIC_VERSIONS for v in p.numbers("quic.version")):
            stream.doubts.add("drafts and other versions of QUIC, which are not read")
        for read in READERS:
            read(stream, p)
        if words[-1] == "dns" or "dns" in words and "tls" not in words:
            self._take_dns(p, transport, stream)

    def _stream(self, p, transport):
        key = transport, p.first(transport + ".stream")
        if key not in self.streams:
            source, destination = p.ends(transport)
            self.streams[key] = Stream(transport, source, destination)
        stream = self.streams[key]
        if p.first("tcp.flags.syn") in ("1", "True"):
            stream.began = True
            if p.first("tcp.flags.ack") in ("1", "True"):
                stream.server, stream.client = p.ends(transport)
        return stream

    def _take_dns(self, p, transport, stream):
        exchange = dns_exchange(p, transport)
        if not exchange or not stream.began:
            self.left_out["DNS messages without one question, or several in one packet"] += 1
            return
        key, is_answer, facts = exchange
        if not is_answer:
            self.questions.add(key)
        elif key in self.questions and key not in self.answers:
            facts["doubts"] = stream.doubts
            self.answers[key] = facts

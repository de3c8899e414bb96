#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/decoders/dns_golden.inc: real DNS messages, and how tshark reads each of them.

dig asks dnsmasq inside a network namespace of its own; dumpcap keeps every byte; tshark is the
oracle. Needs: bind9-dnsutils, dnsmasq-base, tshark, and user namespaces (or root).
Usage: scripts/golden_dns.py >tests/decoders/dns_golden.inc
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ADDRESS = "192.0.2.53"
# priority 1, target ".", alpn h2, ipv4hint 203.0.113.7 203.0.113.8, ipv6hint 2001:db8::7
HTTPS_DATA = (
    "0001" + "00" + "0001" + "0003" + "026832" + "0004" + "0008" + "cb007107" + "cb007108"
    + "0006" + "0010" + "20010db8000000000000000000000007"
)

DNSMASQ = [
    "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--no-daemon",
    "--port=53", "--listen-address=" + ADDRESS, "--bind-interfaces", "--pid-file=",
    "--local=/example.test/", "--local-ttl=300", "--max-ttl=300",
    "--auth-ttl=300", "--host-record=web.example.test,198.51.100.7,2001:db8::7,120",
    "--host-record=Origin.Example.Test,198.51.100.9",
    "--cname=www.example.test,cdn.example.test,600", "--cname=cdn.example.test,web.example.test",
    "--mx-host=example.test,mail.example.test,10", "--mx-host=example.test,web.example.test,20",
    "--srv-host=_rtsp._tcp.example.test,web.example.test,554,1,2",
    "--txt-record=example.test,v=spf1 -all,second text",
    "--ptr-record=7.100.51.198.in-addr.arpa,web.example.test",
    "--dns-rr=https.example.test,65," + HTTPS_DATA,
    "--naptr-record=example.test,10,20,s,SIP+D2U,,_sip._udp.example.test",
] + [f"--host-record=many.example.test,198.51.100.{n}" for n in range(100, 130)]

ASKS = [
    ["web.example.test", "A"],
    ["web.example.test", "AAAA", "+noedns"],
    ["www.example.test", "A"],
    ["www.example.test", "AAAA", "+tcp"],
    ["OrIgIn.eXaMpLe.TeSt", "A"],
    ["example.test", "MX"],
    ["example.test", "TXT"],
    ["example.test", "NAPTR"],
    ["_rtsp._tcp.example.test", "SRV"],
    ["-x", "198.51.100.7"],
    ["https.example.test", "HTTPS"],
    ["many.example.test", "A", "+tcp"],
    ["many.example.test", "A", "+bufsize=512", "+ignore"],
    ["many.example.test", "A", "+noedns", "+ignore"],
    ["nothing.example.test", "A"],
    ["elsewhere.invalid", "A"],
    [".", "NS"],
    ["version.bind", "TXT", "CH"],
    ["web.example.test", "ANY", "+notcp"],
    ["web.example.test", "A", "+header-only"],
    ["web.example.test", "A", "+dnssec", "+cookie"],
    ["web.example.test", "A", "+tcp", "+keepopen", "+qr", "www.example.test", "A"],
    ["a" * 63 + "." + "b" * 63 + "." + "c" * 63 + "." + "d" * 48 + ".example.test", "A"],
]


def wait_for(what, test):
    for _ in range(200):
        if test():
            return
        time.sleep(0.05)
    sys.exit(f"no {what} within 10 s")


def capture(folder):
    pcap = os.path.join(folder, "dns.pcapng")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "addr", "add", ADDRESS + "/32", "dev", "lo"], check=True)
    server = subprocess.Popen(["/usr/sbin/dnsmasq", *DNSMASQ], stderr=subprocess.DEVNULL)
    dig = ["dig", "@" + ADDRESS, "+tries=1", "+time=2", "+noall"]
    catcher = None
    try:
        ready = dig + ["+answer", "web.example.test", "A"]
        wait_for("answer", lambda: b"198.51.100.7" in subprocess.run(
            ready, capture_output=True, check=False).stdout)
        catcher = subprocess.Popen(
            ["dumpcap", "-q", "-i", "lo", "-w", pcap, "-f", "port 53"], stderr=subprocess.DEVNULL)
        wait_for("capture", lambda: os.path.exists(pcap) and os.path.getsize(pcap) > 0)
        time.sleep(1)  # dumpcap opens its file a moment before the interface
        for ask in ASKS:
            subprocess.run(dig + ask, check=False, stdout=subprocess.DEVNULL)
        time.sleep(1)
    finally:
        if catcher:
            catcher.terminate()
            catcher.wait()
        server.terminate()
        server.wait()
    return pcap


DATA = ("dns.a", "dns.aaaa", "dns.cname", "dns.ns", "dns.mx.mail_exchange", "dns.ptr.domain_name",
        "dns.srv.target", "dns.soa.mname")


def name(text):
    return "." if text == "<Root>" else text


def as_list(value):
    return value if isinstance(value, list) else [value]


def answers(section):
    for title, fields in section.items():
        rr = [name(title.split(": type ")[0]), fields["dns.resp.type"], fields["dns.resp.ttl"]]
        if rr[1] in ("64", "65"):
            yield rr + [name(fields["dns.svcb.targetname"])]
            for param in as_list(fields.get("dns.svcb.svcparam", [])):
                for key in ("dns.svcb.svcparam.ipv4hint.ip", "dns.svcb.svcparam.ipv6hint.ip"):
                    for hint in as_list(param.get(key, [])):
                        yield rr + [hint]
            continue
        yield rr + [name(next((fields[k] for k in DATA if k in fields), "-"))]


def reading(dns):
    """One line that tests/decoders/dns.c writes from struct nw_dns in the same words."""
    flags = dns["dns.flags_tree"]
    question = next(iter(dns.get("Queries", {"": {}}).values()))
    rcode = int(flags.get("dns.flags.rcode", "0"))
    for fields in dns.get("Additional records", {}).values():
        if fields["dns.resp.type"] == "41":
            rcode |= int(fields["dns.resp.ext_rcode"], 16) << 4
    yield (f"{'R' if flags['dns.flags.response'] in ('1', True) else 'Q'} {int(dns['dns.id'], 16)}"
           f" {rcode} tc={int(flags['dns.flags.truncated'] in ('1', True))}"
           f" {name(question.get('dns.qry.name', '-'))} {question.get('dns.qry.type', 0)}"
           f" {int(question.get('dns.qry.class', '0'), 16)} n={dns['dns.count.answers']}")
    for rr in list(answers(dns.get("Answers", {})))[:24]:
        yield " ".join(rr)


def main():
    if "--inside" not in sys.argv:
        sys.exit(subprocess.call(["unshare", "-rn", sys.executable, __file__, "--inside"]))
    folder = tempfile.mkdtemp()
    try:
        pcap = capture(folder)
        out = subprocess.run(["tshark", "-r", pcap, "-Y", "dns", "-T", "json", "-x",
                              "--no-duplicate-keys"], check=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    finally:
        shutil.rmtree(folder)
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/*")
    print(" * Made by scripts/golden_dns.py: what dig and dnsmasq said to each other, as captured by")
    print(" * dumpcap, and how tshark reads it. MESSAGE(protocol, bytes, reading).")
    print(" */")
    for packet in json.loads(out):
        layers = packet["_source"]["layers"]
        proto = "TCP" if "tcp" in layers else "UDP"
        body = layers["tcp"]["tcp.payload_raw"][0] if proto == "TCP" else layers["dns_raw"][0]
        lines = list(reading(layers["dns"]))
        rows = [f'\t"{body[i:i + 80]}"' for i in range(0, len(body), 80)]
        print(f"MESSAGE(IPPROTO_{proto},")
        print("\n".join(rows) + ",")
        print("\n".join(f'\t"{line}\\n"' for line in lines) + ")")


main()

#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A device that WS-Discovery (2005/04, over UDP) finds, by IPv4 and IPv6: it answers a Probe whose types
are all its own (section 5.2), to who asked, with the question's MessageID; anything else it does not
answer. Prints a line for each Probe: the family, and whether it was answered. Runs until it is ended.
Usage: discovery.py ADDRESS TYPE SCOPE…    TYPE is a name, {NAMESPACE}NAME as ElementTree writes it"""

import select
import socket
import struct
import sys
import uuid
from xml.etree import ElementTree

CAMERA = "{http://www.onvif.org/ver10/network/wsdl}NetworkVideoTransmitter"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
DISCOVERY = "{http://schemas.xmlsoap.org/ws/2005/04/discovery}"
ACTION = "http://schemas.xmlsoap.org/ws/2005/04/discovery/"
ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:own="{space}">'
    '<SOAP-ENV:Header><wsa:MessageID>urn:uuid:{id}</wsa:MessageID>'
    '<wsa:RelatesTo>{question}</wsa:RelatesTo>'
    '<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>'
    '<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>'
    '</SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>'
    '<wsa:EndpointReference><wsa:Address>urn:uuid:{own}</wsa:Address></wsa:EndpointReference>'
    '<d:Types>own:{name}</d:Types><d:Scopes>{scopes}</d:Scopes>'
    '<d:XAddrs>http://{address}/onvif/device_service</d:XAddrs>'
    '<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches>'
    '</SOAP-ENV:Body></SOAP-ENV:Envelope>')


class Question(ElementTree.TreeBuilder):
    """A message with the prefixes that hold in it: the types in its text need them."""

    def __init__(self):
        super().__init__()
        self.spaces = {}

    def start_ns(self, prefix, uri):
        """A prefix begins to hold."""
        self.spaces[prefix] = uri


def types_asked(data):
    """Of a Probe its MessageID and the types that it is for, in full; None for anything else."""
    builder = Question()
    parser = ElementTree.XMLParser(target=builder)
    try:
        parser.feed(data)
        message = parser.close()
    except ElementTree.ParseError:
        return None
    head, probe = message.find(f"{SOAP}Header"), message.find(f"{SOAP}Body/{DISCOVERY}Probe")
    if message.tag != f"{SOAP}Envelope" or head is None or probe is None:
        return None
    number = head.findtext(f"{ADDRESSING}MessageID")
    if not number or (head.findtext(f"{ADDRESSING}Action") or "").strip() != f"{ACTION}Probe":
        return None
    names = []
    for word in (probe.findtext(f"{DISCOVERY}Types") or "").split():
        prefix, _, name = word.rpartition(":")
        names.append(f"{{{builder.spaces.get(prefix, '')}}}{name}")
    return number, names


class Device:
    """What it is, and its sockets: one in the group and one to answer from, for each family."""

    def __init__(self, address, kind, scopes):
        self.address, self.kind, self.scopes = address, kind, scopes
        self.own = uuid.uuid4()
        self.ears = []
        group = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        group.bind(("239.255.255.250", 3702))
        group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                         struct.pack("4s4s", socket.inet_aton("239.255.255.250"),
                                     socket.inet_aton(address)))
        mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        mouth.bind((address, 3702))
        self.ears.append((group, mouth))
        for index, name in socket.if_nameindex():
            if name != "lo":
                group = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                mouth = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                for one in (group, mouth):  # the second takes every address, the group's too
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                group.bind(("ff02::c", 3702, 0, index))
                group.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                                 socket.inet_pton(socket.AF_INET6, "ff02::c") + struct.pack("=I", index))
                mouth.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                mouth.bind(("::", 3702, 0, index))
                self.ears.append((group, mouth))

    def answer(self, group, mouth):
        """One message that came in."""
        data, asker = group.recvfrom(65535)
        asked = types_asked(data)
        if not asked:
            return
        matches = all(name == self.kind for name in asked[1])
        if matches:
            space, _, name = self.kind[1:].partition("}")
            text = ANSWER.format(space=space, name=name, id=uuid.uuid4(), question=asked[0],
                                 own=self.own, scopes=" ".join(self.scopes), address=self.address)
            mouth.sendto(text.encode(), asker)
        family = 4 if group.family == socket.AF_INET else 6
        print(f"probe {family} {'answered' if matches else 'silent'}", flush=True)

    def serve(self):
        """Until somebody ends it."""
        while True:
            for ready in select.select([group for group, _ in self.ears], [], [])[0]:
                self.answer(*next(pair for pair in self.ears if pair[0] is ready))


if __name__ == "__main__":
    device = Device(sys.argv[1], sys.argv[2], sys.argv[3:])
    print("ready", flush=True)
    device.serve()

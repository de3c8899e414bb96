#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Prints ONVIF's question for a device's name, with WS-Security's token of LAB_LOGIN (user:password) as
the UsernameToken profile has it; without a token where LAB_LOGIN is empty.
Usage: soap.py Text|Digest"""

import base64
import hashlib
import os
import sys
import time

SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"


def token(user, password, kind):
    """The header's content."""
    nonce, created = os.urandom(16), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    if kind == "Digest":
        made = hashlib.sha1(nonce + created.encode() + password.encode()).digest()
        password = base64.b64encode(made).decode()
    return (f'<Security xmlns="{SECURITY}"><UsernameToken><Username>{user}</Username>'
            f'<Password Type="{PROFILE}#Password{kind}">{password}</Password>'
            f"<Nonce>{base64.b64encode(nonce).decode()}</Nonce>"
            f'<Created xmlns="{UTILITY}">{created}</Created></UsernameToken></Security>')


def main():
    """One message."""
    user, _, password = os.environ["LAB_LOGIN"].partition(":")
    head = f"<s:Header>{token(user, password, sys.argv[1])}</s:Header>" if user else ""
    print('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">' + head +
          '<s:Body><GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body>'
          "</s:Envelope>", end="")


if __name__ == "__main__":
    main()

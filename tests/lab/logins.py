# SPDX-License-Identifier: Apache-2.0
"""Who may see what in a lab: for each host that asks, a user and a password, made anew for each lab and
kept in one file of the lab's folder in the form of netrc, from which every program of the lab has them.
A lab without that file has hosts that ask nobody."""

import netrc
import os
import secrets
import urllib.parse

HOSTS = {"gate": ("gate.cam.lan", "recorder"), "yard": ("yard.cam.lan", "recorder"),
         "door": ("door.cam.lan", "recorder"), "web": ("nvr.office.lan", "operator"),
         "nas": ("nas.office.lan", "backup")}


def make(folder):
    """New passwords. '!' and '~' are such that programs escape them, or do not."""
    with open(f"{folder}/netrc", "w", encoding="ascii", opener=lambda path, flags:
              os.open(path, flags, 0o600)) as file:
        for machine, user in HOSTS.values():
            file.write(f"machine {machine} login {user} "
                       f"password {secrets.token_hex(8)}!{secrets.token_hex(4)}~\n")


def read(folder):
    """By host, (user, password)."""
    path = f"{folder}/netrc"
    if not os.path.exists(path):
        return {}
    hosts = netrc.netrc(path).hosts
    return {host: hosts[machine][::2] for host, (machine, _) in HOSTS.items()}


def env(folder):
    """For scripts: LAB_LOGIN_GATE=user:password, as it is; LAB_AT_GATE=user:password@, as a URL has it.
    Where nobody asks both are empty."""
    found = {f"LAB_{what}_{host.upper()}": "" for what in ("LOGIN", "AT") for host in HOSTS}
    for host, (user, password) in read(folder).items():
        found[f"LAB_LOGIN_{host.upper()}"] = f"{user}:{password}"
        found[f"LAB_AT_{host.upper()}"] = f"{user}:{urllib.parse.quote(password)}@"
    return found

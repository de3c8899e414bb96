# SPDX-License-Identifier: Apache-2.0
"""Who asked, where a resolver of the recording server asks for others: real resolvers, curl, and what
nvrwatch says of the resolver's question and of curl's connection. systemd-resolved is asked over loopback, or
by libnss-resolve, as nscd and unscd are, over a Unix socket, whose bytes nobody reads. scripts/resolvers.sh
unpacks them, none is ever installed; NW_RESOLVERS is where. A test whose resolver is not there is skipped. test_lab.py runs it."""

import json
import os
import unittest

import lab as labs
from ledger import NVRWATCH
from place import read, wait_for

NAME = f"resolvers{os.getpid()}"
FOLDER = os.environ.get("NW_RESOLVERS", os.path.expanduser("~/.cache/nvrwatch/resolvers"))
SITE, UPSTREAM, SERVER = "updates.example.com", "10.30.0.53", "198.51.100.66"
# In a mount namespace of its own; /run is, too. Who is not root is not made another user.
RESOLVED = f"""mount -t tmpfs none /run && mkdir -m 777 -p /run/systemd/resolve /run/etc
printf '[Resolve]\\nDNS={UPSTREAM}\\nLLMNR=no\\nMulticastDNS=no\\nDNSSEC=no\\n' >/run/etc/resolved.conf
echo nameserver 127.0.0.53 >/run/etc/resolv.conf
mount --bind /run/etc/resolv.conf /etc/resolv.conf
mount --bind /run/etc /etc/systemd
printf "hosts: files $HOSTS\n" >/run/etc/nsswitch.conf
mount --bind /run/etc/nsswitch.conf /etc/nsswitch.conf
caps=+net_bind_service,+net_raw,+setpcap
exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps $caps --ambient-caps $caps "$PROGRAM"
"""
NSCD = """mount -t tmpfs none /run && mkdir -p /run/nscd
printf 'enable-cache hosts yes\\npersistent hosts no\\nshared hosts no\\n' >/run/nscd.conf
exec "$PROGRAM" $FOREGROUND -f /run/nscd.conf
"""


class ResolverTest(unittest.TestCase):
    """Each on a lab with nothing but a resolver upstream and a web server outside."""

    def found(self, package, paths):
        """The first of these files that the package has."""
        found = [path for path in (f"{FOLDER}/{package}/{p}" for p in paths) if os.access(path, os.R_OK)]
        if not found:
            self.skipTest(f"{FOLDER}/{package} is not there: scripts/resolvers.sh could not fetch it")
        return found[0]

    def resolver(self, script, package, paths, **env):
        """A lab, and this resolver in it."""
        program = self.found(package, paths)
        lab = self.enterContext(labs.Lab(NAME, parts=["dns", "outside-web"]))
        libraries = f"{FOLDER}/{package}/usr/lib/x86_64-linux-gnu/systemd"
        with lab.log("resolver") as log:
            return lab, lab.place.start(["sh", "-ec", script], "nvr", "seen", stdout=log, stderr=log, env={
                **lab.env, "PROGRAM": program, "LD_LIBRARY_PATH": libraries, **env})

    def resolved(self, more, hosts):
        """A lab with systemd-resolved, set up further so, and asked in this way."""
        return self.resolver(RESOLVED, "systemd-resolved", [
            "lib/systemd/systemd-resolved", "usr/lib/systemd/systemd-resolved"], MORE=more, HOSTS=hosts)

    def seen(self, lab, resolver, **env):
        """A curl where the resolver is asked: its pid, what was asked upstream, its connection's last
        record."""
        told = f"{lab.dir}/told.json"
        with open(told, "w", encoding="utf-8") as out:
            watch = lab.place.start([os.path.abspath(NVRWATCH), "trace", "-q", "-o", "json", "--cgroup",
                                     lab.place.side("seen")], None, "tool", stdout=out)
        wait_for(lambda: '"nvrwatch.status"' in read(told), 20, "nvrwatch")
        curl = lab.place.start(["nsenter", "-t", str(resolver.pid), "-m", "curl", "-s", "-4", "-o",
                                "/dev/null", f"http://{SITE}/version"], "nvr", "seen",
                               env={**lab.env, **env})
        self.assertEqual(curl.wait(20), 0)
        watch.terminate()
        self.assertEqual(watch.wait(20), 0)
        records = [json.loads(line) for line in read(told).splitlines()]
        asked = [r for r in records if r["event"]["dataset"] == "nvrwatch.dns" and
                 r["destination"]["ip"] == UPSTREAM]
        flows = [r for r in records if r["event"]["dataset"] == "nvrwatch.flow" and
                 r["process"]["pid"] == curl.pid and r.get("destination", {}).get("ip") == SERVER]
        self.assertTrue(asked and flows)
        self.assertEqual({r["dns"]["question"]["name"] for r in asked}, {SITE})
        self.assertNotIn(curl.pid, {r["process"]["pid"] for r in asked})
        self.assertEqual(flows[-1]["destination"]["domain"], SITE)
        return curl.pid, asked, flows[-1]

    def test_systemd_resolved(self):
        """Its question is curl's, by what it was asked; and curl's connection has the name that curl
        itself asked for."""
        lab, resolver = self.resolved("", "dns")
        wait_for(lambda: "127.0.0.53" in lab.place.run(["ss", "-Hnlu"], "nvr"), 20, "the stub")
        pid, asked, flow = self.seen(lab, resolver)
        for record in asked:
            asker = record["nvrwatch"]["asker"]
            self.assertEqual((asker["pid"], asker["name"], asker["basis"], asker["count"]),
                             (pid, "curl", "question", 1))
            self.assertNotIn("assumed", asker)
        self.assertEqual(flow["nvrwatch"]["names"]["asked_by"], "itself")

    def assert_assumed(self, lab, resolver, path, **env):
        """Nobody reads what is asked over the socket: who connected just before the question went out is
        assumed to have asked, and so is who goes at once to what came."""
        wait_for(lambda: os.path.exists(f"/proc/{resolver.pid}/root/run/{path}"), 20, path)
        pid, asked, flow = self.seen(lab, resolver, **env)
        for record in asked:
            asker = record["nvrwatch"]["asker"]
            self.assertEqual((asker["pid"], asker["name"], asker["basis"], asker["count"],
                              asker["assumed"]), (pid, "curl", "unix", 1, True))
        self.assertEqual(flow["nvrwatch"]["names"]["asked_by"], "assumed")

    def test_nss_resolve(self):
        """libnss-resolve asks systemd-resolved over its socket; there is no stub to ask else."""
        library = self.found("libnss-resolve", [f"{folder}/x86_64-linux-gnu/libnss_resolve.so.2"
                                                for folder in ("lib", "usr/lib")])
        self.assert_assumed(*self.resolved("DNSStubListener=no\\n", "resolve"),
                            "systemd/resolve/io.systemd.Resolve",
                            LD_LIBRARY_PATH=os.path.dirname(library))

    def nscd(self, package, foreground):
        """A lab with one that serves nscd's socket."""
        return self.resolver(NSCD, package, ["usr/sbin/nscd"], FOREGROUND=foreground)

    def test_nscd(self):
        """glibc's, which asks itself."""
        self.assert_assumed(*self.nscd("nscd", "-F"), "nscd/socket")

    def test_unscd(self):
        """That of unscd, where a worker of the same program asks."""
        self.assert_assumed(*self.nscd("unscd", "-d"), "nscd/socket")

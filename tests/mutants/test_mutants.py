# SPDX-License-Identifier: Apache-2.0
"""Does the tool find what is to be switched off, and does it see a test fail? Needs no root, builds
nothing: python3 -m unittest discover -s tests/mutants."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import mutants  # noqa: E402 pylint: disable=wrong-import-position
import sites  # noqa: E402 pylint: disable=wrong-import-position
import tree  # noqa: E402 pylint: disable=wrong-import-position

HOOK = """\
static __always_inline void add(struct peer *p, __u32 n)
{
	if (!p) {
		nw_count(NW_LOSS_A);
		return;
	}
	__sync_fetch_and_add(n ? &p->tx_bytes : &p->rx_bytes,
			     n);
	__sync_fetch_and_add(&p->n[1], 1);
	e->drops = 0;
	e->drops = n;
}

SEC("tp_btf/thing")
int BPF_PROG(nw_thing, struct sock *sk)
{
	int a = 1;
	nw_count(NW_LOSS_A);
	nw_count(NW_LOSS_A);
}

SEC("cgroup/thing4")
int nw_thing4(struct bpf_sock *ctx)
{
	return 1;
}

SEC("tp_btf/thing")
int BPF_PROG(nw_thing__alt, struct sock *sk)
{
	return 0;
}
"""
USER = """\
struct box *nw_box_add(struct box *b)
{
	b->heads->evicted++;
	lost += 1;
	b->lost_words = 1;
	nw_state_lose(st, NW_LOSS_B);
	e.total[NW_LOSS_A] = x;
}
"""


class Sites(unittest.TestCase):
    """What is found in a source."""

    def test_kernel(self):
        """Programs with their twins, losses, bytes; not what is set to 0."""
        found = sites.mutants_of("bpf/hooks/thing.bpf.c", HOOK)
        self.assertEqual([m.name.removeprefix("thing.bpf.c:") for m in found], [
            "nw_thing:off", "nw_thing4:off", "add:NW_LOSS_A", "add:tx_bytes|rx_bytes", "add:n[1]",
            "add:drops", "nw_thing:NW_LOSS_A", "nw_thing:NW_LOSS_A#2"])
        self.assertEqual([len(m.lines) for m in found], [2, 1, 1, 1, 1, 1, 1, 1])

    def test_user(self):
        """Losses and evictions, whatever holds them."""
        found = sites.mutants_of("user/state/box.c", USER)
        self.assertEqual([m.name.removeprefix("box.c:nw_box_add:") for m in found], [
            "evicted", "lost", "NW_LOSS_B", "total[NW_LOSS_A]"])

    def test_applied(self):
        """The place, and nothing but it, is switched off."""
        by_name = {m.name.removeprefix("thing.bpf.c:"): m
                   for m in sites.mutants_of("bpf/hooks/thing.bpf.c", HOOK)}
        off = by_name["nw_thing:off"].applied(HOOK)
        self.assertIn("\treturn 0; int a = 1;\n", off)
        self.assertIn("\treturn 0; return 0;\n", off)
        self.assertIn("{\n\treturn 1; return 1;\n", by_name["nw_thing4:off"].applied(HOOK))
        self.assertEqual(by_name["add:tx_bytes|rx_bytes"].applied(HOOK),
                         HOOK.replace("__sync_fetch_and_add(n ?", "if (0) __sync_fetch_and_add(n ?"))

    def test_unexpected(self):
        """Sources that the patterns do not fit are an error, not fewer mutants."""
        with self.assertRaises(sites.SiteError):
            sites.mutants_of("bpf/hooks/empty.bpf.c", "int x;\n")
        found = sites.mutants_of("user/state/box.c", USER)
        sites.check(found, "\tNW_LOSS_A, /* */\n\tNW_LOSS_B,\n")
        with self.assertRaises(sites.SiteError):
            sites.check(found, "\tNW_LOSS_C,\n")
        with self.assertRaises(sites.SiteError):
            sites.check(found + found, "")

    def test_real(self):
        """Each hook of this tree has its mutant, and each excuse has one."""
        files = tree.sources(mutants.ROOT)
        found = mutants.find(files, lambda p: tree.read(f"{mutants.ROOT}/{p}").decode())
        broken = {m.path for m in found if m.name.endswith(":off")}
        self.assertEqual(broken, {f for f in files if f.startswith("bpf/hooks/")})
        excuses = mutants.read_table(f"{mutants.HERE}/equivalent.tsv", 3)
        self.assertLessEqual(set(excuses), {m.name for m in found})


class Judgement(unittest.TestCase):
    """What a run of tests says."""

    def run_sh(self, script, limit=10):
        """The first failure of a made-up test program."""
        mutants.GROUP_S = limit
        return mutants.first_failure(["/bin/sh", "-c", script], dict(os.environ))

    def test_verdicts(self):
        """Passed, failed and then never ended, ended badly, hung."""
        self.assertIsNone(self.run_sh("echo '[       OK ] a'"))
        self.assertEqual(self.run_sh("echo '[  FAILED  ] test_a'; exec sleep 100"), "test_a")
        self.assertEqual(self.run_sh("exit 3"), "status 3")
        self.assertEqual(self.run_sh("exec sleep 100", 0.1), "no end after 0.1 s")

    def test_order(self):
        """The hook's own file first, then what shares words, then what killed most."""
        m = sites.Mutant("sock_bind.bpf.c:nw_sock_bind6:off", "bpf/hooks/sock_bind.bpf.c", (1,), "")
        groups = ["e2e_a", "e2e_b", "hooks_sock_connect", "hooks_sock_bind"]
        self.assertEqual(mutants.ordered(groups, m, {"e2e_b": 2}),
                         ["hooks_sock_bind", "hooks_sock_connect", "e2e_b", "e2e_a"])


class Copy(unittest.TestCase):
    """The tree that is broken is not the work tree."""

    def test_sync(self):
        """What is broken, left behind or deleted is as it was after sync()."""
        with tempfile.TemporaryDirectory() as top:
            root = f"{top}/work"
            os.mkdir(root)
            subprocess.run(["git", "init", "-q", root], check=True)
            for name in ("a.c", "b.c"):
                with open(f"{root}/{name}", "w", encoding="utf-8") as f:
                    f.write("\tlost++;\n")
            copy = tree.Tree(root, f"{top}/out")
            self.assertTrue(copy.sync())
            self.assertFalse(copy.sync())
            copy.put("a.c", b"broken")
            os.unlink(f"{copy.top}/b.c")
            os.rename(f"{copy.top}/a.c", f"{copy.top}/c.c")
            self.assertTrue(copy.sync())
            self.assertEqual(sorted(os.listdir(copy.top)), ["a.c", "b.c"])
            self.assertEqual(tree.read(f"{copy.top}/a.c"), tree.read(f"{root}/a.c"))


if __name__ == "__main__":
    unittest.main()

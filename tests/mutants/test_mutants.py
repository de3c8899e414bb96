# SPDX-License-Identifier: Apache-2.0
"""Does the tool find what is to be switched off, and does it see a test fail? Needs no root, builds
nothing: python3 -m unittest discover -s tests/mutants."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import kernels  # noqa: E402 pylint: disable=wrong-import-position
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
	st->loss[others[i]] += x;
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

    def test_twins_of_two_kinds(self):
        """Each returns what is nothing to its kind: a trampoline 0, a cgroup's program 1."""
        [off] = [m for m in sites.mutants_of("bpf/hooks/thing.bpf.c", HOOK.replace(
            'SEC("tp_btf/thing")\nint BPF_PROG(nw_thing__alt', 'SEC("cgroup/thing")\nint BPF_PROG(nw_thing__alt'))
                 if m.name.endswith(":nw_thing:off")]
        self.assertEqual([put[-3:] for put in off.put], ["0; ", "1; "])

    def test_user(self):
        """Losses and evictions, whatever holds them."""
        found = sites.mutants_of("user/state/box.c", USER)
        self.assertEqual([m.name.removeprefix("box.c:nw_box_add:") for m in found], [
            "evicted", "lost", "NW_LOSS_B", "total[NW_LOSS_A]", "loss[others[i]]"])

    def test_switchable(self):
        """Each place is behind its number, and nothing else has changed."""
        found = list(enumerate(sites.mutants_of("bpf/hooks/thing.bpf.c", HOOK), 1))
        number = {m.name.removeprefix("thing.bpf.c:"): n for n, m in found}
        text = sites.switchable(HOOK, found)
        off = f"if (nw_mutant == {number['nw_thing:off']}) return 0; "
        self.assertIn(f"\t{off}int a = 1;\n", text)
        self.assertIn(f"\t{off}return 0;\n", text)
        self.assertIn(f"\tif (nw_mutant == {number['nw_thing4:off']}) return 1; return 1;\n", text)
        self.assertIn(f"\tif (nw_mutant != {number['add:tx_bytes|rx_bytes']}) "
                      "__sync_fetch_and_add(n ?", text)
        self.assertEqual(re.sub(r"if \(nw_mutant .= \d+\) (return \d; (?=int a|return))?", "", text),
                         HOOK)

    def test_one_line(self):
        """A program that begins with a count is switched off with it, and the count alone as well."""
        hook = HOOK.replace("\tint a = 1;\n", "")
        found = list(enumerate(sites.mutants_of("bpf/hooks/thing.bpf.c", hook), 1))
        self.assertIn("\tif (nw_mutant == 1) return 0; if (nw_mutant != 7) nw_count(NW_LOSS_A);\n",
                      sites.switchable(hook, found))

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
        return mutants.first_failure(["/bin/sh", "-c", script], limit)

    def test_verdicts(self):
        """Passed, failed and then never ended, ended badly, hung."""
        self.assertIsNone(self.run_sh("echo '[       OK ] a'"))
        self.assertEqual(self.run_sh("echo '[  FAILED  ] test_a'; exec sleep 100"), "test_a")
        self.assertEqual(self.run_sh("exit 3"), "status 3")
        self.assertEqual(self.run_sh("exec sleep 100", 0.1), "no end after 0.1 s")

    def test_order(self):
        """What noticed it before, the hook's own file, then what shares words."""
        m = sites.Mutant("sock_bind.bpf.c:nw_sock_bind6:off", "bpf/hooks/sock_bind.bpf.c", (1,), ("",))
        groups = ["e2e_a", "e2e_b", "hooks_sock_connect", "hooks_sock_bind"]
        self.assertEqual(mutants.ordered(groups, m, {m.name: ["e2e_b", "test"]}),
                         ["e2e_b", "hooks_sock_bind", "hooks_sock_connect", "e2e_a"])
        m = sites.Mutant("ledger_link.bpf.c:nw_ledger_link_forwards:off", "bpf/hooks/ledger_link.bpf.c", (1,), ("",))
        groups = ["e2e_a", "e2e_covert", "e2e_forwarded", "hooks_ledger_link"]
        self.assertEqual(mutants.ordered(groups, m, {})[:2], ["hooks_ledger_link", "e2e_forwarded"])

    def test_judged(self):
        """Killed by what fails with the mutant, passes without it and fails with it again."""
        m = sites.Mutant("a.c:f:lost", "user/a.c", (1,), ("",))
        run = mutants.Run.__new__(mutants.Run)
        run.noticed = {}
        run.tree = type("Tree", (), {"groups": lambda _: ["e2e_a", "e2e_b"],
                                     "units": lambda _: ["user_a", "user_c"]})()
        run.kernels = kernels.Kernels("/tree", "/built")

        def verdict(answers):
            """With what each run of a file of tests says: of the mutant, of the whole program."""
            said = {(g, n): list(a) for g, both in answers.items() for n, a in zip((7, 0), both)}
            run.test = lambda _, g, n: said[g, n].pop(0) if said.get((g, n)) else None
            return run.judge(7, m)

        self.assertEqual(verdict({}), (mutants.SURVIVED, "-", "-"))
        self.assertEqual(verdict({"e2e_b": (["t", "t"], [])}), (mutants.KILLED, "e2e_b", "t"))
        self.assertEqual(verdict({"user_c": (["t", "t"], [])}), (mutants.KILLED, "user_c", "t"))
        self.assertEqual(verdict({"e2e_a": (["t", "t"], ["t", None])}),
                         (mutants.KILLED, "e2e_a", "t"))
        self.assertEqual(verdict({"e2e_a": (["t"] * 3, ["t"] * 3)})[:2], (mutants.ERROR, "e2e_a"))
        self.assertEqual(verdict({"e2e_a": (["t"], [])})[:2], (mutants.ERROR, "e2e_a"))
        self.assertEqual(verdict({"e2e_a": (["t"], []), "e2e_b": (["u", "u"], [])}),
                         (mutants.KILLED, "e2e_b", "u"))
        # the source's own files of tests are asked first
        self.assertEqual(verdict({"e2e_b": (["t", "t"], []), "user_a": (["u", "u"], [])}),
                         (mutants.KILLED, "user_a", "u"))


class Place(unittest.TestCase):
    """On which kernel a mutant can be noticed."""

    def test_first_that_takes_it(self):
        """Here if it runs here; a second way only where it is the one that runs."""
        k = kernels.Kernels("/tree", "/built")
        k.said = {kernels.HERE: {"a": "live", "b": "fallback", "c": "off", "d": "off"},
                  "6.12": {"a": "live", "b": "live", "c": "live", "d": "off"},
                  "5.10": {"a": "fallback", "b": "fallback", "c": "fallback", "d": "off"}}
        for path, function, where in (
                ("bpf/hooks/a.bpf.c", "nw_a", ""), ("bpf/hooks/a.bpf.c", "nw_a__alt", "5.10"),
                ("bpf/hooks/b.bpf.c", "nw_b", "6.12"), ("bpf/hooks/b.bpf.c", "nw_b__alt", ""),
                ("bpf/hooks/c.bpf.c", "nw_c", "6.12"), ("bpf/hooks/c.bpf.c", "nw_c__alt", "5.10"),
                ("bpf/hooks/d.bpf.c", "nw_d", ""), ("user/b.c", "add", "")):
            name = f"{path.rsplit('/', 1)[-1]}:{function}:off"
            self.assertEqual(k.of(sites.Mutant(name, path, (1,), ("",))), where, name)

    def test_passed_on(self):
        """What user space tells of a hook's counts is asked where the hook is."""
        k = kernels.Kernels("/tree", "/built")
        k.said = {kernels.HERE: {"file_direct": "off"}, "6.12": {"file_direct": "live"}}
        for what, where in (("total[NW_LOSS_READ]", "6.12"), ("total[NW_LOSS_FILE]", "")):
            self.assertEqual(k.of(sites.Mutant(f"host.c:losses:{what}", "user/host.c", (1,), "")),
                             where)

    def test_header(self):
        """A header's code runs where a hook does that includes it, itself or through another."""
        includes = {"bpf/nw_low.bpf.h": "", "bpf/nw_mid.bpf.h": "nw_low", "bpf/nw_top.bpf.h": "nw_mid",
                    "bpf/hooks/a.bpf.c": "nw_low", "bpf/hooks/b.bpf.c": "nw_top"}
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(f"{root}/bpf/hooks")
            for path, inside in includes.items():
                with open(f"{root}/{path}", "w", encoding="utf-8") as f:
                    f.write(f'#include "{inside}.bpf.h"\n' if inside else "\n")
            k = kernels.Kernels(root, "/built")
            k.said = {kernels.HERE: {"a": "live", "b": "fallback"}, "6.12": {"a": "live", "b": "live"}}
            for header, where in (("low", ""), ("mid", "6.12"), ("top", "6.12")):
                path = f"bpf/nw_{header}.bpf.h"
                self.assertEqual(k.of(sites.Mutant("add", path, (1,), ("",))), where, header)

    def test_command(self):
        """The number reaches the program, here and there."""
        k = kernels.Kernels("/tree", "/built")
        for where in (kernels.HERE, "6.12"):
            words = k.command(where, ["NW_MUTANT_nvrwatch=7"], "/built/tests/run-root", "hooks_a")
            self.assertEqual(words[-4:],
                             ["env", "NW_MUTANT_nvrwatch=7", "/built/tests/run-root", "hooks_a"])


class Copy(unittest.TestCase):
    """The tree with the switches is not the work tree."""

    def test_sync(self):
        """What is left behind, changed or deleted is as it was after sync()."""
        with tempfile.TemporaryDirectory() as top:
            root = f"{top}/work"
            os.makedirs(f"{root}/user")
            subprocess.run(["git", "init", "-q", root], check=True)
            for name in ("a.c", "user/b.c"):
                with open(f"{root}/{name}", "w", encoding="utf-8") as f:
                    f.write("\tlost++;\n")
            mutant = sites.Mutant("b.c:f:lost", "user/b.c", (0,), ("if (nw_mutant != {}) ",))
            copy = tree.Tree(root, f"{top}/out", [(5, mutant)])
            self.assertTrue(copy.sync())
            self.assertFalse(copy.sync())
            self.assertEqual(tree.read(f"{copy.top}/user/b.c").decode(),
                             f"{tree.DECLARED}\tif (nw_mutant != 5) lost++;\n")
            copy.put("a.c", b"changed")
            os.unlink(f"{copy.top}/user/b.c")
            os.rename(f"{copy.top}/a.c", f"{copy.top}/c.c")
            self.assertTrue(copy.sync())
            self.assertEqual(sorted(os.listdir(copy.top)), ["a.c", "user"])
            self.assertEqual(tree.read(f"{copy.top}/a.c"), tree.read(f"{root}/a.c"))

    def test_prepared(self):
        """A number that has nobody to read it is an error, not a run without mutants."""
        path, before, put = tree.KERNEL_NUMBER
        self.assertIn(put + before, tree.prepared(path, f"a;\n{before} = 1;\n", []))
        with self.assertRaises(sites.SiteError):
            tree.prepared(path, "a;\n", [])


if __name__ == "__main__":
    unittest.main()

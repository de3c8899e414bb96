# SPDX-License-Identifier: Apache-2.0
"""The bench's own judgement on made-up results: python3 -m unittest discover -s tests/bench.
Needs no root and measures nothing."""

import sys
import unittest

sys.dont_write_bytecode = True

import table  # noqa: E402 pylint: disable=wrong-import-position


def program(runs, ns_per_run, kind=table.EGRESS, kind_of="cgroup_skb"):
    """A program's counters."""
    return {"name": "p", "type": kind_of, "kind": kind, "runs": runs, "time_ns": runs * ns_per_run}


def entry(tool, stats, number=0, load="udpmax", programs=(), **fields):
    """A result of a load under a tool."""
    return {"what": "load", "load": load, "tool": tool, "stats": stats, "round": number,
            "programs": list(programs), "tool_cpu_ns": 0, "load_cpu_ns": 0, "others_busy_s": 0,
            "ready_s": 0, "quiet": {"is_quiet": True}, "expected": 1000,
            "count": {"seen": 1000}, "truth": {"made": 1000, "seconds": 0.01}, **fields}


def burst(load, seen, lost=0, seconds=0.01):
    """A plain result with what was seen of 1000 made things."""
    return entry("nvrwatch", False, load=load, truth={"made": 1000, "seconds": seconds},
                 count={"seen": seen, "lost": {"ring_full": lost} if lost else {},
                        "records": {"nvrwatch.process": 2000, "nvrwatch.status": 9}})


def beyond(load, missing, lost):
    """A result of the overload."""
    return {"what": "overload", "load": load, "expected": 1000, "round": 0,
            "count": {"seen": 1000 - missing, "lost": {"ring_full": lost}}}


class Costs(unittest.TestCase):
    """Figures from counters."""

    def test_empty_program_is_subtracted_by_kind_then_type_then_any(self):
        empties = [program(1000, 50), program(1000, 70, table.INGRESS),
                   program(1000, 90, "sched_process_exec", "tracing")]
        for kind, kind_of, net in ((table.EGRESS, "cgroup_skb", 50),
                                   (table.INGRESS, "cgroup_skb", 30),
                                   ("sched_process_fork", "tracing", 10),
                                   ("x", "cgroup_skb", 40), ("x", "cgroup_sock", 30)):
            r = table.Results([entry("empty", True, programs=empties),
                               entry("nvrwatch", True,
                                     programs=[program(10, 100, kind, kind_of)])])
            self.assertEqual(r.run_ns("udpmax", kind), [net], kind)

    def test_nothing_is_measured_without_an_empty_program(self):
        r = table.Results([entry("nvrwatch", True, programs=[program(10, 100)])])
        self.assertEqual(r.run_ns("udpmax", table.EGRESS), [])

    def test_iterators_count_as_the_tools_cpu_only(self):
        r = table.Results([entry("empty", True, programs=[program(10, 50)]),
                           entry("nvrwatch", True,
                                 programs=[program(10000, 150),
                                           program(1, 10**9, "iter", "tracing")])])
        self.assertEqual(r.bpf_us_per_made("udpmax"), [1.0])

    def test_all_cpu_is_bpf_and_tool_per_second(self):
        r = table.Results([entry("empty", True, programs=[program(10, 50)]),
                           entry("nvrwatch", True, programs=[program(1000, 150)]),
                           entry("nvrwatch", False, tool_cpu_ns=100_000)])
        self.assertAlmostEqual(r.core_percent("udpmax")[0], 2.0)


    def test_a_round_with_losses_has_no_cost(self):
        some = {"seen": 500}
        r = table.Results([entry("empty", True, programs=[program(10, 50)]),
                           entry("nvrwatch", True, programs=[program(10, 90)], count=some),
                           entry("nvrwatch", False, tool_cpu_ns=1_000_000),
                           entry("nvrwatch", False, 1, tool_cpu_ns=1000, count=some)])
        self.assertEqual(r.tool_us_per_told("udpmax"), [1.0])
        self.assertEqual(r.run_ns("udpmax", table.EGRESS), [])
        self.assertEqual(r.core_percent("udpmax"), [])
        r = table.Results([entry("empty", True, programs=[program(10, 50)]),
                           entry("nvrwatch", True, programs=[program(10, 90)]),
                           entry("nvrwatch", False, count=some)])
        self.assertEqual(r.core_percent("udpmax"), [])


class Verdicts(unittest.TestCase):
    """Met or not."""

    def test_the_upper_quartile_decides(self):
        self.assertTrue(table.is_met(table.Part([1, 1, 1, 1, 9], 1, "")))
        self.assertFalse(table.is_met(table.Part([1, 1, 1, 2, 9], 1, "")))
        self.assertFalse(table.is_met(table.Part([], 1, "")))

    def loss(self, *changes):
        """Verdict of the loss row for good results with some replaced."""
        good = {load: burst(load, 1000) for load in table.BURSTS}
        bad = {load: beyond(load, 10, 12) for load in table.BURSTS}
        for which, result in changes:
            (good if which == "burst" else bad)[result["load"]] = result
        return table.loss_row(table.Results([*good.values(), *bad.values()]))[4]

    def test_loss(self):
        self.assertTrue(self.loss())
        self.assertFalse(self.loss(("burst", burst("exec", 999))))
        self.assertFalse(self.loss(("burst", burst("exec", 1001))))
        self.assertFalse(self.loss(("burst", burst("dns", 1000, lost=1))))
        self.assertFalse(self.loss(("burst", burst("churn", 1000, seconds=0.2))), "too slow")
        self.assertFalse(self.loss(("beyond", beyond("exec", 10, 9))), "not all counted")
        self.assertFalse(self.loss(("beyond", beyond("exec", 0, 0))), "nothing provoked")

    def test_day(self):
        loads = [burst(load, 1000) for load in table.OFFICE_PER_MINUTE]
        day = {"what": "day", "per_camera_minute": [1.0] * 64, "own_per_minute": 1.0}
        row = table.day_row(table.Results([*loads, day]))
        self.assertEqual(row[3].split()[0], f"{1440 * (64 + 1 + 10 * 2 + 4 * 1 + 4 * 2):,}")
        self.assertTrue(row[4])
        self.assertFalse(table.day_row(table.Results([*loads, dict(day, own_per_minute=50)]))[4])
        self.assertFalse(table.day_row(table.Results([day]))[4])


class Report(unittest.TestCase):
    """The whole."""

    def test_rows_stand_without_measurements(self):
        text = table.report([{"what": "start", "error": "x"}], ["h"])
        self.assertEqual(text.count("**not met**"), 9)
        self.assertIn("1 measurements, 1 failed", text)

    def test_ratio_is_within_a_round(self):
        r = table.Results([entry("none", False), entry("none", False, 1),
                           entry("x", False, truth={"made": 1000, "seconds": 0.02})])
        self.assertEqual(table.ratio_to_none(r, r.loads["udpmax", "x", False, 0]), 0.5)


if __name__ == "__main__":
    unittest.main()

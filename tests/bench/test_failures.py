# SPDX-License-Identifier: Apache-2.0
"""What scripts/failures.sh finds in logs; each text is as the tools print it."""

import os
import subprocess
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/failures.sh")

ONE_OF_THREE = """[==========] Running 3 test(s).
[ RUN      ] test_first
noise of a test that passes
[       OK ] test_first
[ RUN      ] test_second
2 of 3 bytes
[  ERROR   ] --- 0x2 != 0x3
[   LINE   ] --- tests/x.c:7: error: Failure!
[  FAILED  ] test_second
[ RUN      ] test_third
[       OK ] test_third
[==========] 3 test(s) run.
[  PASSED  ] 2 test(s).
[  FAILED  ] 1 test(s), listed below:
[  FAILED  ] test_second

 1 FAILED TEST(S)
the_group                      0.10 s
nw-tests: 2 passed, 1 failed, 0 skipped
"""


def failures(text):
    """The lines that the script prints for a log with this text."""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        log.write(text)
        log.flush()
        done = subprocess.run([SCRIPT, log.name], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


class Failures(unittest.TestCase):
    """One test for each kind of log."""

    SECOND = ["failed: the_group test_second", "  | 2 of 3 bytes", "  | [  ERROR   ] --- 0x2 != 0x3",
              "  | [   LINE   ] --- tests/x.c:7: error: Failure!"]

    def test_cmocka(self):
        """A failed test is named once, with its group and what it said."""
        self.assertEqual(failures(ONE_OF_THREE), self.SECOND)

    def test_none(self):
        """What passed is not named."""
        self.assertEqual(failures(ONE_OF_THREE.split("[ RUN      ] test_second")[0]), [])

    def test_cut_short(self):
        """A run that ended in the middle of a test names the test's last words."""
        cut = ONE_OF_THREE.split("[  ERROR")[0]
        self.assertEqual(failures(cut), ["failed: the run ended within a test: 2 of 3 bytes"])

    def test_others(self):
        """Scripts say it in one line, in capitals."""
        self.assertEqual(failures("lint: tidy   FAILED   3 s\nlint: style  ok  1 s\n"),
                         ["failed: lint: tidy   FAILED   3 s"])

    def test_relayed(self):
        """What another run of the script printed comes through as it is."""
        said = "\n".join(["failed: 6.1: the_group test_second", "  | 2 of 3 bytes"])
        self.assertEqual(failures("noise\n" + said + "\nnoise\n  | not this\n"), said.splitlines())

    def test_endless(self):
        """Of a talkative failure the last lines are kept."""
        talk = "".join(f"line {i}\n" for i in range(100))
        said = failures("[ RUN      ] test_x\n" + talk + "[  FAILED  ] test_x\n")
        self.assertEqual(len(said), 13)
        self.assertEqual(said[-1], "  | line 99")

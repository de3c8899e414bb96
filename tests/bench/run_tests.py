#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The own tests of the bench, of the script that names failures and of the mutants' tool, counted as
make check counts: they need no root, and measure and break nothing."""

import os
import sys
import unittest

sys.dont_write_bytecode = True  # the folder is part of the source tree


def main():
    """Returns the exit status."""
    tests = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    suite = unittest.TestSuite(unittest.TestLoader().discover(f"{tests}/{folder}")
                               for folder in ("bench", "mutants"))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    print(f"nw-tests: {result.testsRun - failed - skipped} passed, {failed} failed, "
          f"{skipped} skipped")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do the decoders read what tshark reads? Over published captures, field by field; see README.md.
Status 1 when a difference is not explained, or an explanation explains nothing any more."""

import argparse
import collections
import csv
import io
import os
import sys

sys.dont_write_bytecode = True

import captures  # noqa: E402 pylint: disable=wrong-import-position
import compare  # noqa: E402 pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))


def explanations():
    """(capture, field) -> (how many differences, why)."""
    with open(os.path.join(HERE, "explained.tsv"), encoding="utf-8") as file:
        rows = csv.reader((r for r in file if not r.startswith("#")), delimiter="\t",
                          quoting=csv.QUOTE_NONE)
        return {(capture, field): (int(count), why) for capture, field, count, why in rows}


def report(result, explained, out):
    """The table, and each difference with what explains it; returns how many nothing explains."""
    found = collections.Counter((d.capture, d.field) for d in result.differences)
    wrong = 0
    print("| field | compared | equal | agreement | explained |\n| --- | --- | --- | --- | --- |",
          file=out)
    for field, compared in sorted(result.compared.items()) + [("all", None)]:
        known = sum(n for key, n in found.items()
                    if (field in ("all", key[1])) and explained.get(key, (0,))[0] == n)
        compared = sum(result.compared.values()) if field == "all" else compared
        equal = sum(result.equal.values()) if field == "all" else result.equal[field]
        print(f"| {field} | {compared} | {equal} | {100 * equal / max(compared, 1):.2f} % | "
              f"{known} of {compared - equal} |", file=out)
    print("\nLeft out, because the capture does not show what a host would have seen:", file=out)
    for why, count in result.left_out.most_common():
        print(f"- {count}: {why}", file=out)
    print("\nDifferences:", file=out)
    for key in sorted(set(found) | set(explained)):
        count, why = explained.get(key, (0, "NOT EXPLAINED"))
        if count != found[key]:
            wrong += 1
            why += f" (WRONG NUMBER: {found[key]} found, {count} explained)"
        print(f"- {key[0]}\t{key[1]}\t{found[key]}\t{why}", file=out)
        for d in result.differences:
            if (d.capture, d.field) == key and (count != found[key]):
                print(f"    {d.where}\n      ours   {d.ours[:300]}", file=out)
                print(f"      tshark {d.theirs[:300]}", file=out)
    return wrong


def main():
    """See the top of the file."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("nvrwatch")
    args.add_argument("only", nargs="?", default="", help="captures with this in their names")
    args.add_argument("--out", default="-", help="file for the report")
    options = args.parse_args()
    root = captures.folder()
    cache = os.path.join(root, ".tshark")
    os.makedirs(cache, exist_ok=True)
    total, read, refused = compare.Result(), 0, 0
    for name, path in captures.all_of(root):
        if options.only not in name:
            continue
        result = compare.capture(options.nvrwatch, name, path, cache)
        if result is None:
            refused += 1
            continue
        read += 1
        total.add(result)
    explained = {k: v for k, v in explanations().items() if options.only in k[0]}
    text = io.StringIO()
    print(f"{read} captures; {refused} of link types or forms that are not read\n", file=text)
    wrong = report(total, explained, text)
    if options.out == "-":
        print(text.getvalue(), end="")
    else:
        with open(options.out, "w", encoding="utf-8") as file:
            file.write(text.getvalue())
    if wrong:
        sys.exit(f"agreement: {wrong} groups of differences are not explained, see the report")


if __name__ == "__main__":
    main()

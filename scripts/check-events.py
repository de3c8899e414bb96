#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/events.md against the lines that the code writes.

The unit tests write the lines that together have every field (NVRWATCH_ECS_LINES); the fields
come from there and not from reading C. Fails, naming the field, when
  - a line has a field that its dataset's table does not, or a value that is not of its type,
  - a table has a field that no line of its dataset has,
  - a key in the source is in no line: then the lines are not all that the code can write,
  - a field that the page calls ECS is not ECS's, or has another type there (needs --ecs),
  - an example in the page is of another dataset or has fields that the page lacks.

Usage: check-events.py [--ecs FIELDS.csv] TESTS-RUN
  TESTS-RUN is the unit tests' binary, FIELDS.csv the generated/csv/fields.csv of elastic/ecs;
  without --ecs it is looked for in ../shared/data/schemas, and that check is skipped if absent.
"""
import argparse
import csv
import glob
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PAGE = os.path.relpath(os.path.join(TOP, "docs", "events.md"))
COMMON = "All datasets"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")


def is_ip(value):
    try:
        return isinstance(value, str) and bool(ipaddress.ip_address(value))
    except ValueError:
        return False


def is_long(value):
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


VALUE_CHECKS = {
    "keyword": lambda v: isinstance(v, str) and v != "",
    "wildcard": lambda v: isinstance(v, str) and v != "",
    "match_only_text": lambda v: isinstance(v, str) and v != "",
    "long": is_long,
    "float": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "date": lambda v: isinstance(v, str) and DATE.fullmatch(v) is not None,
    "ip": is_ip,
}


class Field:
    """One row of a table."""

    def __init__(self, name, type_, origin):
        self.name = name
        self.is_array = type_.endswith("[]")
        self.types = type_.removesuffix("[]").split(" or ")
        self.is_ecs = origin == "ECS"
        self.pattern = re.compile(re.sub(r"<\w+>", "[^.]+", re.escape(name)))

    def takes(self, value):
        if self.is_array != isinstance(value, list):
            return False
        values = value if self.is_array else [value]
        return all(any(VALUE_CHECKS[t](v) for t in self.types) for v in values)


class Page:
    """The tables, the causes of loss and the examples of docs/events.md."""

    def __init__(self, path):
        self.tables, self.causes, self.examples, self.faults = {}, [], [], []
        section = None
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.startswith("## "):
                    section = line[3:].strip()
                    self.tables[section] = []
                elif line.startswith("{"):
                    self.examples.append((section, number, line))
                elif line.startswith("| `"):
                    self.row(section, number, line)
        for table in self.tables.values():
            table[:] = [f for row in table for f in self.expand(row)]

    def row(self, section, number, line):
        cells = [c.strip().strip("`") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 2:
            self.causes.append(cells[0])
        elif len(cells) != 5 or cells[3] not in ("ECS", "own"):
            self.faults.append(f"{PAGE}:{number}: not field, type, unit, from, meaning")
        elif unknown := set(cells[1].removesuffix("[]").split(" or ")) - set(VALUE_CHECKS):
            self.faults.append(f"{PAGE}:{number}: unknown type {', '.join(unknown)}")
        else:
            self.tables[section].append(Field(cells[0], cells[1], cells[3]))

    def expand(self, field):
        """<cause> stands for the rows of the table of causes; <hook> and <key> for any word."""
        if "<cause>" not in field.name:
            return [field]
        return [Field(field.name.replace("<cause>", c), "long", "own") for c in self.causes]

    def fields(self, dataset):
        return self.tables[COMMON] + self.tables.get(dataset, [])


def flatten(value, path=""):
    """Leaves of an object as (path, value); objects in an array count like one object."""
    if isinstance(value, dict):
        for key, v in value.items():
            yield from flatten(v, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        for v in value:
            yield from flatten(v, path)
    elif value != []:
        yield path, value


def dataset_of(record):
    return record["event"]["dataset"].removeprefix("nvrwatch.")


def check_record(page, record, where, seen):
    """Each field of a line is in its table; seen takes the rows that were met."""
    dataset = dataset_of(record)
    faults = []
    for path, value in flatten(record):
        exact = [f for f in page.fields(dataset) if f.name == path]
        rows = exact or [f for f in page.fields(dataset) if f.pattern.fullmatch(path)]
        if not rows:
            faults.append(f"{where}: {path} is not in the table of '{dataset}'")
        for field in rows:
            seen.add((dataset, field.name))
            if not field.takes(value):
                faults.append(f"{where}: {path} is {json.dumps(value)}, "
                              f"not {' or '.join(field.types)}{'[]' if field.is_array else ''}")
    return faults


def check_unwritten(page, seen):
    faults = []
    for dataset in page.tables:
        for field in page.fields(dataset) if dataset != COMMON else []:
            if (dataset, field.name) not in seen:
                faults.append(f"{PAGE}: {field.name} of '{dataset}' is in no line of it")
    return faults


def check_source(records):
    """The lines have every key that stands in the source as a key."""
    parts = {part for r in records for path, _ in flatten(r) for part in path.split(".")}
    faults = []
    for path in sorted(glob.glob(os.path.join(TOP, "user", "ecs*.c"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        keys = set(re.findall(r'\bnw_json_\w+\(&?[\w>-]+, "([^"\\]+)"', text))
        keys |= set(re.findall(r'\\"([a-z_@]+)\\":', text))
        keys |= set(re.findall(r'\bput_\w+\(\w+, "([a-z_]+)"(?=,)', text))
        faults += [f"{os.path.relpath(path, TOP)}: '{k}' is in no line of the tests"
                   for k in sorted(keys - parts)]
    return faults


def check_ecs(page, path):
    with open(path, newline="", encoding="utf-8") as file:
        ecs = {row["Field"]: row for row in csv.DictReader(file)}
    faults = []
    for dataset, table in page.tables.items():
        for field in table:
            name = "labels" if field.name.startswith("labels.") else field.name
            if field.is_ecs != (name in ecs):
                faults.append(f"{PAGE}: {field.name} of '{dataset}' is "
                              f"{'not ' if field.is_ecs else ''}a field of ECS")
            elif field.is_ecs and name != "labels":
                row = ecs[name]
                # an array of objects is said of dns.answers itself, not of what is in it
                wants_array = "array" in row["Normalization"]
                if [row["Type"]] != field.types or wants_array != field.is_array:
                    faults.append(f"{PAGE}: {field.name} of '{dataset}' is {row['Type']}"
                                  f"{'[]' if wants_array else ''} in ECS")
    return faults


def lines_of_tests(run):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lines")
        done = subprocess.run([os.path.abspath(run), "user_ecs"], cwd=TOP, text=True, check=False,
                              env={**os.environ, "NVRWATCH_ECS_LINES": path},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.exit(f"check-events: {run} user_ecs failed\n{done.stdout}")
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--ecs", metavar="FIELDS.csv")
    parser.add_argument("run", metavar="TESTS-RUN")
    args = parser.parse_args()
    page = Page(PAGE)
    records = lines_of_tests(args.run)
    seen, faults = set(), page.faults
    for number, record in enumerate(records, 1):
        faults += check_record(page, record, f"line {number} of the tests", seen)
    faults += check_unwritten(page, seen) + check_source(records)
    for dataset, number, line in page.examples:
        record = json.loads(line)
        if dataset_of(record) != dataset:
            faults.append(f"{PAGE}:{number}: an example of '{dataset_of(record)}'")
        faults += check_record(page, record, f"{PAGE}:{number}", set())
    missing = set(page.tables) - {COMMON} - {dataset for dataset, _, _ in page.examples}
    faults += [f"{PAGE}: '{dataset}' has no example" for dataset in sorted(missing)]
    found = sorted(glob.glob(os.path.join(TOP, "..", "shared", "data", "schemas", "ecs-*.csv")))
    ecs = args.ecs or (found[-1] if found else None)
    if ecs:
        faults += check_ecs(page, ecs)
    else:
        print("check-events: SKIP of ECS's types: no fields.csv here (--ecs)")
    for fault in faults:
        print(fault, file=sys.stderr)
    fields = sum(len(table) for table in page.tables.values())
    print(f"check-events: {len(records)} lines, {fields} rows, {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Where the sources count something, or look at the kernel: each place is one mutant, the program
with that place switched off. A hook's program returns at once (its __alt twin too), a counting
statement is passed by. All are in one build, each behind its number; none has 0. The list is read
off the sources; none is kept by hand."""

import re
from dataclasses import dataclass

# The whole of a statement begins on its line: braces are never left out here.
KERNEL = (
    re.compile(r"\s+nw_count\((?P<what>\w+)\);"),
    re.compile(r"\s+__sync_fetch_and_add\((?P<what>[^,]+),"),
    re.compile(r"\t+(?P<what>lost|files)\+\+;"),
    # into an event; what is set to 0 says that nothing was counted
    re.compile(r"\s+e->(?P<what>\w*(?:bytes|packets|drops|unacked|unsent|lost|files)) = (?!0;)"),
)
USER = (
    re.compile(r"\s+nw_state_lose\(\w+, (?P<what>\w+)\);"),
    re.compile(r"\s+[\w.>-]*?(?P<what>\w*(?:lost|evicted|rejected|missed|unknown))(?:\+\+;| \+= )"),
    re.compile(r"\s+[\w.>-]*?(?P<what>(?:loss|total|delta)\[.+?\])(?:\+\+;| \+?= )"),
)
# Of a counter's expression, what is counted: "tx ? &p->tx_bytes : &p->rx_bytes".
FIELD = re.compile(r"&(?:\w+->|\w+\.)?(\w+(?:\[\w+\])?)")
FUNCTION = re.compile(r"(?:#define |\w[\w *]*?)(?:BPF_PROG\()?(?P<name>\w+)(?:\(|, struct)")
PROGRAM = re.compile(r'SEC\("(?P<section>[a-z][\w/]+)"\)$')
CAUSE = re.compile(r"\t(NW_LOSS_\w+)\b")


class SiteError(Exception):
    """The sources are not as the patterns expect them."""


@dataclass(frozen=True)
class Mutant:
    """A place of one file that can be switched off."""
    name: str  # FILE:FUNCTION:WHAT, which stays while lines move
    path: str
    lines: tuple  # numbers, from 0
    put: tuple  # what at the beginning of each; {} is the mutant's number


def switchable(text, numbered):
    """A file with all its places behind their numbers: pairs of number and mutant, in the order in
    which they were found. A program's own switch stands in front of what its first line counts."""
    lines = text.split("\n")
    for number, mutant in reversed(numbered):
        for n, put in zip(mutant.lines, mutant.put):
            body = lines[n].lstrip()
            lines[n] = lines[n][:len(lines[n]) - len(body)] + put.format(number) + body
    return "\n".join(lines)


def functions(lines):
    """For each line the name of the function or macro it stands in."""
    name = ""
    for line in lines:
        found = FUNCTION.match(line)
        if found and not line.endswith(";"):
            name = found["name"]
        yield name


def programs(path, lines):
    """One mutant for each program with its twin."""
    inside = list(functions(lines))
    found = {}
    for n, line in enumerate(lines):
        section = PROGRAM.match(line)
        if not section or section["section"] == "license":
            continue
        brace = lines.index("{", n)
        name = inside[brace]
        put = f"if (nw_mutant == {{}}) return {int(section['section'].startswith('cgroup'))}; "
        found.setdefault(name.removesuffix("__alt"), {})[brace + 1] = put
    for name, starts in found.items():
        yield Mutant(f"{path.rsplit('/', 1)[-1]}:{name}:off", path, tuple(starts), tuple(starts.values()))


def counters(path, lines, patterns):
    """One mutant for each counting statement."""
    seen = {}
    for n, (line, inside) in enumerate(zip(lines, functions(lines))):
        for pattern in patterns:
            found = pattern.match(line)
            if not found:
                continue
            what = "|".join(FIELD.findall(found["what"])) or found["what"]
            name = f"{path.rsplit('/', 1)[-1]}:{inside}:{what}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name += f"#{seen[name]}"
            yield Mutant(name, path, (n,), ("if (nw_mutant != {}) ",))
            break


def mutants_of(path, text):
    """All of one file."""
    lines = text.split("\n")
    if not path.startswith("bpf/"):
        return list(counters(path, lines, USER))
    found = list(programs(path, lines))
    if path.startswith("bpf/hooks/") and not found:
        raise SiteError(f"{path}: no program found")
    return found + list(counters(path, lines, KERNEL))


def check(mutants, event_h):
    """Every cause of loss that the contract knows is counted at a place that was found."""
    names = [m.name for m in mutants]
    if len(names) != len(set(names)):
        raise SiteError("two mutants of one name: " +
                        ", ".join(sorted({n for n in names if names.count(n) > 1})))
    for cause in CAUSE.findall(event_h):
        if not any(cause in n for n in names):
            raise SiteError(f"nothing that counts {cause} was found")

# SPDX-License-Identifier: Apache-2.0
"""From raw results to tables. Pure: results in, Markdown out. A row is met when the upper quartile
of every figure in it meets its aim; a figure without measurements is never met."""

import collections
import statistics

OFFICE_PER_MINUTE = {"exec": 10, "churn": 4, "dns": 4}
CAMERAS, MINUTES_PER_DAY, DAY_AIM = 64, 1440, 200_000
BURSTS = {"exec": 3000, "churn": 10_000, "dns": 85_000}
FEW_RUNS = 500  # of the generators' own start and end
EGRESS, INGRESS = "cgroup_inet_egress", "cgroup_inet_ingress"

Part = collections.namedtuple("Part", "values aim unit label", defaults=("",))


def quartiles(values):
    """Lower quartile, median, upper quartile."""
    if len(values) == 1:
        return (values[0],) * 3
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))


def number(value):
    """Three significant digits, no exponent."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def spread(values, unit=""):
    """median [q1..q3]"""
    if not values:
        return "not measured"
    low, middle, high = map(number, quartiles(values))
    return f"{middle} [{low}..{high}]{' ' + unit if unit else ''}"


def is_whole(entry):
    """Whether the tool told of everything: one that loses events spends less and proves nothing."""
    return entry["tool"] in ("none", "empty") or entry["count"]["seen"] == entry["expected"]


def is_met(part):
    """Upper quartile against the aim."""
    return bool(part.values) and quartiles(part.values)[2] <= part.aim


class Results:
    """Raw results by what they are of, and the figures made from them, one value per round."""

    def __init__(self, raw):
        self.raw = [entry for entry in raw if "error" not in entry]
        self.failed = len(raw) - len(self.raw)
        self.loads = {(e["load"], e["tool"], e["stats"], e["round"]): e
                      for e in self.raw if e["what"] == "load"}

    def of(self, what, **fields):
        """Entries of a kind with these fields."""
        return [e for e in self.raw
                if e["what"] == what and all(e.get(k) == v for k, v in fields.items())]

    def entries(self, load, tool, stats):
        """Entries of a load under a tool, by round."""
        return self.of("load", load=load, tool=tool, stats=stats)

    def empty_ns(self, entry, program):
        """What an empty program of the same kind, else type, else any, cost in this round."""
        empty = self.loads.get((entry["load"], "empty", True, entry["round"]))
        ran = [p for p in empty["programs"] if p["runs"]] if empty else []
        for field in ("kind", "type", None):
            same = [p for p in ran if field is None or p[field] == program[field]]
            if same:
                return sum(p["time_ns"] for p in same) / sum(p["runs"] for p in same)
        return None

    def net_ns(self, entry, program):
        """Time of a program without the counter's own, or None where no empty one was measured."""
        empty = self.empty_ns(entry, program)
        return None if empty is None else program["time_ns"] - program["runs"] * empty

    def bpf_ns(self, load, tool, wanted=lambda program: True):
        """Net BPF time of a load, by round: (entry, ns). Iterators run inside the tool's own CPU
        time, which counts them already."""
        for entry in filter(is_whole, self.entries(load, tool, True)):
            nets = [self.net_ns(entry, p) for p in entry["programs"]
                    if p["kind"] != "iter" and p["runs"] and wanted(p)]
            if None not in nets:
                yield entry, sum(nets)

    def bpf_us_per_made(self, load, tool="nvrwatch", **wanted):
        """Net BPF time per made thing, µs."""
        return [ns / e["truth"]["made"] / 1000 for e, ns in self.bpf_ns(load, tool, **wanted)]

    def tool_us_per_told(self, load, tool="nvrwatch"):
        """Tool's CPU time per thing that it told of (of a connection both ends), µs."""
        return [e["tool_cpu_ns"] / e["expected"] / 1000
                for e in filter(is_whole, self.entries(load, tool, False))]

    def run_ns(self, load, kind, tool="nvrwatch"):
        """Net time of one run of the programs of a kind, ns."""
        return [ns / sum(p["runs"] for p in e["programs"] if p["kind"] == kind)
                for e, ns in self.bpf_ns(load, tool, lambda p: p["kind"] == kind)
                if any(p["kind"] == kind and p["runs"] for p in e["programs"])]

    def core_percent(self, load, tool="nvrwatch"):
        """Everything that the tool costs, as a share of one core."""
        result = []
        for entry, ns in self.bpf_ns(load, tool):
            plain = self.loads.get((load, tool, False, entry["round"]))
            if plain and is_whole(plain):
                result.append((ns / entry["truth"]["seconds"] +
                               plain["tool_cpu_ns"] / plain["truth"]["seconds"]) / 1e7)
        return result

    def records_per_made(self, load):
        """Records that one made thing causes, median over rounds."""
        ratios = [sum(n for name, n in e["count"]["records"].items() if name != "nvrwatch.status")
                  / e["truth"]["made"] for e in self.entries(load, "nvrwatch", False)]
        return statistics.median(ratios) if ratios else None


def is_cgroup_skb(program):
    """Whether a program runs per packet."""
    return program["type"] == "cgroup_skb"


def cost_rows(r):
    """Rows whose figures are costs: figure, aim, best peer, parts."""
    return [
        ("BPF per exec · tool CPU per exec with its JSON line", "≤ 1.5 µs · ≤ 2 µs",
         "execsnoop 22 · 14 µs",
         [Part(r.bpf_us_per_made("exec"), 1.5, "µs"), Part(r.tool_us_per_told("exec"), 2, "µs")]),
        ("BPF per TCP connection's life, of which outside cgroup_skb · tool CPU per finished flow",
         "≤ 6 µs, ≤ 1.5 µs · ≤ 1.5 µs", "NetObserv 6.6 µs · Suricata 8.7 µs",
         [Part(r.bpf_us_per_made("churn"), 6, "µs"),
          Part(r.bpf_us_per_made("churn", wanted=lambda p: not is_cgroup_skb(p)), 1.5, "µs"),
          Part(r.tool_us_per_told("churn"), 1.5, "µs")]),
        ("per TCP packet once heads are taken, egress · ingress", "≤ 30 · ≤ 20 ns",
         "NetObserv 240 ns",
         [Part(r.run_ns("tcpmax", EGRESS), 30, "ns"), Part(r.run_ns("tcpmax", INGRESS), 20, "ns")]),
        ("per UDP packet and direction, warm · paced", "≤ 30 · ≤ 80 ns", "NetObserv 240 · 415 ns",
         [Part(r.run_ns("udpmax", EGRESS), 30, "ns", "warm egress"),
          Part(r.run_ns("udpmax", INGRESS), 30, "ns", "warm ingress"),
          Part(r.run_ns("udpcam", EGRESS), 80, "ns", "paced egress"),
          Part(r.run_ns("udpcam", INGRESS), 80, "ns", "paced ingress")]),
        ("DNS transaction with names: BPF · tool CPU", "≤ 1.5 µs · ≤ 1 µs", "Suricata 10.6 µs",
         [Part(r.bpf_us_per_made("dns"), 1.5, "µs"), Part(r.tool_us_per_told("dns"), 1, "µs")]),
        ("64 cameras, 384 Mbit/s, 34 kpps, 200 ms bins: all of our CPU", "≤ 0.5 % of a core",
         "Suricata 3 %, NetObserv 4 %, Falco 14 %",
         [Part(r.core_percent("tcpcam"), 0.5, "%", "TCP"),
          Part(r.core_percent("udpcam"), 0.5, "%", "UDP")]),
        ("private memory at 100 flows with a 1 MiB ring · start to first event",
         "≤ 8 MiB · ≤ 0.3 s", "execsnoop 3.2 MB · Falco 10 s",
         [Part([e["private"] / 1024 for e in r.of("memory")], 8, "MiB"),
          Part([e["seconds"] for e in r.of("start", tool="nvrwatch")], 0.3, "s")]),
    ]


def burst_loss(r, load):
    """Text about, and whether nothing was lost in, the rounds that reached the aimed rate."""
    entries = r.entries(load, "nvrwatch", False)
    fast = [e for e in entries if e["truth"]["made"] / e["truth"]["seconds"] >= BURSTS[load]]
    if not fast:
        return f"{load} {'rate not reached' if entries else 'not measured'}", False
    rate = statistics.median(e["truth"]["made"] / e["truth"]["seconds"] for e in fast)
    missing = max(abs(e["expected"] - e["count"]["seen"]) for e in fast)
    counted = max(sum(e["count"]["lost"].values()) for e in fast)
    text = f"{load} {missing} at {rate:,.0f}/s ({len(fast)} rounds, counted {counted})"
    return text, missing == 0 and counted == 0


def overload_loss(r, load):
    """The same for the bursts that must lose: each missing record stands on a counted loss."""
    entries = r.of("overload", load=load)
    if not entries:
        return f"{load} not measured", False
    missing = [e["expected"] - e["count"]["seen"] for e in entries]
    counted = [sum(e["count"]["lost"].values()) for e in entries]
    text = f"{load} {statistics.median(missing):,.0f} missing, " \
           f"{statistics.median(counted):,.0f} counted"
    return text, all(0 < gone <= lost for gone, lost in zip(missing, counted))


def loss_row(r):
    """0 lost in bursts, and every loss counted beyond."""
    bursts = [burst_loss(r, load) for load in BURSTS]
    beyond = [overload_loss(r, load) for load in BURSTS]
    return ("loss at 3,000 exec/s, 10,000 connections/s, 85,000 DNS/s bursts",
            "0, and every drop counted beyond", "NetObserv 0.7–2 %",
            "; ".join(text for text, _ in bursts) + "; beyond: " +
            "; ".join(text for text, _ in beyond),
            all(is_good for _, is_good in bursts + beyond))


def day_row(r):
    """Records of a day, computed from measured records per camera-minute and per event."""
    figure = ("records written in a day by 64 cameras and an idle office (computed)", "≤ 200,000",
              "–")
    days = r.of("day")
    per_made = {load: r.records_per_made(load) for load in OFFICE_PER_MINUTE}
    if not days or None in per_made.values():
        return (*figure, "not measured", False)
    per_made["churn"] /= 2  # both ends were inside the cgroup; an office's other end is elsewhere
    office = sum(count * per_made[load] for load, count in OFFICE_PER_MINUTE.items())
    totals = []
    for entry in days:
        totals += [MINUTES_PER_DAY * (CAMERAS * rate + entry["own_per_minute"] + office)
                   for rate in entry["per_camera_minute"]]
    return (*figure, spread(totals), is_met(Part(totals, DAY_AIM, "")))


def main_table(r):
    """The aims' table."""
    rows = []
    for figure, aim, peer, parts in cost_rows(r):
        measured = " · ".join((f"{p.label} " if p.label else "") + spread(p.values, p.unit)
                              for p in parts)
        rows.append((figure, aim, peer, measured, all(map(is_met, parts))))
    rows += [loss_row(r), day_row(r)]
    return markdown(("figure (empty program subtracted)", "aim", "best peer",
                     "measured: median [q1..q3]", "aim is"),
                    [(*row[:4], "met" if row[4] else "**not met**") for row in rows])


def program_table(r):
    """What every program cost, by load."""
    rows = collections.defaultdict(lambda: ([], [], [], []))
    for (load, tool, stats, _), entry in r.loads.items():
        for p in entry["programs"] if stats and is_whole(entry) else []:
            if p["runs"] < FEW_RUNS:
                continue
            runs, raw, empty, net = rows[load, tool, p["name"], p["kind"]]
            runs.append(p["runs"] / entry["truth"]["made"])
            raw.append(p["time_ns"] / p["runs"])
            if tool != "empty" and r.net_ns(entry, p) is not None:
                empty.append(r.empty_ns(entry, p))
                net.append(r.net_ns(entry, p) / p["runs"])
    return markdown(("load", "tool", "program", "attached to", "runs per made", "ns per run",
                     "empty", "net: median [q1..q3]"),
                    [(*key, number(statistics.median(runs)), spread(raw),
                      number(statistics.median(empty)) if empty else "–",
                      spread(net) if net else "–")
                     for key, (runs, raw, empty, net) in rows.items()])


def rate(entry):
    """What a load did per second: bytes of streams, else made things."""
    truth = entry["truth"]
    return truth.get("bytes", truth["made"]) / truth["seconds"]


def rate_text(entries):
    """Median rate with its unit."""
    middle = statistics.median(map(rate, entries))
    if "bytes" in entries[0]["truth"]:
        return f"{number(middle * 8 / 1e6)} Mbit/s"
    return f"{number(middle)}/s"


def ratio_to_none(r, entry):
    """Rate of a load under a tool over its rate without, in the same round."""
    base = r.loads.get((entry["load"], "none", False, entry["round"]))
    return rate(entry) / rate(base) if base else None


def ledger_error(entries):
    """Largest difference between the bytes told of and those that both ends moved."""
    errors = [abs(e["count"]["ledger_bytes"] - e["truth"]["bytes"] - e["truth"]["server"]["bytes"])
              for e in entries if "ledger_bytes" in e.get("count", {})]
    return f"{max(errors):,}" if errors else "–"


def tool_table(r):
    """Each tool under each load; information, no aims."""
    rows = []
    for load, tool in sorted({(key[0], key[1]) for key in r.loads if not key[2]}):
        entries = r.entries(load, tool, False)
        ratios = [x for x in (ratio_to_none(r, e) for e in entries) if x is not None]
        seen = "–"
        if tool != "none":
            seen = f"{statistics.median(e['count']['seen'] for e in entries):,.0f} / " \
                   f"{statistics.median(e['expected'] for e in entries):,.0f}"
        rows.append((load, tool, rate_text(entries), spread(ratios),
                     spread([e["load_cpu_ns"] / e["truth"]["made"] / 1000 for e in entries]),
                     spread(r.tool_us_per_told(load, tool)) if tool != "none" else "–",
                     spread(r.bpf_us_per_made(load, tool)) if tool != "none" else "–",
                     seen, ledger_error(entries),
                     spread([e["ready_s"] for e in entries]) if tool != "none" else "–"))
    return markdown(("load", "tool", "rate", "rate / none", "load's CPU per made, µs",
                     "tool CPU per told, µs", "BPF per made, µs", "seen / true",
                     "ledger's error, bytes", "start to ready, s"),
                    rows)


def markdown(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def report(raw, header):
    """Everything, as Markdown."""
    r = Results(raw)
    quiet = [e["quiet"]["is_quiet"] for e in r.loads.values()]
    shares = [max(e["others_busy_s"], 0) / e["truth"]["seconds"] for e in r.loads.values()]
    lossy = sum(not is_whole(e) for e in r.loads.values())
    lines = [*header,
             f"{len(raw)} measurements, {r.failed} failed; {sum(quiet)} of {len(quiet)} loads "
             "began on a quiet machine; other processes, kernel threads and interrupts used "
             f"{spread(shares)} cores meanwhile.",
             f"In {lossy} loads the tool did not tell of everything: they are in the loss figures and "
             "in no cost."]
    office = ", ".join(f"{n} {load}" for load, n in OFFICE_PER_MINUTE.items())
    return "\n\n".join([
        "  \n".join(lines), main_table(r),
        f"An idle office is, per minute: {office} (churn: connections). Iterators run inside the "
        "tool's CPU time and count there only.", program_table(r), tool_table(r)]) + "\n"

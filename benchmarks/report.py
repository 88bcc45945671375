"""Turn results into text, JSON and the Markdown table of the README."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from .systems import ROOT
from .worker import DURATION, SIZE

TITLES = {
    "cobahh": "COBAHH: 4,000 Hodgkin-Huxley neurons, 0.32 M synapses, 1 s",
    "stdp": "STDP: 4,000 Poisson inputs onto 100 neurons, 0.4 M plastic synapses, 10 s",
    "hh": "100,000 uncoupled Hodgkin-Huxley neurons, 100 ms",
    "cuba": "CUBA: 4,000 integrate-and-fire neurons, 0.32 M synapses, 1 s",
    "brunel": "Brunel 2000: 12,500 neurons, 15.6 M synapses, 1 s",
    "rate": "Rate network: 2,000 neurons, dense random matrix, 1,000 steps",
    "latency": "100 Izhikevich neurons, 1 s: whole process, start to result",
}
HEADINGS = {
    "latency": ("cold (empty cache)", "warm", "other size and parameters"),
    "rate": ("run time", "build time, cold", "spread of x"),
    "": ("run time", "build time, cold", "mean rate"),
}


def figure(value: float) -> str:
    """Three digits."""
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def ratio(values: tuple[float, float, float]) -> str:
    """Median and range of a ratio."""
    middle, low, high = values
    return f"{figure(middle)}x" if low == high else f"{figure(middle)}x ({figure(low)}..{figure(high)})"


def rows(workload: str, result: dict[str, Any]) -> list[tuple[str, ...]]:
    """Table rows of one workload: our own times in seconds, everybody else's as multiples of them."""
    lines = []
    for record in result.values():
        cells = [f"{record['title']} {record['version']}".strip()]
        if workload == "latency":
            for kind in ("cold", "warm", "changed"):
                seconds = record.get(f"{kind}_s")
                cells.append(f"{figure(seconds[0])} s" if seconds else ratio(record[f"{kind}_ratio"]))
        else:
            rate = record["spikes"] / SIZE[workload] / DURATION[workload] * 1000.0
            if "run_s" in record:
                times = f"{figure(record['run_s'][0])} s", f"{figure(record['build_s'])} s"
            elif "run_ratio" in record:
                times = ratio(record["run_ratio"]), f"{figure(record['build_ratio'])}x"
            else:
                times = "-", "-"
            cells += [*times, f"{record['spikes']:.3f}" if workload == "rate" else f"{rate:.1f} Hz"]
        lines.append(tuple(cells))
    return lines


def text(workload: str, result: dict[str, Any]) -> str:
    """The table of one workload for the terminal."""
    table = [("", *HEADINGS.get(workload, HEADINGS[""])), *rows(workload, result)]
    widths = [max(len(row[k]) for row in table) for k in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return f"\n{TITLES[workload]}\n" + "\n".join(lines) + "\n"


def markdown(results: dict[str, Any], machine: dict[str, Any]) -> str:
    """The tables as Markdown."""
    lines = [
        f"Measured {machine['date']} on one core of {machine['cpu']} with {machine['compiler']}, all simulators in"
        " turns in one run, processor time. Our times in seconds; the others as multiples of ours"
        " (2x: takes twice as long), median and range over the rounds. Single precision"
        " is compared with single precision."
        + (f" {machine['note'][0].upper()}{machine['note'][1:]}." if machine["note"] else "")
    ]
    for workload, result in results.items():
        lines += ["", f"**{TITLES[workload]}**", ""]
        lines.append(f"| | {' | '.join(HEADINGS.get(workload, HEADINGS['']))} |")
        lines.append("|---|---|---|---|")
        lines += [f"| {' | '.join(row)} |" for row in rows(workload, result)]
    return "\n".join(lines) + "\n"


def output(*command: str) -> str:
    """First line that a command prints, or an empty text."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip().partition("\n")[0]
    except OSError:
        return ""


def machine(core: int, note: str) -> dict[str, Any]:
    """What the figures depend on."""
    about = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(": ")[2] for line in about.splitlines() if line.startswith("model name")]
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "core": core,
        "load": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
        "compiler": output("gcc", "--version"),
        "commit": output("git", "rev-parse", "HEAD"),
        "note": note.rstrip(" ."),
    }


def write(results: dict[str, Any], folder: Path, core: int, note: str) -> Path:
    """Write <date>.json and TABLE.md; return the former's path."""
    folder.mkdir(parents=True, exist_ok=True)
    about = machine(core, note)
    path = folder / f"{about['date']}.json"
    path.write_text(json.dumps({"machine": about, "workloads": results}, indent=1) + "\n")
    (folder / "TABLE.md").write_text(markdown(results, about))
    return path

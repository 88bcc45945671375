"""Whole processes from start to first result: cold, warm, and warm with another size and other parameters.

Times are processor times of the process and its children (C compilers), all on one core: equal to the wall time on an
idle machine, and comparable on a shared one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from typing import Any

from .conductor import spread
from .systems import ROOT, System, command

#: Another size and other parameters than the first run's.
VARIANT = ("--variant", "--n", "150")


def once(system: System, core: int, cache: str, *further: str) -> tuple[float, dict[str, Any]]:
    """Run one process to its end; return its time (s) and its record."""
    before = os.times()
    done = subprocess.run(
        command(system, "latency", core, "--cache", cache, *further), cwd=ROOT, capture_output=True, text=True
    )
    after = os.times()
    seconds = after.children_user - before.children_user + after.children_system - before.children_system
    if done.returncode:
        raise RuntimeError(f"{system.title} failed:\n{done.stderr[-1000:]}")
    return seconds, json.loads(done.stdout.strip().splitlines()[-1])


def run(systems: list[System], core: int, reps: int) -> dict[str, Any]:
    """Return, per system, seconds of whole processes as (median, smallest, largest); peers as ratios to ours."""
    seconds: dict[str, dict[str, list[float]]] = {}
    records: dict[str, dict[str, Any]] = {}
    taking_part = [system for system in systems if "latency" in system.workloads]
    for number in range(reps):
        for system in taking_part:
            cache = tempfile.mkdtemp(prefix="benchmarks_")
            mine = seconds.setdefault(system.name, {"cold": [], "warm": [], "changed": []})
            if system.name != "ranvier" and mine["cold"] and mine["cold"][0] > 8.0:
                shutil.rmtree(cache, ignore_errors=True)
                continue  # a slow peer is measured once
            try:
                first, record = once(system, core, cache)
                mine["cold"].append(first)
                mine["warm"].append(once(system, core, cache)[0])
                mine["changed"].append(once(system, core, cache, *VARIANT)[0])
            except RuntimeError as problem:
                print(problem, flush=True)
                continue
            finally:
                shutil.rmtree(cache, ignore_errors=True)
            records[system.name] = {"title": system.title, "version": record["version"], "spikes": record["spikes"]}
        print(f"latency: round {number + 1} of {reps}", flush=True)
    return {
        name: records[name] | figures(mine, seconds.get("ranvier"), name)
        for name, mine in seconds.items()
        if name in records
    }


def figures(
    mine: dict[str, list[float]], ours: dict[str, list[float]] | None, name: str
) -> dict[str, tuple[float, float, float]]:
    """Seconds for us, ratios for the others."""
    if name == "ranvier" or ours is None:
        return {f"{kind}_s": spread(values) for kind, values in mine.items()}
    middle = {kind: spread(values)[0] for kind, values in ours.items()}
    return {f"{kind}_ratio": spread([value / middle[kind] for value in values]) for kind, values in mine.items()}

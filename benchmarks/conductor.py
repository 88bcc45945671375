"""Let the workers of one workload build, then run in turns."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

from .systems import ROOT, System, command


@dataclass(slots=True)
class Worker:
    """A simulator's process: `started` is what it said after building, `runs` what it said after each run."""

    system: System
    process: subprocess.Popen[str]
    started: dict[str, Any]
    runs: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Ask for one run and wait for it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        self.runs.append(json.loads(self.process.stdout.readline()))

    @property
    def spent(self) -> float:
        return sum(run["run_s"] for run in self.runs)


def start(system: System, workload: str, core: int, cache: str) -> Worker | None:
    """Start a worker with an empty cache and wait until it has built its network; None when it fails."""
    process = subprocess.Popen(
        command(system, workload, core, "--cache", cache),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline()
    if not line:
        print(f"{system.title} failed on {workload}:\n{process.stderr.read()[-1000:]}", flush=True)
        process.wait()
        return None
    return Worker(system, process, json.loads(line))


def run_workload(workload: str, systems: list[System], core: int, reps: int, budget: float) -> dict[str, Any]:
    """Return, per system: version, synapses, build and run figures (see `summary`)."""
    workers: list[Worker] = []
    caches = tempfile.mkdtemp(prefix="benchmarks_")
    try:
        for system in systems:
            if workload in system.workloads:
                print(f"{workload}: {system.title} builds", flush=True)
                worker = start(system, workload, core, f"{caches}/{system.name}")
                if worker:
                    workers.append(worker)
        for number in range(reps):
            for worker in workers:
                if worker.spent < budget:
                    worker.run()
            print(f"{workload}: round {number + 1} of {reps}", flush=True)
    finally:
        for worker in workers:
            if worker.process.stdin:
                worker.process.stdin.close()
            worker.process.wait(timeout=60)
        shutil.rmtree(caches, ignore_errors=True)
        time.sleep(0.1)
    return {worker.system.name: summary(worker, workers) for worker in workers}


def summary(worker: Worker, workers: list[Worker]) -> dict[str, Any]:
    """Figures of one worker. `run_ratio` is its time over that of its baseline in the same round: median, min, max."""
    record: dict[str, Any] = {
        "title": worker.system.title,
        "baseline": worker.system.baseline,
        "version": worker.started["version"],
        "synapses": worker.started["synapses"],
        "spikes": statistics.median(run["spikes"] for run in worker.runs),
        "rounds": len(worker.runs),
    }
    base = next((w for w in workers if w.system.name == worker.system.baseline), None)
    if base is None:
        return record
    if worker is base:
        seconds = [run["run_s"] for run in worker.runs]
        record["run_s"] = spread(seconds)
        record["build_s"] = worker.started["build_s"]
        record["import_s"] = worker.started["import_s"]
    ratios = [ours["run_s"] and run["run_s"] / ours["run_s"] for run, ours in zip(worker.runs, base.runs, strict=False)]
    record["run_ratio"] = spread(ratios)
    record["build_ratio"] = worker.started["build_s"] / base.started["build_s"]
    return record


def spread(values: list[float]) -> tuple[float, float, float]:
    """Median, smallest, largest."""
    return statistics.median(values), min(values), max(values)

"""Run the workloads on Ranvier, on the installed peers and in plain C, in turns, and print the ratios.

    python -m benchmarks                         # everything; about ten minutes
    python -m benchmarks cobahh cuba --reps 3    # some of it
    python -m benchmarks --systems ranvier,brian2,c

Every simulator runs in a process of its own, pinned to one core. All build their network first; then they take turns,
round after round, so that a change of the machine's speed hits all of them. Peers are given as ratios of their time to
ours in the same round (more than 1: we are faster), because only ratios hold across machines.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from . import latency, report
from .conductor import run_workload
from .systems import SYSTEMS, installed

HERE = Path(__file__).parent
WORKLOADS = ("cobahh", "hh", "cuba", "brunel", "stdp", "rate", "latency")


def main() -> None:
    """Read the command line, run, report."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(WORKLOADS)}; all by default")
    parser.add_argument("--reps", type=int, default=5, help="rounds of each workload (default 5)")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of runs after which a system rests")
    parser.add_argument("--core", type=int, default=os.cpu_count() and max(os.sched_getaffinity(0)))
    parser.add_argument("--systems", default="", help="comma-separated; all installed ones by default")
    parser.add_argument("--note", default="", help="what to record with the results, e.g. what else the machine did")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    given = parser.parse_args()
    unknown = set(given.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f"unknown workload {sorted(unknown)}; known: {', '.join(WORKLOADS)}")
    wanted = given.systems.split(",") if given.systems else [system.name for system in SYSTEMS]
    systems = [system for system in SYSTEMS if system.name in wanted and installed(system)]
    absent = [system.name for system in SYSTEMS if system.name in wanted and system not in systems]
    if absent:
        print(f"not installed, left out: {', '.join(absent)} (benchmarks/setup_peers.sh installs them)")
    results: dict[str, object] = {}
    for workload in given.workloads or WORKLOADS:
        if workload == "latency":
            results[workload] = latency.run(systems, given.core, min(given.reps, 3))
        else:
            results[workload] = run_workload(workload, systems, given.core, given.reps, given.budget)
        print(report.text(workload, results[workload]), flush=True)
    print(f"written: {report.write(results, given.out, given.core, given.note)}")


if __name__ == "__main__":
    main()

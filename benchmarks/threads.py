"""What threads gain: ``python -m benchmarks.threads``. Each network is run in turns with each number of threads.

Wall time, because that is what threads are for. A round is one run with each number; the ratio of a round is the time
of one thread divided by that of many, so 2.0 is the best that two threads can do. `--busy n` starts n processes that do
nothing but compute, to see what threads cost where the cores are shared.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import statistics
import time
from contextlib import ExitStack

import ranvier as rv

from .worker import DT, DURATION, SIZE, Settings

WORKLOADS = ("cobahh", "hh", "cuba", "brunel", "stdp")


def burn() -> None:
    """Keep a core busy."""
    while True:
        sum(range(10_000))


def network(workload: str, precision: str) -> rv.Network:
    """Return a network that is ready to run from its stored state."""
    net = rv.Network(dt=DT, seed=1, precision=precision)
    given = Settings(workload, SIZE[workload], DURATION[workload], 1, precision == "single", "", "", False)
    importlib.import_module(f"benchmarks.ranvier.{workload}").build(net, given)
    net.compile()
    net.store()
    return net


def measure(workload: str, precision: str, counts: list[int], rounds: int, part: float) -> str:
    """Return a line with the ratios of all rounds."""
    net = network(workload, precision)
    times: dict[int, list[float]] = {count: [] for count in counts}
    for number in range(rounds + 1):
        for count in counts:
            net.restore()
            net.threads = count
            net.simulate(DT)
            began = time.perf_counter()
            net.simulate(DURATION[workload] * part)
            if number:  # the first round warms up
                times[count].append(time.perf_counter() - began)
    cells = [f"{workload:8} {precision:7} one thread {statistics.median(times[counts[0]]):.3f} s"]
    for count in counts[1:]:
        ratios = sorted(a / b for a, b in zip(times[counts[0]], times[count], strict=True))
        cells.append(f"{count}: x{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    return "; ".join(cells)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="benchmarks.threads", description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(WORKLOADS)}; all by default")
    parser.add_argument("--threads", default="2", help="comma-separated numbers, compared with one")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--part", type=float, default=1.0, help="part of the biological time of the workload")
    parser.add_argument("--busy", type=int, default=0, help="processes that compute at the same time")
    parser.add_argument("--single", action="store_true")
    given = parser.parse_args()
    counts = [1, *(int(n) for n in given.threads.split(","))]
    with ExitStack() as stack:
        for _ in range(given.busy):
            process = multiprocessing.Process(target=burn, daemon=True)
            process.start()
            stack.callback(process.kill)
        for workload in given.workloads or WORKLOADS:
            line = measure(workload, "single" if given.single else "double", counts, given.rounds, given.part)
            print(line, flush=True)


if __name__ == "__main__":
    main()

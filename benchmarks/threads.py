"""What threads gain: ``python -m benchmarks.threads``. Networks that differ in the number of threads run in turns.

Wall time, because that is what threads are for. A turn is a short piece of the run with each number; ``all`` compares
the sums over the whole run, ``best`` the fastest tenth of the pieces, which is what an idle machine would show where
other processes come and go. 2.0 is the best that two threads can do. `--busy n` starts n processes that do nothing but
compute; `--always` divides everything that can be divided, without measuring whether that helps.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import statistics
import time
from contextlib import ExitStack

import ranvier as rv
from ranvier.runtime.threads import Threads

from .worker import DT, DURATION, SIZE, Settings

#: Biological time of a piece, in ms: a few milliseconds of wall time.
PIECE = {"cobahh": 20.0, "hh": 1.0, "cuba": 100.0, "brunel": 5.0, "stdp": 10.0}
WORKLOADS = tuple(PIECE)


def burn() -> None:
    """Keep a core busy."""
    while True:
        sum(range(10_000))


def network(workload: str, precision: str, threads: int, always: bool) -> rv.Network:
    """Return a network that is ready to run."""
    net = rv.Network(dt=DT, seed=1, precision=precision)
    net._context.threads = Threads(threads, always)
    given = Settings(workload, SIZE[workload], DURATION[workload], 1, precision == "single", "", "", False)
    importlib.import_module(f"benchmarks.ranvier.{workload}").build(net, given)
    net.simulate(10 * DT)
    return net


def measure(workload: str, precision: str, counts: list[int], part: float, always: bool) -> str:
    """Return a line with the times of one thread and the ratios of the others."""
    nets = [network(workload, precision, count, always) for count in counts]
    times: list[list[float]] = [[] for _ in counts]
    piece = PIECE[workload]
    for _ in range(int(DURATION[workload] * part / piece)):
        for net, own in zip(nets, times, strict=True):
            began = time.perf_counter()
            net.simulate(piece)
            own.append(time.perf_counter() - began)
    best = [statistics.quantiles(own, n=10)[0] for own in times]
    cells = [f"{workload:8} {precision:7} one thread {sum(times[0]):.3f} s, a step {best[0] * DT / piece * 1e6:.1f} us"]
    for k, count in enumerate(counts[1:], 1):
        cells.append(f"{count} threads: all x{sum(times[0]) / sum(times[k]):.2f}, best x{best[0] / best[k]:.2f}")
    return "; ".join(cells)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="benchmarks.threads", description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(WORKLOADS)}; all by default")
    parser.add_argument("--threads", default="2", help="comma-separated numbers, compared with one")
    parser.add_argument("--part", type=float, default=1.0, help="part of the biological time of the workload")
    parser.add_argument("--busy", type=int, default=0, help="processes that compute at the same time")
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--always", action="store_true")
    given = parser.parse_args()
    counts = [1, *(int(n) for n in given.threads.split(","))]
    with ExitStack() as stack:
        for _ in range(given.busy):
            process = multiprocessing.Process(target=burn, daemon=True)
            process.start()
            stack.callback(process.kill)
        for workload in given.workloads or WORKLOADS:
            line = measure(workload, "single" if given.single else "double", counts, given.part, given.always)
            print(line, flush=True)


if __name__ == "__main__":
    main()

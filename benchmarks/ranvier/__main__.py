"""Run one workload as a worker: ``python -m benchmarks.ranvier cobahh``."""

# ruff: noqa: E402
from __future__ import annotations

import importlib
import os
import time

import numpy as np

from benchmarks.worker import Settings, Workload, serve, settings

GIVEN = settings()
if GIVEN.cache:
    os.environ["RANVIER_CACHE_DIR"] = GIVEN.cache
import ranvier as rv

IMPORTED = time.perf_counter()


def build(given: Settings) -> Workload:
    """Build and compile the network; one step, then back to the initial state."""
    net = rv.Network(dt=given.dt, seed=given.seed, precision="single" if given.single else "double")
    module = importlib.import_module(f"{__package__}.{given.workload}")
    cells, synapses = module.build(net, given)
    monitor = net.monitor(cells, "spike") if cells.spiking else None

    def count() -> float:
        if monitor is None:
            return float(np.std(cells.x))
        return sum(len(steps) for steps in monitor.get("spike").values())

    def run() -> None:
        net.simulate(given.t_ms)

    if given.workload == "latency":
        return Workload(synapses, lambda: None, run, count)
    net.compile(silent=True)
    net.store()
    net.simulate(given.dt)

    return Workload(synapses, net.restore, run, count)


if __name__ == "__main__":
    serve(GIVEN, IMPORTED, build, rv.__version__)

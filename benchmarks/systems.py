"""What takes part in the benchmarks and how its worker is started."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path(os.environ.get("RANVIER_PEERS", Path.home() / ".cache" / "ranvier-peers"))
ALL = ("cobahh", "hh", "cuba", "brunel", "stdp", "rate", "latency")
RUNS = ALL[:-1]
#: Workloads without plasticity: brainpy advances its traces in every step, which is another algorithm.
STATIC = ("cobahh", "hh", "cuba", "brunel")


@dataclass(frozen=True, slots=True)
class System:
    """One side of a comparison.

    Parameters
    ----------
    venv : str
        Environment under `PEERS`; empty for the Python that runs the benchmarks.
    baseline : str
        The system that this one's times are compared with.
    """

    name: str
    title: str
    module: str
    venv: str = ""
    arguments: tuple[str, ...] = ()
    workloads: tuple[str, ...] = RUNS
    baseline: str = "ranvier"

    @property
    def python(self) -> str:
        return str(PEERS / self.venv / "bin" / "python") if self.venv else sys.executable


SYSTEMS = (
    System("ranvier", "Ranvier", "benchmarks.ranvier", workloads=ALL),
    System("c", "plain C by hand", "benchmarks.limit", workloads=STATIC),
    System("brian2", "Brian2 standalone C++", "benchmarks.peers.brian2", "brian2", workloads=ALL),
    System(
        "brian2-runtime",
        "Brian2 runtime",
        "benchmarks.peers.brian2",
        "brian2",
        ("--option", "runtime"),
        workloads=("latency",),
    ),
    System("annarchy", "ANNarchy", "benchmarks.peers.annarchy", "main", workloads=ALL),
    System("nest", "NEST", "benchmarks.peers.nest", "main", workloads=(*RUNS[:-1], "latency")),
    System("brainpy", "brainpy (JAX)", "benchmarks.peers.brainpy", "brainpy", workloads=(*STATIC, "rate", "latency")),
    System("blas", "numpy, one thread", "benchmarks.peers.blas", workloads=("rate",)),
    System("ranvier-single", "Ranvier, single", "benchmarks.ranvier", "", ("--single",), baseline="ranvier-single"),
    System("c-single", "plain C, single", "benchmarks.limit", "", ("--single",), STATIC, "ranvier-single"),
    System(
        "brainpy-single",
        "brainpy (JAX), single",
        "benchmarks.peers.brainpy",
        "brainpy",
        ("--single",),
        (*STATIC, "rate"),
        baseline="ranvier-single",
    ),
    System(
        "annarchy-single",
        "ANNarchy, single",
        "benchmarks.peers.annarchy",
        "main",
        ("--single",),
        ("rate",),
        "ranvier-single",
    ),
    System("blas-single", "numpy, single", "benchmarks.peers.blas", "", ("--single",), ("rate",), "ranvier-single"),
)


def installed(system: System) -> bool:
    """Tell whether the system's environment is there."""
    return not system.venv or (PEERS / system.venv / "ok").exists()


def command(system: System, workload: str, core: int, *further: str) -> list[str]:
    """Return the command line of a worker, pinned to one core where that is possible."""
    pinned = ["taskset", "-c", str(core)] if shutil.which("taskset") else []
    return [*pinned, system.python, "-m", system.module, workload, *system.arguments, *further]

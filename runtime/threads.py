"""How many threads a network uses. Results do not depend on it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .problems import ValueProblem

#: Environment variable: what ``threads="auto"`` means in this process (`parallel_run` sets it for its workers).
THREADS = "RANVIER_THREADS"
#: Synapses that a thread must have to build, to be worth starting.
GRAIN = 250_000
#: More would be a mistake.
MOST = 1024
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True, slots=True)
class Threads:
    """What the user asked for.

    Parameters
    ----------
    wanted : int or "auto"
    always : bool
        Divide whatever can be divided, however small it is; for tests.

    Raises
    ------
    ValueProblem
        It is neither a number from 1 on nor "auto".
    """

    wanted: Any = 1
    always: bool = False

    def __post_init__(self) -> None:
        good = isinstance(self.wanted, int) and not isinstance(self.wanted, bool) and 1 <= self.wanted <= MOST
        if not good and self.wanted != "auto":
            raise ValueProblem(f"threads must be a number from 1 to {MOST} or 'auto', not {self.wanted!r}.")

    def number(self) -> int:
        """Return how many threads to use in this process."""
        return automatic() if self.wanted == "auto" else int(self.wanted)

    def for_building(self, synapses: float, neurons: int) -> int:
        """Return how many threads may build so many synapses between so many neurons.

        Each counts synapses by neuron, which must not take more memory than the synapses.
        """
        most = self.number()
        return most if self.always else max(1, min(most, int(synapses // max(GRAIN, neurons))))


def automatic() -> int:
    """Return what ``threads="auto"`` means here: all available cores, in a worker process one."""
    told = os.environ.get(THREADS, "").strip()
    if told:
        if not told.isdecimal() or not 1 <= int(told) <= MOST:
            raise ValueProblem(f"{THREADS} must be a number from 1 to {MOST}, not {told!r}.")
        return int(told)
    processes: Any = sys.modules.get("multiprocessing.process")
    if processes is not None and processes.parent_process() is not None:
        return 1
    return min(available_cores(), MOST)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else max(1, min(cores, int(quota) // int(period)))

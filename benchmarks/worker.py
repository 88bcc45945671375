"""The side of a benchmark that runs inside one simulator's own process, the same for all simulators.

A worker builds one network, says how long that took, then simulates it anew whenever a line arrives on its standard
input and answers with one line of JSON. So the conductor (`benchmarks.__main__`) can let all simulators take turns.
Only the standard library is used: the file runs in every peer's environment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

START = time.perf_counter()

DT = 0.1
#: Biological time (ms), number of neurons and time step (ms) of each workload.
DURATION = {
    "cobahh": 1000.0,
    "cuba": 1000.0,
    "brunel": 1000.0,
    "hh": 100.0,
    "stdp": 10_000.0,
    "rate": 1000.0,
    "latency": 1000.0,
}
SIZE = {"cobahh": 4000, "cuba": 4000, "brunel": 12500, "hh": 100_000, "stdp": 4000, "rate": 2000, "latency": 100}
STEP = dict.fromkeys(SIZE, DT) | {"rate": 1.0}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the conductor asks for."""

    workload: str
    n: int
    t_ms: float
    seed: int
    single: bool
    cache: str
    option: str
    variant: bool

    @property
    def dt(self) -> float:
        """Time step (ms)."""
        return STEP[self.workload]

    @property
    def izhikevich(self) -> dict[str, float]:
        """Parameters of the latency workload: those of the first run, or changed ones."""
        return {"a": 0.03, "w": 2.5, "drive": 10.0} if self.variant else {"a": 0.02, "w": 3.0, "drive": 8.0}


@dataclass(frozen=True, slots=True)
class Workload:
    """A network ready to run.

    `restart` brings it back to its initial state (not timed). `run` simulates; it may return the seconds that the
    simulator itself measured for its main loop: wall time, or processor time if `own_processor_time`. `spikes` counts
    those of the last run; rate networks give the standard deviation of their neurons instead. `warm_up_s` is the part
    of the building that was simulation, because the simulator compiles while it runs; it is not counted as building.
    """

    synapses: int
    restart: Callable[[], None]
    run: Callable[[], float | None]
    spikes: Callable[[], float]
    warm_up_s: float = 0.0
    own_processor_time: bool = False


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what a simulator prints on standard output to standard error."""
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)


def say(**record: object) -> None:
    """Write one line of JSON for the conductor."""
    print(json.dumps(record, default=float), flush=True)  # numpy numbers of peers


def settings(arguments: list[str] | None = None) -> Settings:
    """Read the command line of a worker."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=sorted(DURATION))
    parser.add_argument("--n", type=int)
    parser.add_argument("--t-ms", type=float)
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--single", action="store_true", help="single precision")
    parser.add_argument("--cache", default="", help="directory for compiled code")
    parser.add_argument("--option", default="", help="what else the simulator offers, e.g. Brian2's runtime mode")
    parser.add_argument("--variant", action="store_true", help="latency: other parameters")
    parser.add_argument("--once", action="store_true", help="run once and end, instead of waiting for commands")
    given = parser.parse_args(arguments)
    if given.once:
        sys.stdin = open(os.devnull)
    return Settings(
        given.workload,
        given.n or SIZE[given.workload],
        given.t_ms or DURATION[given.workload],
        given.seed,
        given.single,
        given.cache,
        given.option,
        given.variant,
    )


def measure(workload: Workload) -> dict[str, object]:
    """Run once from the initial state.

    ``run_s`` is processor time: the wall time, less the share in which something else had the core. On an idle machine
    the two are equal; on a shared one only the former can be compared.
    """
    with quiet():
        workload.restart()
        start, used = time.perf_counter(), processor()
        own = workload.run()
        wall, used = time.perf_counter() - start, processor() - used
        spikes = workload.spikes()
    seconds = wall if own is None else own
    rss = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    share = 1.0 if workload.own_processor_time else min(1.0, used / wall)
    return {"run_s": seconds * share, "wall_s": seconds, "spikes": spikes, "rss_mb": round(rss / 1024.0, 1)}


def processor() -> float:
    """Return the processor time (s) of this process and the programs that it ran to their end."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def serve(given: Settings, imported: float, build: Callable[[Settings], Workload], version: str) -> None:
    """Build, report, then run on every line of standard input.

    Parameters
    ----------
    imported : float
        `time.perf_counter()` when the simulator had been imported.
    """
    begin = processor()
    with quiet():
        workload = build(given)
    seconds = processor() - begin - workload.warm_up_s
    if given.workload == "latency":  # measured as a whole process: from the start to the first result
        say(synapses=workload.synapses, version=version, **measure(workload))
        return
    say(synapses=workload.synapses, version=version, import_s=imported - START, build_s=seconds)
    for _ in sys.stdin:
        say(**measure(workload))

"""Compile one of the programs beside this file and run it as a worker: ``python -m benchmarks.limit cobahh``."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.worker import DT, Settings, Workload, serve, settings

IMPORTED = time.perf_counter()
FLAGS = "-O3 -march=native -mprefer-vector-width=512 -fno-math-errno -fno-trapping-math -fno-signed-zeros".split()
#: Workload -> program and its further arguments.
PROGRAMS = {"cobahh": ("hh", ["1"]), "hh": ("hh", ["0"]), "cuba": ("cuba", []), "brunel": ("brunel", [])}


def build(given: Settings) -> Workload:
    """Compile the program and run it once for a step, to count its synapses."""
    name, further = PROGRAMS[given.workload]
    program = Path(given.cache or tempfile.mkdtemp(prefix="limit_")) / name
    program.parent.mkdir(parents=True, exist_ok=True)
    source = Path(__file__).with_name(f"{name}.c")
    precision = ["-DSINGLE"] if given.single else []
    subprocess.run(["gcc", *FLAGS, *precision, str(source), "-o", str(program), "-lm"], check=True)
    last: dict[str, float] = {}

    def execute(steps: int) -> float:
        command = [str(program), str(given.n), str(steps), str(given.seed), *further]
        last.update(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        return last["run_s"]

    execute(1)
    steps = round(given.t_ms / DT)
    return Workload(
        int(last["synapses"]),
        lambda: None,
        lambda: execute(steps),
        lambda: int(last["spikes"]),
        own_processor_time=True,
    )


if __name__ == "__main__":
    serve(settings(), IMPORTED, build, "")

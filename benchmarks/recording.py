"""Memory and speed of a recording to a file: one million steps of 1000 voltages as float32, 4 GB.

    python -m benchmarks.recording [folder] [steps]

The file is removed afterwards. Memory is the growth of the largest resident set after the first tenth of the steps; the
speed is told as the share of processor time that recording takes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import ranvier as rv

NEURON = rv.Neuron("tau = 20.0", "tau*dv/dt = 1.5 - v", spike="v > 1", reset="v = 0")


def network(file: Path | None) -> rv.Network:
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(1000, NEURON, name="cells")
    pop.v = "rand()"
    if file is not None:
        net.monitor(pop, "v", name="mon", file=file, dtype="float32")
    net.compile()
    return net


def peak() -> float:
    """Return the largest resident set so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def samples(file: Path) -> int:
    """Return how many samples the file holds."""
    import h5py

    with h5py.File(file, "r") as opened:
        return len(opened["mon/0/v/values"])


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    file = folder / "recording-benchmark.h5"
    plain = network(None)
    began = time.process_time()
    plain.simulate(steps * 0.1)
    without = time.process_time() - began
    net = network(file)
    net.simulate(steps * 0.01)
    before, began, clock = peak(), time.process_time(), time.perf_counter()
    net.simulate(steps * 0.09)
    try:
        result = {
            "steps": net.current_step,
            "file_GB": file.stat().st_size / 1e9,
            "growth_MB": peak() - before,
            "seconds": time.perf_counter() - clock,
            "processor_s": time.process_time() - began,
            "processor_s_without_recording": 0.9 * without,
            "samples": samples(file),
        }
    finally:
        file.unlink()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

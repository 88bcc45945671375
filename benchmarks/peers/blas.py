"""numpy on one thread: the rate network as a loop over products of matrix and vector, which BLAS computes.

Not a simulator, and not reproducible as ours is (the order of BLAS's sums is its own): what the machine can do.
"""

# ruff: noqa: E402
from __future__ import annotations

import os
import time

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

from benchmarks.worker import STEP, Settings, Workload, serve, settings

GIVEN = settings()
import numpy as np

IMPORTED = time.perf_counter()


def build(given: Settings) -> Workload:
    """Draw the matrix."""
    kind = np.float32 if given.single else np.float64
    rng = np.random.default_rng(given.seed)
    weights = (rng.standard_normal((given.n, given.n)) * (1.5 / np.sqrt(given.n))).astype(kind)
    initial = rng.standard_normal(given.n).astype(kind)
    x, gain = initial.copy(), kind(STEP["rate"] / 10.0)

    def restart() -> None:
        x[:] = initial

    def run() -> None:
        for _ in range(round(given.t_ms / STEP["rate"])):
            x[:] += gain * (weights @ np.tanh(x) - x)

    return Workload(weights.size, restart, run, lambda: float(np.std(x)))


if __name__ == "__main__":
    serve(GIVEN, IMPORTED, build, np.__version__)

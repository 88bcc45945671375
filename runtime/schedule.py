"""From milliseconds to integer steps: one rule for Python, the engine and the interpreter.

``steps(x) = floor(x/dt + 0.5 + 1e-6)``: to the nearest step, halves up, and a tiny tolerance so that
quotients like 0.3/0.1 = 2.9999999999999996 and halves below their decimal value round as they read.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import RanvierWarning

from .problems import ValueProblem

#: How far (in steps) a time may be from a whole step before the user is told.
TOLERANCE = 1e-6


def steps(x: float, dt: float) -> int:
    """Return the number of steps nearest to a time.

    Parameters
    ----------
    x : float, ms
    dt : float, ms
    """
    return math.floor(x / dt + 0.5 + TOLERANCE)


def steps_of(x: NDArray[np.floating], dt: float) -> NDArray[np.int64]:
    """Return `steps` of every element of an array of times (ms)."""
    return np.floor(np.asarray(x, dtype=np.float64) / dt + 0.5 + TOLERANCE).astype(np.int64)


class Rounding:
    """Rounds single times that the user wrote, and warns once per object and argument when one is no whole step.

    Parameters
    ----------
    dt : float, ms
    """

    def __init__(self, dt: float) -> None:
        self._dt = dt
        self._told: set[tuple[str, str]] = set()

    def __call__(self, x: float, owner: str, argument: str) -> int:
        """Return `x` (ms) in steps; `owner` and `argument` name what it belongs to in the warning."""
        if not math.isfinite(x):
            raise ValueProblem(f"{owner}: {argument} must be finite, got {x}.")
        count = steps(x, self._dt)
        if abs(x / self._dt - count) > TOLERANCE and (owner, argument) not in self._told:
            self._told.add((owner, argument))
            warnings.warn(
                f"{owner}: {argument} of {x:g} ms is not a multiple of dt = {self._dt:g} ms; "
                f"{count} steps = {count * self._dt:g} ms are used.",
                RanvierWarning,
                stacklevel=4,
            )
        return count


def next_due(now: int, period: int, offset: int = 0, wait: int = 0) -> int:
    """Return the first step k >= max(now, wait) with ``(k - wait - offset) mod period == 0``."""
    first = max(now, wait)
    return first + (wait + offset - first) % period

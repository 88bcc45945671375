"""Steps as times: what recordings and their times have in common."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray


def decimals_of(value: float) -> int:
    """Return the number of digits after the decimal point of a number as it is written."""
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def ms(steps: int, dt: float) -> float:
    """Return steps as a time in ms, with the digits of dt: 3 steps of 0.1 ms are 0.3."""
    return round(steps * dt, decimals_of(dt))


def ms_array(steps: NDArray[np.int64], dt: float) -> NDArray[np.float64]:
    """Return `ms` of every element."""
    rounded: NDArray[np.float64] = np.round(steps * dt, decimals_of(dt))
    return rounded


def first_sample(start: int, period: int) -> int:
    """Return the first step >= start at which a sample is taken."""
    return -(-start // period) * period


def last_sample(stop: int, period: int) -> int:
    """Return the last step < stop at which a sample is taken."""
    return (-(-stop // period) - 1) * period


def limits(spans: list[tuple[int, int]], period: int, dt: float) -> dict[str, dict[str, list[Any]]]:
    """Return when samples were taken and where they are in the recorded array.

    Parameters
    ----------
    spans : list of (start, stop)
        Stretches of recording, in steps; samples are taken at multiples of the period in ``start <= step < stop``.
    period : int
        In steps.
    dt : float, ms

    Returns
    -------
    dict
        ``{"start": {"ms": [...], "idx": [...]}, "stop": {"ms": [...], "idx": [...]}}``, one entry per stretch: times
        and indices of the first and the last sample. Without a sample, the last index is the one before the first.
    """
    times: dict[str, dict[str, list[Any]]] = {"start": {"ms": [], "idx": []}, "stop": {"ms": [], "idx": []}}
    taken = 0
    for start, stop in spans:
        first, last = first_sample(start, period), last_sample(stop, period)
        times["start"]["ms"].append(ms(first, dt))
        times["stop"]["ms"].append(ms(last, dt))
        times["start"]["idx"].append(taken)
        taken += (last - first) // period + 1
        times["stop"]["idx"].append(taken - 1)
    return times

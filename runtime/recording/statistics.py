"""Statistics of spike trains: functions of spikes and the recording window, without state.

Spikes are a dict rank -> steps, as a monitor returns them. Rates are in Hz, times in ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..problems import ValueProblem

Spikes: TypeAlias = Mapping[int, Sequence[int]]


def flat(spikes: Spikes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the steps and ranks of all spikes, by time, then rank."""
    steps = np.array([step for train in spikes.values() for step in train], np.int64)
    ranks = np.array([rank for rank, train in spikes.items() for _ in train], np.int64)
    order = np.lexsort((ranks, steps))
    return steps[order], ranks[order]


def raster_plot(spikes: Spikes, dt: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the times (ms) and ranks of all spikes, sorted by time."""
    steps, ranks = flat(spikes)
    return np.asarray(steps * dt, np.float64), ranks


def histogram(
    spikes: Spikes, dt: float, window: tuple[int, int], bins: float | None = None, per_neuron: bool = False
) -> NDArray[np.int64]:
    """Return the number of spikes in each bin of the window.

    Parameters
    ----------
    spikes : dict
    dt : float, ms
    window : tuple of int
        First step, and the step after the last.
    bins : float, ms
        Width of a bin; dt by default.
    per_neuron : bool
        One row per neuron.
    """
    width = 1 if bins is None else round(bins / dt)
    if width < 1:
        raise ValueProblem(f"bins of {bins} ms are shorter than dt = {dt} ms.")
    start, stop = window
    count = max(0, stop - start) // width
    edges = start + width * np.arange(count + 1)
    if not per_neuron:
        return np.histogram(flat(spikes)[0], edges)[0].astype(np.int64) if count else np.zeros(0, np.int64)
    rows = [np.histogram(np.asarray(train), edges)[0] if count else np.zeros(0) for train in spikes.values()]
    return np.array(rows, np.int64).reshape(len(spikes), count)


def inter_spike_interval(
    spikes: Spikes, dt: float, ranks: Iterable[int] | None = None, per_neuron: bool = False
) -> Any:
    """Return the intervals between spikes of each neuron (ms): one list, or one list per neuron."""
    chosen = list(spikes) if ranks is None else list(ranks)
    intervals = {rank: (np.diff(np.asarray(spikes[rank], np.int64)) * dt).tolist() for rank in chosen}
    return intervals if per_neuron else [x for rank in chosen for x in intervals[rank]]


def coefficient_of_variation(
    spikes: Spikes, dt: float, ranks: Iterable[int] | None = None, per_neuron: bool = False
) -> Any:
    """Return standard deviation / mean of the intervals of each neuron that has at least two."""
    intervals = inter_spike_interval(spikes, dt, ranks, per_neuron=True)
    values = {rank: float(np.std(x) / np.mean(x)) for rank, x in intervals.items() if len(x) > 1}
    return values if per_neuron else list(values.values())


def mean_fr(spikes: Spikes, dt: float, duration: int) -> float:
    """Return the mean firing rate over all neurons (Hz); `duration` in steps."""
    if not spikes or duration <= 0:
        return 0.0
    count = sum(len(train) for train in spikes.values())
    return count / len(spikes) / (duration * dt) * 1000.0


def smoothed_rate(spikes: Spikes, dt: float, window: tuple[int, int], smooth: float = 0.0) -> NDArray[np.float64]:
    """Return the instantaneous rate of each neuron (Hz), shape (neurons, steps).

    Between two spikes it is the inverse of their interval, 0 before the first and after the last one.

    Parameters
    ----------
    spikes : dict
    dt : float, ms
    window : tuple of int
        First step, and the step after the last.
    smooth : float, ms
        Time constant of exponential smoothing; 0 for none.
    """
    start, stop = window
    rates = np.zeros((len(spikes), max(0, stop - start)))
    for row, train in zip(rates, spikes.values(), strict=True):
        for first, last in pairwise(train):
            row[max(0, first - start) : max(0, last - start)] = 1000.0 / ((last - first) * dt)
    return _smoothed(rates, dt, smooth)


def population_rate(spikes: Spikes, dt: float, window: tuple[int, int], smooth: float = 0.0) -> NDArray[np.float64]:
    """Return the rate of the whole group in every step (Hz), shape (steps,)."""
    start, stop = window
    if not spikes or stop <= start:
        return np.zeros(max(0, stop - start))
    steps = flat(spikes)[0] - start
    steps = steps[(steps >= 0) & (steps < stop - start)]
    counts = np.bincount(steps, minlength=stop - start)
    rates: NDArray[np.float64] = _smoothed(counts[None, :] / len(spikes) / dt * 1000.0, dt, smooth)[0]
    return rates


def _smoothed(rates: NDArray[np.float64], dt: float, smooth: float) -> NDArray[np.float64]:
    """Filter along time with a first-order low-pass that starts at 0."""
    if smooth <= 0.0:
        return rates
    share = -np.expm1(-dt / smooth)
    level = np.zeros(rates.shape[0])
    for k in range(rates.shape[1]):
        level += share * (rates[:, k] - level)
        rates[:, k] = level
    return rates

"""What `plot` draws, as plain arrays: spikes by group, sampled variables, binned connection matrices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..recording.monitors import SPIKE, Monitor
from ..synapses.projection import Projection

#: A monitor of spikes, or (times in ms, ranks) as `Monitor.raster_plot` returns them.
Spikes: TypeAlias = Monitor | tuple[ArrayLike, ArrayLike]


@dataclass(frozen=True, slots=True)
class SpikeGroup:
    """Spikes of one group; rank 0 is its first neuron; `start` and `stop` bound what was recorded, in ms."""

    label: str
    times: NDArray[np.float64]
    ranks: NDArray[np.int64]
    size: int
    start: float
    stop: float


def spike_groups(spikes: Spikes | Mapping[str, Spikes], n: int | Sequence[int] | None) -> list[SpikeGroup]:
    """Return one `SpikeGroup` per entry of `spikes`; `n` gives or overrides the sizes."""
    named = spikes if isinstance(spikes, Mapping) else {"": spikes}
    sizes = [n] * len(named) if n is None or isinstance(n, int) else list(n)
    return [_group(label, one, size) for (label, one), size in zip(named.items(), sizes, strict=True)]


def _group(label: str, spikes: Spikes, size: int | None) -> SpikeGroup:
    if isinstance(spikes, tuple):
        times, ranks = (np.asarray(part) for part in spikes)
        start, stop = (float(times.min()), float(times.max())) if len(times) else (0.0, 1.0)
        size = size if size is not None else int(ranks.max(initial=-1)) + 1
        return SpikeGroup(label, times.astype(float), ranks.astype(np.int64), size, start, stop)
    times, ranks = spikes.raster_plot()
    recorded = getattr(spikes.object, "ranks", np.zeros(0, np.int64))
    first = int(recorded[0]) if len(recorded) else 0
    span = int(recorded.max(initial=-1)) - first + 1
    spans = spikes.times("spike")["spike"]
    start, stop = min(spans["start"], default=0), max(spans["stop"], default=0)
    dt = spikes._context.dt
    return SpikeGroup(label, times, ranks - first, size or span, start * dt, stop * dt)


def extent(groups: Sequence[SpikeGroup]) -> tuple[float, float]:
    """Return the window that covers what was recorded of all groups."""
    start = min((g.start for g in groups), default=0.0)
    stop = max((g.stop for g in groups), default=0.0)
    return start, stop if stop > start else start + 1.0


def cut(group: SpikeGroup, start: float, stop: float) -> SpikeGroup:
    """Return the spikes of `group` in ``[start, stop]``."""
    inside = (group.times >= start) & (group.times <= stop)
    return replace(group, times=group.times[inside], ranks=group.ranks[inside])


def rate(group: SpikeGroup, width: float, start: float, stop: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (edges of the bins in ms, spikes per neuron and second in each bin); what remains joins the last bin."""
    edges = start + width * np.arange(max(1, math.floor((stop - start) / width + 1e-6)) + 1, dtype=np.float64)
    edges[-1] = stop
    counts, _ = np.histogram(group.times, edges)
    return edges, np.asarray(counts / (np.diff(edges) * 1e-3 * max(group.size, 1)), dtype=np.float64)


def samples(
    recorded: Monitor | Mapping[str, ArrayLike], variables: str | Sequence[str] | None
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Return ({variable: (samples, neurons)}, times of the samples)."""
    if isinstance(recorded, Mapping):
        found = dict(recorded)
        sampled = np.arange(max((len(np.asarray(v)) for v in found.values()), default=0), dtype=float)
    else:
        found = recorded.get(keep=True, reshape=False)
        sampled = _sample_times(recorded, next((name for name in found if name != SPIKE), ""))
    if variables is None:
        names = [name for name, values in found.items() if not isinstance(values, Mapping)]
    else:
        names = [variables] if isinstance(variables, str) else list(variables)
    arrays = {name: np.asarray(found[name], dtype=float) for name in names}
    return {name: array.reshape(len(array), -1) for name, array in arrays.items()}, sampled


def _sample_times(monitor: Monitor, variable: str) -> NDArray[np.float64]:
    """Return the times of the samples in memory, in ms."""
    if not variable:
        return np.zeros(0)
    dt = monitor._context.dt
    period, offset = round(monitor.period / dt), round(monitor.period_offset / dt)
    spans = monitor.times(variable)[variable]
    steps = [np.arange(a, b) for a, b in zip(spans["start"], spans["stop"], strict=True)]
    return np.concatenate([k[(k - offset) % period == 0] for k in steps] or [np.zeros(0)]) * dt


def chosen_columns(neurons: int | Sequence[int], available: int) -> list[int]:
    """Return which columns to draw: the given ones, or up to `neurons` of them, spread evenly."""
    if not isinstance(neurons, int):
        return list(neurons)
    count = min(neurons, available)
    return [index * available // count for index in range(count)]


def synapses(
    projection: Projection | ArrayLike, value: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], tuple[int, int]]:
    """Return (post rank, pre rank, value) of every synapse, and the shape (post, pre)."""
    if isinstance(projection, Projection):
        posts: list[int] = list(projection.post_ranks)
        rows = [np.asarray(projection.dendrite(rank).pre_ranks, dtype=np.int64) for rank in posts]
        post = np.repeat(np.asarray(posts, dtype=np.int64), [len(row) for row in rows])
        pre = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        attribute = 1.0 if value == "p" else getattr(projection, value)
        values = np.broadcast_to(np.asarray(attribute, dtype=float), pre.shape)
        return post, pre, values, (projection.post.size, projection.pre.size)
    matrix = np.asarray(projection, dtype=float)
    post, pre = np.nonzero(~np.isnan(matrix))
    values = np.ones(len(pre)) if value == "p" else matrix[post, pre]
    return post, pre, values, (matrix.shape[0], matrix.shape[1])


def binned(
    post: NDArray[np.int64],
    pre: NDArray[np.int64],
    values: NDArray[np.float64],
    shape: tuple[int, int],
    cells: int,
    *,
    mean: bool,
) -> NDArray[np.float64]:
    """Return an image of at most `cells` x `cells` blocks of pairs.

    A block shows the mean of the values that it holds (NaN where
    there is none) or, without `mean`, their sum divided by the number of pairs in the block.
    """
    rows, columns = (max(1, min(cells, length)) for length in shape)
    row, column = post * rows // max(shape[0], 1), pre * columns // max(shape[1], 1)
    block = row * columns + column
    total = np.bincount(block, weights=values, minlength=rows * columns).reshape(rows, columns)
    if mean:
        count = np.bincount(block, minlength=rows * columns).reshape(rows, columns)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)
    pairs_down = np.bincount(np.arange(shape[0]) * rows // max(shape[0], 1), minlength=rows)
    pairs_right = np.bincount(np.arange(shape[1]) * columns // max(shape[1], 1), minlength=columns)
    return np.asarray(total / np.outer(pairs_down, pairs_right))

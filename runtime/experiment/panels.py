"""The panels of `PlotRecordings`: one function per format, drawing into matplotlib axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..plot.style import COLORS, colors, label_time, marker, tidy, whole_numbers
from ..recording import statistics
from .analysis import get_pop_rate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPIKE_FORMATS = ("raster", "mean", "hybrid", "interspike", "cv")
FORMATS = ("line", "line_mean", "matrix", "matrix_mean")
#: Up to so many lines have colours of their own.
FEW = len(COLORS)


@dataclass(frozen=True, slots=True)
class Panel:
    """What one panel shows: spikes, or samples against time.

    `rows` groups synapses by postsynaptic neuron, `spans` are the times at which spikes were recorded.
    """

    compartment: str
    variable: str
    form: str
    dt: float
    period: float
    times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    values: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 1)))
    spikes: Mapping[int, Sequence[int]] | None = None
    rows: tuple[int, ...] = ()
    spans: tuple[tuple[float, float], ...] = ()


def draw(ax: Axes, panel: Panel, start: float, stop: float) -> None:
    """Draw a panel; times outside of the window are not shown."""
    if panel.spikes is not None:
        _spikes(ax, panel, panel.spikes, start, stop)
    else:
        _samples(ax, panel, start, stop)
    tidy(ax)


# -- spikes --------------------------------------------------------------------------------------------


def _spikes(ax: Axes, panel: Panel, spikes: Mapping[int, Sequence[int]], start: float, stop: float) -> None:
    found, ranks = statistics.flat(spikes)
    times = found * panel.dt
    shown = (times >= start) & (times <= stop)
    count = f"{len(spikes)} neuron{'' if len(spikes) == 1 else 's'}"
    if panel.form in ("interspike", "cv"):
        _histogram(ax, panel, spikes, (start, stop), count)
        return
    ax.set_title(f"{panel.compartment}: {panel.variable}s ({count})", fontsize="medium")
    label_time(ax, start, stop)
    if not shown.any():
        ax.text(0.5, 0.5, "no spikes", ha="center", va="center", transform=ax.transAxes, color="#555555")
        ax.set_yticks([])
        return
    rated = ax
    if panel.form in ("raster", "hybrid"):
        order = {rank: row for row, rank in enumerate(spikes)}
        rows = np.array([order[int(rank)] for rank in ranks[shown]])
        ax.plot(times[shown], rows, color=COLORS[0], **marker(ax, len(spikes), int(shown.sum())))
        ax.set_ylim(-0.5, len(spikes) - 0.5)
        ax.set_ylabel("neuron")
        _number_rows(ax, len(spikes))
        if panel.form == "hybrid":
            rated = ax.twinx()
            rated.spines[["top", "left"]].set_visible(False)
    if panel.form in ("mean", "hybrid"):
        color = COLORS[0] if rated is ax else COLORS[1]
        for first, last in panel.spans:
            rate = get_pop_rate(spikes, max(first, start), max(first, start, min(last, stop)), panel.dt)
            if rate is not None:
                rated.plot(*rate, color=color, linewidth=1.2)
        rated.set_ylim(bottom=0)
        rated.set_ylabel("rate (Hz)", color="black" if rated is ax else color)
        if rated is not ax:
            rated.tick_params(axis="y", colors=color)


def _histogram(
    ax: Axes, panel: Panel, spikes: Mapping[int, Sequence[int]], window: tuple[float, float], count: str
) -> None:
    """Draw a histogram of the intervals between spikes in the window, or of their variation in each neuron."""
    each = [_intervals(np.asarray(train) * panel.dt, panel.spans, window) for train in spikes.values()]
    if panel.form == "interspike":
        found = np.concatenate([np.zeros(0), *each])
        title, label = "intervals between spikes", "interval (ms)"
    else:
        found = np.array([np.std(gaps) / np.mean(gaps) for gaps in each if len(gaps) > 1])
        title, label = "variation of intervals", "coefficient of variation"
    ax.set_title(f"{panel.compartment}: {title} ({count})", fontsize="medium")
    ax.set_xlabel(label)
    ax.set_ylabel("probability density")
    if not found.size:
        ax.text(0.5, 0.5, "too few spikes", ha="center", va="center", transform=ax.transAxes, color="#555555")
        ax.set_yticks([])
        return
    bins = min(100, max(10, int(np.sqrt(found.size)) * 2))
    top = float(found.max()) * 1.05 or 1.0
    ax.hist(found, bins=bins, range=(0.0, top), density=True, color=COLORS[0])
    ax.set_xlim(0.0, top)


def _intervals(
    times: NDArray[np.float64], spans: Sequence[tuple[float, float]], window: tuple[float, float]
) -> NDArray[np.float64]:
    """Return the intervals between the spikes of a neuron, without those that a pause lies in."""
    parts = [
        np.diff(times[(times >= max(first, window[0])) & (times < last) & (times <= window[1])])
        for first, last in spans
    ]
    return np.concatenate([np.zeros(0), *parts])


def _number_rows(ax: Axes, count: int) -> None:
    if count == 1:
        ax.set_yticks([0])
    else:
        whole_numbers(ax)


# -- samples -------------------------------------------------------------------------------------------


def _samples(ax: Axes, panel: Panel, start: float, stop: float) -> None:
    shown = (panel.times >= start) & (panel.times <= stop)
    times, columns, groups = panel.times[shown], panel.values[shown].reshape(int(shown.sum()), -1), panel.rows
    what = f"{columns.shape[1]} synapses" if groups else f"{columns.shape[1]} neuron{'s' * (columns.shape[1] > 1)}"
    if panel.form.endswith("_mean"):
        parts = np.split(columns, np.cumsum(groups)[:-1], axis=1) if groups else [columns]
        columns, groups = np.column_stack([part.mean(axis=1) for part in parts]), ()
        what = f"mean of {what}"
    ax.set_title(f"{panel.compartment}: {panel.variable} ({what})", fontsize="medium")
    if not times.size:
        ax.text(0.5, 0.5, "not recorded", ha="center", va="center", transform=ax.transAxes, color="#555555")
        ax.set_yticks([])
    elif panel.form.startswith("line"):
        _lines(ax, panel, times, columns)
    else:
        _matrix(ax, panel, times, columns, groups)
    label_time(ax, start, stop)


def _lines(ax: Axes, panel: Panel, times: NDArray[np.float64], columns: NDArray[np.float64]) -> None:
    many = columns.shape[1] > FEW
    tones = ["#1f4e7955"] * columns.shape[1] if many else colors(columns.shape[1])
    for tone, column in zip(tones, columns.T, strict=True):
        lone = np.isfinite(column) & ~_beside(column)
        ax.plot(times, column, color=tone, linewidth=0.8 if many else 1.2)
        ax.plot(times[lone], column[lone], color=tone, linestyle="", marker=".")
    ax.set_ylabel(panel.variable)


def _beside(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which samples have a neighbour, so that a line shows them."""
    there = np.concatenate([[False], np.isfinite(column), [False]])
    return np.asarray(there[:-2] | there[2:])


def _matrix(
    ax: Axes, panel: Panel, times: NDArray[np.float64], columns: NDArray[np.float64], groups: tuple[int, ...]
) -> None:
    image: Any = columns
    if groups:  # an empty row between the synapses of two postsynaptic neurons
        image = np.insert(columns, np.cumsum(groups)[:-1], np.nan, axis=1)
    half = panel.period / 2
    extent = (times[0] - half, times[-1] + half, image.shape[1] - 0.5, -0.5)
    drawn = ax.imshow(image.T, aspect="auto", extent=extent, cmap="viridis", interpolation="nearest")
    bar = ax.figure.colorbar(drawn, ax=ax, fraction=0.046, pad=0.03)
    bar.set_label(panel.variable)
    bar.outline.set_visible(False)
    if groups:
        ends = np.cumsum(groups) + np.arange(len(groups))
        middle = (ends + ends - groups - 1) / 2
        some = np.unique(np.linspace(0, len(groups) - 1, min(10, len(groups))).astype(int))
        ax.set_yticks(middle[some], [str(k) for k in some])
        ax.set_ylabel("postsynaptic neuron")
    else:
        ax.set_ylabel("postsynaptic neuron" if panel.rows else "neuron")
        if panel.form == "matrix" or panel.rows:
            _number_rows(ax, image.shape[1])
        else:
            ax.set(yticks=[], ylabel="")

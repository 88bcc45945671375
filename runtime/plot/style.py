"""How `plot` looks: colours, sizes, ticks and labels. Takes matplotlib axes, decides nothing about data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Colours that stay apart for colour-blind readers and in grey (after Okabe and Ito 2008), a dark blue first.
COLORS = ("#1f4e79", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555")


def colors(count: int) -> list[str]:
    """Return `count` colours, from the start again when there are more groups than colours."""
    return [COLORS[index % len(COLORS)] for index in range(count)]


def new_axes(height: float, width: float = 7.0) -> Axes:
    """Return the axes of a new figure whose labels will not be cut off."""
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    return ax


def new_panels(count: int) -> list[Axes]:
    """Return `count` axes of a new figure, one above the other, on one time axis."""
    import matplotlib.pyplot as plt

    size = (7.0, 0.9 + 1.5 * max(count, 1))
    _, panels = plt.subplots(max(count, 1), 1, sharex=True, squeeze=False, figsize=size, layout="constrained")
    return list(panels[:, 0])[:count]


def tidy(ax: Axes) -> None:
    """Remove what carries no information."""
    ax.spines[["top", "right"]].set_visible(False)


def split(ax: Axes, lower: float = 0.3) -> Axes:
    """Take the lowest part of an axes' place for new axes on the same time axis, and return these."""
    place = ax.get_subplotspec()
    if place is None:
        from mpl_toolkits.axes_grid1 import make_axes_locatable

        below: Axes = make_axes_locatable(ax).append_axes("bottom", f"{100 * lower:.0f}%", pad=0.12, sharex=ax)
        return below
    places = place.subgridspec(2, 1, height_ratios=(1.0 - lower, lower))
    ax.set_subplotspec(places[0])
    return ax.figure.add_subplot(places[1], sharex=ax)


def whole_numbers(ax: Axes) -> None:
    """Put the ticks of neurons on neurons."""
    from matplotlib.ticker import MaxNLocator

    ax.yaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))


def marker(ax: Axes, neurons: int, spikes: int) -> dict[str, Any]:
    """Return how to draw a spike: a bar as high as its row for few neurons, a dot that leaves gaps for many."""
    height = ax.get_window_extent().height * 72.0 / ax.figure.dpi
    row = height / max(neurons, 1)
    if row > 4.0:
        return {"linestyle": "", "marker": "|", "markersize": min(0.75 * row, 12.0), "markeredgewidth": 1.0}
    ink = 220.0 / math.sqrt(max(spikes, 1))
    return {"linestyle": "", "marker": ".", "markersize": float(np.clip(ink, 0.9, 4.0)), "markeredgewidth": 0}


def default_bin(start: float, stop: float, spikes: int) -> float:
    """Return a width of 1, 2 or 5 times a power of ten: 1/200 of the window, wider where there are few spikes."""
    raw = (stop - start) / min(200, max(20, spikes // 10))
    scale = 10.0 ** math.floor(math.log10(raw))
    return next(scale * factor for factor in (1.0, 2.0, 5.0, 10.0) if raw <= scale * factor * (1 + 1e-9))


def label_time(ax: Axes, start: float, stop: float) -> None:
    """Label the time axis, in seconds when it is long."""
    ax.set_xlim(start, stop)
    ax.set_xlabel("time (ms)")
    if stop - start > 10_000:
        ax.xaxis.set_major_formatter(lambda x, _: f"{x / 1000:g}")
        ax.set_xlabel("time (s)")


def name_groups(ax: Axes, labels: Sequence[str], sizes: Sequence[int]) -> None:
    """Write the name of each stacked group at its right, in its colour."""
    offset = 0
    total = max(sum(sizes), 1)
    for color, label, size in zip(colors(len(labels)), labels, sizes, strict=True):
        ax.text(1.01, (offset + size / 2) / total, label, transform=ax.transAxes, color=color,
                rotation=270, va="center", ha="left", fontsize="small")
        offset += size


def color_limits(image: NDArray[np.float64], *, symmetric: bool) -> tuple[float, float]:
    """Return the range of colours; around zero when values have both signs, from zero when they have one."""
    finite = image[np.isfinite(image)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if symmetric and low < 0 < high:
        return -max(-low, high), max(-low, high)
    if high == low:
        return min(low, 0.0), max(high, 0.0) or 1.0
    return low, high

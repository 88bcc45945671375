"""Pictures of a simulation: `raster`, `traces`, `rates`, `connectivity`.

Every function draws into `ax` or into a new figure, and returns matplotlib axes: titles, limits, colours and files are
the caller's. matplotlib is imported inside the functions, so that a run without a picture does not load it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .data import SpikeGroup, Spikes, binned, chosen_columns, cut, extent, rate, samples, spike_groups, synapses
from .style import (
    COLORS,
    color_limits,
    colors,
    default_bin,
    label_time,
    marker,
    name_groups,
    new_axes,
    new_panels,
    split,
    tidy,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..recording.monitors import Monitor
    from ..synapses.projection import Projection

#: Above this many spikes the dots are stored as an image inside a vector figure.
RASTERIZE_ABOVE = 20_000


def raster(
    spikes: Spikes | Mapping[str, Spikes],
    *,
    n: int | Sequence[int] | None = None,
    show_rate: bool = True,
    bin: float | None = None,
    window: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot one dot per spike, and the population rate below.

    Parameters
    ----------
    spikes : Monitor, (times, ranks), or dict of label -> one of these
        With a dict the groups are stacked, the first at the bottom, each in its colour.
    n : int or sequence of int, optional
        Number of neurons (of each group). Default: that of the monitor, else the largest rank + 1.
    show_rate : bool
        Draw the population rate below, on the same time axis.
    bin : float, ms, optional
        Width of the bins of the rate. Default: about 1/200 of the window, more where there are few spikes.
    window : (start, stop), ms, optional
        The part of the time to show. Default: all that was recorded.
    ax : Axes, optional
        Where to draw; the rate takes a part of it.

    Returns
    -------
    Axes
        Of the raster. The rate is drawn in the last of ``ax.figure.axes``.

    Examples
    --------
    >>> ax = rv.plot.raster(monitor)                                    # doctest: +SKIP
    >>> ax = rv.plot.raster({"excitatory": m_e, "inhibitory": m_i})     # doctest: +SKIP
    """
    groups = spike_groups(spikes, n)
    start, stop = window or extent(groups)
    groups = [cut(group, start, stop) for group in groups]
    ax = ax if ax is not None else new_axes(4.8 if show_rate else 3.6)
    below = split(ax) if show_rate else None
    total, count = sum(g.size for g in groups), sum(len(g.times) for g in groups)
    mark = marker(ax, total, count)
    offset = 0
    for color, group in zip(colors(len(groups)), groups, strict=True):
        ax.plot(group.times, group.ranks + offset, color=color, rasterized=count > RASTERIZE_ABOVE, **mark)
        offset += group.size
    ax.set(ylim=(-0.5, max(total, 1) - 0.5), ylabel="neuron")
    whole_numbers(ax)
    tidy(ax)
    if len(groups) > 1:
        name_groups(ax, [group.label for group in groups], [group.size for group in groups])
    label_time(ax, start, stop)
    if below is not None:
        _draw_rates(below, groups, bin or default_bin(start, stop, count), start, stop)
        below.set_ylabel("rate (Hz)")
        label_time(below, start, stop)
        ax.tick_params(labelbottom=False)
        ax.set_xlabel("")
        ax.figure.align_ylabels([ax, below])
    return ax


def rates(
    spikes: Spikes | Mapping[str, Spikes],
    *,
    n: int | Sequence[int] | None = None,
    bin: float | None = None,
    window: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the firing rate of each group against time, in Hz per neuron.

    Parameters
    ----------
    spikes, n, window, ax
        As in `raster`.
    bin : float, ms, optional
        Width of the bins. Default: as in `raster`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = rv.plot.rates({"excitatory": m_e, "inhibitory": m_i}, bin=2.0)     # doctest: +SKIP
    """
    groups = spike_groups(spikes, n)
    start, stop = window or extent(groups)
    groups = [cut(group, start, stop) for group in groups]
    ax = ax if ax is not None else new_axes(3.2)
    width = bin or default_bin(start, stop, sum(len(group.times) for group in groups))
    _draw_rates(ax, groups, width, start, stop)
    ax.set_ylabel("firing rate (Hz)")
    if len(groups) > 1:
        ax.legend(frameon=False, loc="best")
    label_time(ax, start, stop)
    return ax


def traces(
    recorded: Monitor | Mapping[str, ArrayLike],
    variables: str | Sequence[str] | None = None,
    *,
    neurons: int | Sequence[int] = 5,
    times: ArrayLike | None = None,
    window: tuple[float, float] | None = None,
    units: Mapping[str, str] | None = None,
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Plot recorded variables against time: one panel per variable, one line per neuron.

    Parameters
    ----------
    recorded : Monitor, or dict of variable -> array of shape (samples,) or (samples, neurons)
    variables : str or sequence of str, optional
        Which ones. Default: all that were recorded, spikes excepted.
    neurons : int or sequence of int
        How many columns to draw (spread evenly), or which ones.
    times : array of shape (samples,), ms, optional
        Default: the monitor's `times()`; for a dict of arrays, the number of the sample.
    window : (start, stop), ms, optional
        The part of the time to show.
    units : dict of variable -> str, optional
        Units for the labels, e.g. ``{"v": "mV"}``.
    axes : sequence of Axes, optional
        Where to draw, one per variable.

    Returns
    -------
    list of Axes
        One per variable, top to bottom.

    Examples
    --------
    >>> ax_v, ax_g = rv.plot.traces(monitor, ["v", "g_exc"], neurons=[0, 7], units={"v": "mV"})     # doctest: +SKIP
    """
    data, sampled = samples(recorded, variables)
    x = np.asarray(sampled if times is None else times, dtype=float)
    keep = slice(None) if window is None else (x >= window[0]) & (x <= window[1])
    panels = list(axes) if axes is not None else new_panels(len(data))
    for panel, (name, values) in zip(panels, data.items(), strict=True):
        chosen = chosen_columns(neurons, values.shape[1])
        for color, column in zip(colors(len(chosen)), chosen, strict=True):
            panel.plot(x[keep], values[keep, column], color=color, linewidth=1.0, label=f"neuron {column}")
        unit = (units or {}).get(name)
        panel.set_ylabel(f"{name} ({unit})" if unit else name)
        panel.margins(x=0)
        tidy(panel)
        if panel is not panels[-1] and axes is None:
            panel.tick_params(labelbottom=False)
    if panels and 1 < len(panels[0].lines) <= len(COLORS):
        panels[0].legend(frameon=False, fontsize="small", loc="lower left", bbox_to_anchor=(0.0, 1.0),
                         ncols=len(panels[0].lines), borderaxespad=0.2, handlelength=1.2)
    if panels and axes is None:
        panels[0].figure.align_ylabels(panels)
    if panels and len(x):
        left, right = window or (float(x[0]), float(x[-1]))
        label_time(panels[-1], left, right)
    return panels


def connectivity(
    projection: Projection | ArrayLike,
    *,
    value: str = "w",
    cells: int = 250,
    colorbar: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Plot a projection as an image, presynaptic neurons to the right, postsynaptic ones upwards.

    Up to `cells` neurons a pixel is a pair; above, a pixel is a block of pairs and shows their connection
    probability (``value="p"``) or the mean of their values.

    Parameters
    ----------
    projection : Projection, or array of shape (post, pre) with NaN where there is no synapse
    value : str
        Synaptic attribute, e.g. ``"w"`` or ``"delay"``, or ``"p"`` for the connection probability.
    cells : int
        Largest number of pixels along an axis.
    colorbar : bool
        Draw the scale beside the image.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = rv.plot.connectivity(projection)                   # doctest: +SKIP
    >>> ax = rv.plot.connectivity(projection, value="delay")    # doctest: +SKIP
    """
    post, pre, values, shape = synapses(projection, value)
    image = binned(post, pre, values, shape, cells, mean=value != "p")
    ax = ax if ax is not None else new_axes(4.4, width=5.4)
    low, high = color_limits(image, symmetric=value not in ("p", "delay"))
    diverging = low < 0 < high
    drawn = ax.imshow(image, origin="lower", aspect="auto", interpolation="nearest",
                      extent=(-0.5, shape[1] - 0.5, -0.5, shape[0] - 0.5),
                      cmap="RdBu_r" if diverging else "viridis", vmin=low, vmax=high)
    ax.set_facecolor("#dddddd")  # where there is no synapse
    ax.set(xlabel="presynaptic neuron", ylabel="postsynaptic neuron")
    whole_numbers(ax)
    if colorbar:
        names = {"w": "weight", "p": "connection probability", "delay": "delay (ms)"}
        bar = ax.figure.colorbar(drawn, ax=ax, fraction=0.046, pad=0.03)
        bar.set_label(names.get(value, value))
        bar.outline.set_visible(False)
    return ax


def _draw_rates(ax: Axes, groups: Sequence[SpikeGroup], width: float, start: float, stop: float) -> None:
    """One line per group, a step per bin; filled when there is one group."""
    for color, group in zip(colors(len(groups)), groups, strict=True):
        edges, hertz = rate(group, width, start, stop)
        alone = len(groups) == 1
        ax.stairs(hertz, edges, color=color, linewidth=1.0, fill=alone, baseline=0.0 if alone else None,
                  label=group.label or None)
    ax.set_ylim(bottom=0)
    tidy(ax)

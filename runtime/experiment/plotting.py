"""`PlotRecordings`: a figure of recordings, by a plan of its panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..problems import UnknownName, ValueProblem
from .arithmetic import evaluate_expression_with_dict, names_in
from .extras import optional
from .panels import FORMATS, SPIKE_FORMATS, Panel, draw
from .times import RecordingTimes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Entries of a plan, one value per panel in each.
PLAN = ("position", "compartment", "variable", "format")
#: Recordings that are spikes or other events.
EVENTS = ("spike", "axon_spike")


class PlotRecordings:
    """Draw recordings and save the figure.

    Parameters
    ----------
    figname : str or path
        File of the figure; folders are made.
    recordings : list of dict
    recording_times : RecordingTimes
    shape : (int, int)
        Rows and columns of panels.
    plan : dict
        ``position`` (from 1, row by row), ``compartment``, ``variable`` (a recorded one, or arithmetic over several:
        ``"g_ampa - g_gaba"``) and ``format``, each a list with one entry per panel. Formats of spikes: ``raster``,
        ``mean`` (rate), ``hybrid`` (both), ``interspike`` and ``cv`` (histograms of the intervals and of their
        variation); of all else ``line``, ``line_mean``, ``matrix``, ``matrix_mean``, the mean being over neurons, or of
        synapses over the presynaptic neurons of each postsynaptic one.
    chunk : int
    time_lim : (float, float), ms, optional
        What to show; by default all of the chunk.
    dpi : int

    Attributes
    ----------
    figure : Figure
        To look at in a notebook; it is closed already.

    Examples
    --------
    >>> from ranvier.experiment import PlotRecordings
    >>> figure = PlotRecordings(                                              # doctest: +SKIP
    ...     "figure.png", recordings, recording_times, shape=(1, 2),
    ...     plan={"position": [1, 2], "compartment": ["cells", "cells"], "variable": ["v", "spike"],
    ...           "format": ["line", "raster"]},
    ... )
    """

    figure: Figure

    def __init__(
        self,
        figname: str | Path,
        recordings: Sequence[Mapping[str, Any]],
        recording_times: RecordingTimes,
        shape: tuple[int, int],
        plan: Mapping[str, Sequence[Any]],
        chunk: int = 0,
        time_lim: tuple[float, float] | None = None,
        dpi: int = 300,
    ) -> None:
        if not 0 <= chunk < len(recordings):
            raise ValueProblem(f"PlotRecordings: there is no chunk {chunk}; there are {len(recordings)}, from 0.")
        self._recorded = recordings[chunk]
        self._checked(plan, shape)
        start, stop = _window(recording_times, chunk, time_lim)
        rows = zip(*(plan[key] for key in PLAN), strict=True)
        panels = [(int(p), self._panel(recordings, recording_times, chunk, c, v, f)) for p, c, v, f in rows]
        pyplot = optional("matplotlib.pyplot", "plot", "PlotRecordings")
        self.figure = pyplot.figure(figsize=(5.6 * shape[1], 3.4 * shape[0]), layout="constrained")
        try:
            for position, panel in panels:
                draw(self.figure.add_subplot(shape[0], shape[1], position), panel, start, stop)
            Path(figname).parent.mkdir(parents=True, exist_ok=True)
            self.figure.savefig(figname, dpi=dpi)
        finally:
            pyplot.close(self.figure)

    def _panel(
        self,
        recordings: Sequence[Mapping[str, Any]],
        times: RecordingTimes,
        chunk: int,
        name: str,
        variable: str,
        form: str,
    ) -> Panel:
        """Return what one panel shows; pauses of samples are NaN."""
        recorded = self._recorded
        dt, period = float(recorded["dt"]), float(recorded[f"{name};period"])
        if variable in EVENTS:
            every = [times.time_lims(chunk, name, k) for k in range(times.nr_periods(chunk, name))]
            spans = tuple((first, max(first, last) + period) for first, last in every)
            return Panel(name, variable, form, dt, period, spikes=recorded[f"{name};{variable}"], spans=spans)
        parts = {part: times.combine_periods(recordings, f"{name};{part}", chunk, "nan") for part in names_in(variable)}
        sampled = next(iter(parts.values()))[0]
        values = evaluate_expression_with_dict(variable, {part: data for part, (_, data) in parts.items()})
        sizes = () if f"{name};parameters" not in recorded else self._rows(name, names_in(variable)[0])
        return Panel(name, variable, form, dt, period, sampled, np.asarray(values, float), rows=sizes)

    def _rows(self, name: str, variable: str) -> tuple[int, ...]:
        """Return the number of synapses of each postsynaptic neuron."""
        data = self._recorded[f"{name};{variable}"]
        return tuple(np.size(row) for row in data[0]) if isinstance(data, list) and data else ()

    def _checked(self, plan: Mapping[str, Sequence[Any]], shape: tuple[int, int]) -> None:
        """Refuse a plan that cannot be drawn."""
        for key in plan:
            if key not in PLAN:
                raise UnknownName("entry of a plan", key, PLAN)
        for key in PLAN:
            if key not in plan:
                raise ValueProblem(f"PlotRecordings: the plan has no entry '{key}'.")
            if len(plan[key]) != len(plan["position"]):
                counts = f"{len(plan[key])} entries in '{key}', {len(plan['position'])} in 'position'"
                raise ValueProblem(f"PlotRecordings: the plan has {counts}.")
        positions = list(plan["position"])
        if any(not 1 <= p <= shape[0] * shape[1] for p in positions) or len(set(positions)) < len(positions):
            raise ValueProblem(
                f"PlotRecordings: positions {positions} must be different numbers from 1 to {shape[0] * shape[1]}."
            )
        known: dict[str, list[str]] = {}
        for key in self._recorded:
            name, _, variable = key.partition(";")
            if variable not in ("", "period", "parameters", "parameter_dict"):
                known.setdefault(name, []).append(variable)
        for name, variable, form in zip(plan["compartment"], plan["variable"], plan["format"], strict=True):
            if name not in known:
                raise UnknownName("recorded compartment", name, known)
            for part in names_in(variable):
                if part not in known[name]:
                    raise UnknownName(f"recorded variable of '{name}'", part, known[name])
                if part in EVENTS and variable not in EVENTS:
                    raise ValueProblem(f"PlotRecordings: '{part}' cannot be part of an expression.")
            allowed = SPIKE_FORMATS if variable in EVENTS else FORMATS
            if form not in allowed:
                raise UnknownName(f"format of '{variable}'", form, allowed)


def _window(times: RecordingTimes, chunk: int, wanted: tuple[float, float] | None) -> tuple[float, float]:
    """Return the time to show, which must lie within the chunk."""
    names = [name for name in times.all()[chunk] if times.nr_periods(chunk, name)]
    every = [times.time_lims(chunk, name) for name in names]
    start, stop = min(first for first, _ in every), max(last for _, last in every)
    if wanted is None:
        return start, stop
    if not start <= wanted[0] < wanted[1] <= stop:
        bounds = f"{start:g} to {stop:g} ms"
        raise ValueProblem(f"PlotRecordings: time_lim {tuple(wanted)} is not within the chunk, {bounds}.")
    return float(wanted[0]), float(wanted[1])

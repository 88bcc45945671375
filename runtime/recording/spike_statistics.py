"""Statistics of the spikes of a monitor, as its methods. The functions behind them are in statistics.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..problems import RuntimeProblem, ValueProblem
from . import statistics as st

if TYPE_CHECKING:
    from ..context import Context
    from .tapes import Windows

SPIKE = "spike"


class SpikeStatistics:
    """The methods of `Monitor` that count spikes. Called without data, they take those in memory, which stay there."""

    _context: Context
    _name: str
    _variables: tuple[str, ...]
    _windows: dict[str, Windows]
    _last: dict[str, list[tuple[int, int]]]

    if TYPE_CHECKING:  # what the monitor itself has

        def _data(self, name: str, reshape: bool) -> Any: ...

    def _spikes(self, spikes: Any) -> st.Spikes:
        """Return given spikes, or those in memory (which stay there)."""
        if spikes is not None and not isinstance(spikes, Mapping):
            raise ValueProblem(
                f"monitor '{self._name}': the first argument is the spikes to use, not {spikes!r}.",
                help="name the others, as in 'smoothed_rate(smooth=100.0)'",
            )
        if SPIKE not in self._variables:
            raise RuntimeProblem(f"monitor '{self._name}' does not record spikes.", "name 'spike' among its variables")
        if spikes is None:
            spikes = self._data(SPIKE, False)
            self._last.pop(SPIKE, None)
        found: st.Spikes = spikes[SPIKE] if SPIKE in spikes else spikes
        return found

    def _spans(self) -> list[tuple[int, int]]:
        return self._last.get(SPIKE) or self._windows[SPIKE].closed(self._context.now)

    def _window(self) -> tuple[int, int]:
        spans = self._spans()
        return (spans[0][0], spans[-1][1]) if spans else (0, 0)

    def raster_plot(self, spikes: Any = None) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the times (ms) and ranks of all spikes, sorted by time."""
        return st.raster_plot(self._spikes(spikes), self._context.dt)

    def histogram(
        self,
        spikes: Any = None,
        bins: float | None = None,
        per_neuron: bool = False,
        recording_window: tuple[int, int] | None = None,
    ) -> NDArray[np.int64]:
        """Return the number of spikes per bin; `bins` in ms (dt by default), the window in steps."""
        found = self._spikes(spikes)
        return st.histogram(found, self._context.dt, recording_window or self._window(), bins, per_neuron)

    def inter_spike_interval(
        self, spikes: Any = None, ranks: Iterable[int] | None = None, per_neuron: bool = False
    ) -> Any:
        """Return the intervals between the spikes of each neuron, in ms."""
        return st.inter_spike_interval(self._spikes(spikes), self._context.dt, ranks, per_neuron)

    def coefficient_of_variation(
        self, spikes: Any = None, ranks: Iterable[int] | None = None, per_neuron: bool = False
    ) -> Any:
        """Return the coefficient of variation of the intervals of each neuron."""
        return st.coefficient_of_variation(self._spikes(spikes), self._context.dt, ranks, per_neuron)

    def mean_fr(self, spikes: Any = None) -> float:
        """Return the mean firing rate of the recorded neurons, in Hz."""
        found = self._spikes(spikes)
        return st.mean_fr(found, self._context.dt, sum(b - a for a, b in self._spans()))

    def smoothed_rate(self, spikes: Any = None, smooth: float = 0.0) -> NDArray[np.float64]:
        """Return the instantaneous rate of each neuron, in Hz, shape (neurons, steps)."""
        return st.smoothed_rate(self._spikes(spikes), self._context.dt, self._window(), smooth)

    def population_rate(self, spikes: Any = None, smooth: float = 0.0) -> NDArray[np.float64]:
        """Return the rate of the recorded neurons together, in Hz, shape (steps,)."""
        return st.population_rate(self._spikes(spikes), self._context.dt, self._window(), smooth)

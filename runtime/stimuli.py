"""Values and spikes that are given in advance, as functions of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .plan import SpikeSource
from .problems import ValueProblem, not_available
from .quantities import dimension_of, milliseconds, number
from .schedule import steps_of


class TimedArray:
    """Values that change at regular times: ``stim(t)`` or, with one column per neuron, ``stim(t, i)`` in equations.

    Parameters
    ----------
    rates : array, shape (times,) or (times, neurons)
    schedule : number
        How long each row holds, in ms.
    period : number, optional
        Time after which the rows begin again; by default the last one stays.

    Examples
    --------
    >>> import ranvier as rv
    >>> stim = rv.TimedArray([0.0, 1.0, 0.0], schedule=100.0)
    >>> model = rv.Neuron(equations="dv/dt = stim(t) - v", spike="v > 2", reset="v = 0", namespace=dict(stim=stim))
    """

    def __init__(self, rates: Any, schedule: Any = None, period: Any = None) -> None:
        values = np.asarray(number(rates, "TimedArray: rates"), np.float64)
        if values.ndim not in (1, 2) or not values.size:
            raise ValueProblem("TimedArray: rates must be a list of values, or one row of values per time.")
        if schedule is None:
            raise ValueProblem("TimedArray: schedule, the time that each row holds (ms), is missing.")
        if np.ndim(schedule):
            not_available("TimedArray with a list of times", "give one interval")
        self.values = values
        self.dimension = dimension_of(rates)
        self.interval = milliseconds(schedule, "TimedArray: schedule")
        if not 0 < self.interval < float("inf"):
            raise ValueProblem("TimedArray: schedule must be above 0 and finite.")
        self.period: float | None = None
        if period is not None and not (isinstance(period, (int, float)) and period < 0):
            self.period = milliseconds(period, "TimedArray: period")
            if not 0 < self.period < float("inf"):
                raise ValueProblem("TimedArray: period must be above 0 and finite.")

    @property
    def table_rank(self) -> int:
        """1 for values over time, 2 for values over time and neurons."""
        return int(self.values.ndim)

    def table(self) -> NDArray[np.float64]:
        """Return the values as kernels read them: rows, columns, interval, period (0: none), then row by row."""
        rows = self.values.reshape(len(self.values), -1)
        return np.concatenate([[len(rows), rows.shape[1], self.interval, self.period or 0.0], rows.reshape(-1)])


class SpikeTrains:
    """Spike times of each neuron of a source.

    Parameters
    ----------
    times : sequence
        One list of times (ms) per neuron; a flat list for one neuron.
    owner : str
        Named in errors.
    """

    def __init__(self, times: Any, owner: str) -> None:
        self._owner = owner
        self._trains = self._checked(times)

    def _checked(self, times: Any) -> tuple[NDArray[np.float64], ...]:
        entries: Sequence[Any] = list(times)
        if not any(isinstance(e, (list, tuple, set, np.ndarray)) for e in entries):
            entries = [entries]
        trains = []
        for rank, entry in enumerate(entries):
            train = np.array([milliseconds(t, f"{self._owner}: spike_times[{rank}]") for t in entry], np.float64)
            if train.size and (not np.all(np.isfinite(train)) or train.min() < 0):
                raise ValueProblem(f"{self._owner}: spike_times[{rank}] must be finite and not negative.")
            trains.append(np.sort(train))
        return tuple(trains)

    def __len__(self) -> int:
        return len(self._trains)

    def times(self) -> list[list[float]]:
        """Return the times of each neuron, in ms."""
        return [train.tolist() for train in self._trains]

    def set_times(self, times: Any) -> None:
        """Replace the times; the number of neurons stays."""
        trains = self._checked(times)
        if len(trains) != len(self._trains):
            raise ValueProblem(
                f"{self._owner}: spike_times has {len(trains)} lists, the population {len(self._trains)} neurons."
            )
        self._trains = trains

    def source(self, dt: float, now: int, position: NDArray[np.int64]) -> SpikeSource:
        """Return the spikes as the engine reads them, positioned at step `now`."""
        all_steps = [steps_of(train, dt) for train in self._trains]
        when = np.concatenate([np.unique(s) for s in all_steps]) if all_steps else np.zeros(0, np.int64)
        who = np.concatenate([np.full(np.unique(s).size, r, np.int32) for r, s in enumerate(all_steps)])
        order = np.lexsort((who, when))
        when, who = np.ascontiguousarray(when[order]), np.ascontiguousarray(who[order])
        position[0] = int(np.searchsorted(when, now))
        return SpikeSource(when, who, position)

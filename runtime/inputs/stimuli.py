"""Values and spikes that are given in advance, as functions of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..planning.plan import SpikeSource
from ..problems import ValueProblem
from ..quantities import dimension_of, milliseconds, number
from ..schedule import steps_of


class TimedArray:
    """Values that change at given times: ``stim(t)`` or, with one column per neuron, ``stim(t, i)`` in equations.

    As a population (``net.create(rv.TimedArray(...))``) its neurons have the values as their rate ``r``; then
    ``pop.rates``, ``pop.schedule`` and ``pop.period`` can be read and changed between runs, several at once by
    ``pop.update(rates=..., schedule=...)``.

    Parameters
    ----------
    rates : array, shape (times,) or (times, ...)
        The first axis is time, the others are the geometry of the population.
    schedule : number or list of numbers, optional
        How long each row holds (ms), or when each begins; rows without a time are not used. Before the first time the
        values are 0. By default each row holds for one step.
    period : number, optional
        Time after which the rows begin again (ms); by default, or if negative, the last one stays. Rows that would
        begin later than that are not used.
    geometry : int or tuple of int, optional
        Of the population; that of `rates` by default.
    name : str, optional
        Of the population.

    Examples
    --------
    >>> import ranvier as rv
    >>> stim = rv.TimedArray([0.0, 1.0, 0.0], schedule=100.0)
    >>> model = rv.Neuron(equations="dv/dt = stim(t) - v", spike="v > 2", reset="v = 0", namespace=dict(stim=stim))
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> bars = net.create(rv.TimedArray([[1.0, 0.0], [0.0, 1.0]], schedule=[10.0, 25.0], period=40.0))
    """

    def __init__(
        self, rates: Any, schedule: Any = None, period: Any = None, geometry: Any = None, name: str | None = None
    ) -> None:
        self.name = name
        owner = name or "TimedArray"
        values = np.asarray(number(rates, f"{owner}: rates"), np.float64)
        if not values.ndim or not values.size:
            raise ValueProblem(f"{owner}: rates must be a list of values, or one row of values per time.")
        if not np.all(np.isfinite(values)):
            raise ValueProblem(f"{owner}: rates must be finite.")
        self.geometry = values.shape[1:]
        if geometry is not None and np.atleast_1d(geometry).tolist() != list(self.geometry):
            raise ValueProblem(f"{owner}: rates have shape {values.shape}, which is not (times, *{geometry}).")
        self.values = values.reshape(len(values), -1) if values.ndim > 1 else values
        self.dimension = dimension_of(rates)
        self.times: NDArray[np.float64] | None = None
        self.interval = 0.0
        if schedule is not None and np.ndim(schedule):
            self.times = onsets(schedule, owner)
            if self.times.size > len(values):
                raise ValueProblem(f"{owner}: schedule has {self.times.size} times for {len(values)} rows of rates.")
        elif schedule is not None:
            self.interval = milliseconds(schedule, f"{owner}: schedule")
            if not 0 <= self.interval < float("inf"):
                raise ValueProblem(f"{owner}: schedule must be finite and not negative (0: every step).")
        self.period = period_of(period, owner)

    @property
    def table_rank(self) -> int:
        """1 for values over time, 2 for values over time and neurons."""
        return int(self.values.ndim)

    @property
    def schedule(self) -> Any:
        """How long each row holds (0: one step), or when each begins, in ms."""
        return self.interval if self.times is None else self.times.tolist()

    def table(self, dt: float) -> NDArray[np.float64]:
        """Return the values as kernels read them (see ``rv_table_row``).

        Parameters
        ----------
        dt : float, ms
        """
        rows = self.values.reshape(len(self.values), -1)
        columns, period = rows.shape[1], self.period or 0.0
        if self.times is None:
            return np.concatenate([[len(rows), columns, self.interval or dt, period], rows.reshape(-1)])
        times = steps_of(self.times, dt) * dt
        used = np.flatnonzero((times < period - 1e-6 * dt) if period else np.ones(times.size, bool))
        before = np.zeros(columns)
        head = [max(1, used.size), columns, -dt, period]
        if not used.size:
            return np.concatenate([head, before, before, [0.0]])
        return np.concatenate([head, rows[used].reshape(-1), before, times[used]])


def onsets(schedule: Any, owner: str) -> NDArray[np.float64]:
    """Return the times of a schedule given as a list (ms), which must ascend."""
    times = np.array([milliseconds(time, f"{owner}: schedule") for time in schedule], np.float64)
    if not times.size or not np.all(np.isfinite(times)) or times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueProblem(f"{owner}: the times of schedule must be finite, not negative, and ascend.")
    return times


def period_of(period: Any, owner: str) -> float | None:
    """Return a period in ms; None and negative numbers stand for none."""
    if period is None or (isinstance(period, (int, float)) and period < 0):
        return None
    ms = milliseconds(period, f"{owner}: period")
    if not 0 < ms < float("inf"):
        raise ValueProblem(f"{owner}: period must be above 0 and finite.")
    return ms


class ScheduledRates:
    """Rates of neurons that change at given times.

    Parameters
    ----------
    rates, schedule, period
        As of `TimedArray`.
    geometry : tuple of int
    owner : str
        Named in errors.
    """

    names: tuple[str, ...] = ("rates", "schedule", "period")

    def __init__(self, rates: Any, schedule: Any, period: Any, geometry: tuple[int, ...], owner: str) -> None:
        self._owner, self._geometry = owner, geometry
        self._array = TimedArray(rates, schedule, period, name=owner)
        if self._array.geometry not in ((), geometry, (int(np.prod(geometry)),)):
            shape = (len(self._array.values), *self._array.geometry)
            raise ValueProblem(
                f"{owner}: rates have shape {shape}, expected (times,) or (times, *{geometry})."
            )

    def value(self, name: str) -> Any:
        """Return rates (times, ...), schedule or period (None: none)."""
        if name == "rates":
            return self._array.values.reshape(-1, *self._array.geometry).copy()
        return self._array.schedule if name == "schedule" else self._array.period

    def changed(self, values: Mapping[str, Any]) -> ScheduledRates:
        """Return a copy with other values."""
        own = {**{name: self.value(name) for name in self.names}, **values}
        return ScheduledRates(own["rates"], own["schedule"], own["period"], self._geometry, self._owner)

    def tables(self, size: int) -> Mapping[str, TimedArray]:
        """Return the rates as a table with one column per neuron."""
        return {"rate_table": columns(self._array, size)}


def columns(array: TimedArray, size: int) -> TimedArray:
    """Return a table with one column for each neuron; of one value per time, all have the same."""
    values = array.values if array.table_rank == 2 else np.repeat(array.values[:, None], size, axis=1)
    return TimedArray(values, array.schedule, array.period, name=array.name)


class SpikeTrains:
    """Spike times of each neuron of a source.

    Parameters
    ----------
    times : sequence
        One list of times (ms) per neuron; a flat list for one neuron.
    owner : str
        Named in errors.
    """

    names: tuple[str, ...] = ("spike_times",)

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

    def value(self, name: str) -> list[list[float]]:
        """Return the times of each neuron, in ms."""
        return [train.tolist() for train in self._trains]

    def changed(self, values: Mapping[str, Any]) -> SpikeTrains:
        """Return other times of as many neurons."""
        fresh = SpikeTrains(values["spike_times"], self._owner)
        if len(fresh) != len(self):
            message = f"{self._owner}: spike_times has {len(fresh)} lists, the population {len(self)} neurons."
            raise ValueProblem(message)
        return fresh

    def tables(self, size: int) -> Mapping[str, TimedArray]:
        """Return no tables: spikes need no model."""
        return {}

    def source(self, dt: float, now: int, position: NDArray[np.int64]) -> SpikeSource:
        """Return the spikes as the engine reads them, positioned at step `now`."""
        all_steps = [steps_of(train, dt) for train in self._trains]
        when = np.concatenate([np.unique(s) for s in all_steps]) if all_steps else np.zeros(0, np.int64)
        who = np.concatenate([np.full(np.unique(s).size, r, np.int32) for r, s in enumerate(all_steps)])
        order = np.lexsort((who, when))
        when, who = np.ascontiguousarray(when[order]), np.ascontiguousarray(who[order])
        position[0] = int(np.searchsorted(when, now))
        return SpikeSource(when, who, position)

"""`Monitor`: records variables and spikes of a group while the network runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from . import statistics as st
from .attributes import Attribute
from .context import Context
from .dendrite import Dendrite
from .population import Population
from .problems import RuntimeProblem, UnknownName, ValueProblem, not_available
from .projection import Projection
from .quantities import milliseconds
from .readouts import ReadOut, read_out
from .recording import Samples, SpikeTape, Windows
from .views import NeuronView, PopulationView

Recordable = Population | PopulationView | NeuronView | Projection | Dendrite
SPIKE = "spike"


class Monitor:
    """Records variables, at the end of steps, and spikes. Made by `Network.monitor`.

    Samples are taken in the steps k (of the network's clock) with ``(k - period_offset) mod period == 0``.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        obj: Recordable,
        variables: str | Sequence[str],
        period: Any = None,
        period_offset: Any = None,
    ) -> None:
        self._context = context
        self._name = name
        self._object = obj
        names = [variables] if isinstance(variables, str) else list(variables)
        if len(set(names)) != len(names) or not names:
            raise ValueProblem(f"monitor '{name}': name each variable once, and at least one.")
        self._variables = tuple(_checked(obj, variable, name) for variable in names)
        self._period = 1
        self._offset = 0
        self._set_period(period, period_offset)
        self._windows = {variable: Windows() for variable in self._variables}
        self._last: dict[str, list[tuple[int, int]]] = {}
        self._tapes = {variable: SpikeTape() for variable in self._variables if variable in _events(obj)}
        self._samples: dict[str, Samples] = {}
        self._readouts: dict[str, ReadOut] = {}
        self._stopped = False
        for variable in self._variables:
            if variable not in self._tapes:
                found = read_out(context, _group(obj), variable)
                if found is not None:
                    self._readouts[variable] = found
                attribute = self._attribute(variable)
                self._samples[variable] = Samples(_width(obj, attribute), attribute.dtype)

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name in the network."""
        return self._name

    @property
    def object(self) -> Recordable:
        """What is recorded."""
        return self._object

    @property
    def projection(self) -> str:
        """Name of the projection whose synapses are recorded; empty for neurons."""
        of = self._object._projection if isinstance(self._object, Dendrite) else self._object
        return of.name if isinstance(of, Projection) else ""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the recorded variables."""
        return self._variables

    @property
    def period(self) -> float:
        """Time between samples, in ms."""
        return self._period * self._context.dt

    @property
    def period_offset(self) -> float:
        """Offset of the samples within the period, in ms."""
        return self._offset * self._context.dt

    def __repr__(self) -> str:
        return f"<Monitor '{self._name}' of {', '.join(self._variables)} in {self._object!r}>"

    def _options(self) -> dict[str, Any]:
        """Return the arguments of `Network.monitor` that make a monitor like this one."""
        return {"period": self.period, "period_offset": self.period_offset}

    def _set_period(self, period: Any, offset: Any) -> None:
        label = f"monitor '{self._name}'"
        if period is not None:
            self._period = self._context.rounding(milliseconds(period, f"{label}: period"), label, "period")
        if offset is not None:
            self._offset = self._context.rounding(
                milliseconds(offset, f"{label}: period_offset"), label, "period_offset"
            )
        if self._period < 1:
            raise ValueProblem(f"{label}: period must be at least dt = {self._context.dt} ms.")
        if not 0 <= self._offset < max(self._period, 1):
            raise ValueProblem(f"{label}: period_offset must be smaller than the period and not negative.")

    # -- switches ------------------------------------------------------------------------------------

    def start(self, variables: str | Sequence[str] | None = None, period: Any = None) -> None:
        """Record from now on.

        Parameters
        ----------
        variables : str or list of str, optional
            All by default.
        period : number, optional
            A new period, in ms.
        """
        self._not_stopped()
        if period is not None:
            self._set_period(period, None)
        for variable in self._chosen(variables):
            self._windows[variable].open(self._context.now)
        self._context.touch()

    def resume(self) -> None:
        """Record again after `pause`."""
        self.start()

    def pause(self) -> None:
        """Record nothing until `resume`; what was recorded stays."""
        self._not_stopped()
        for windows in self._windows.values():
            windows.close(self._context.now)
        self._context.touch()

    def stop(self) -> None:
        """End the recording for good and drop what is in memory."""
        self.pause()
        self.reset()
        self._stopped = True

    def reset(self) -> None:
        """Drop what is in memory; a running monitor goes on recording."""
        for variable in self._variables:
            self._windows[variable].restart(self._context.now)
            self._store(variable).clear(forget=True)
        self._last = {}

    def _rewind(self, by: int) -> None:
        """Keep the data of a monitor whose clock goes back; a running one begins a new stretch at 0."""
        for windows in self._windows.values():
            if windows.running:
                windows.close(by)
                windows.spans.append((0, None))

    def _not_stopped(self) -> None:
        if self._stopped:
            raise RuntimeProblem(f"monitor '{self._name}' was stopped.", "use pause() and resume(), or a new monitor")

    def _attribute(self, variable: str) -> Attribute:
        """Return what is sampled: an attribute of the object, or what is computed to be recorded."""
        if variable in self._readouts:
            return self._readouts[variable].attribute
        stored: Attribute = _table(self._object)[variable]
        return stored

    def _store(self, variable: str) -> Samples | SpikeTape:
        return self._tapes[variable] if variable in self._tapes else self._samples[variable]

    def _chosen(self, variables: str | Sequence[str] | None) -> list[str]:
        names = (
            list(self._variables)
            if variables is None
            else [variables]
            if isinstance(variables, str)
            else list(variables)
        )
        for name in names:
            if name not in self._variables:
                raise UnknownName(f"variable of monitor '{self._name}'", name, self._variables)
        return names

    # -- data ----------------------------------------------------------------------------------------

    def get(
        self,
        variables: str | Sequence[str] | None = None,
        keep: bool = False,
        reshape: bool = True,
        force_dict: bool = False,
    ) -> Any:
        """Return what was recorded, and drop it from memory unless `keep`.

        Parameters
        ----------
        variables : str or list of str, optional
            All by default, as a dict.
        keep : bool
        reshape : bool
            Shape the samples of a whole population as its geometry.
        force_dict : bool
            Return a dict for a single name, too.

        Returns
        -------
        ndarray, shape (samples, neurons), or dict
            Spikes are a dict rank -> list of steps, with every recorded rank. Where synapses came or went, the
            values of synapses are a list of arrays, one per sample.
        """
        names = self._chosen(variables)
        data = {name: self._data(name, reshape) for name in names}
        for name in names:
            self._last[name] = self._windows[name].closed(self._context.now)
            if not keep:
                self._store(name).clear()
                self._windows[name].restart(self._context.now)
        return data[names[0]] if isinstance(variables, str) and not force_dict else data

    def __getitem__(self, variable: str) -> Any:
        return self.get(variable)

    def _data(self, name: str, reshape: bool) -> Any:
        if name in self._tapes:
            return self._tapes[name].trains(_ranks(self._object))
        attribute = self._attribute(name)
        if self._samples[name].ragged:
            return [attribute.shown(row) for row in self._samples[name].rows()]
        values = attribute.shown(self._samples[name].all())
        if not reshape:
            return values
        if attribute.shared:
            return values[:, 0]
        return values.reshape(-1, *self._object.geometry) if isinstance(self._object, Population) else values

    def drain(self) -> dict[str, Any]:
        """Return everything recorded so far and drop it from memory, as ``get()``."""
        data: dict[str, Any] = self.get()
        return data

    def times(self, variables: str | Sequence[str] | None = None) -> dict[str, dict[str, list[int]]]:
        """Return when the data of the last `get` (or, before any, those in memory) were recorded, in steps.

        Returns
        -------
        dict
            Variable -> {"start": [...], "stop": [...]}.
        """
        result = {}
        for name in self._chosen(variables):
            spans = self._last.get(name) or self._windows[name].closed(self._context.now)
            result[name] = {"start": [a for a, _ in spans], "stop": [b for _, b in spans]}
        return result

    def save(self, path: Any, *args: Any, **options: Any) -> NoReturn:
        """Save to a file (not available yet)."""
        not_available("Monitor.save", "save the arrays of get() with numpy")

    def to_neo(self) -> NoReturn:
        """Convert to neo (not available yet)."""
        not_available("Monitor.to_neo")

    def to_pandas(self) -> NoReturn:
        """Convert to pandas (not available yet)."""
        not_available("Monitor.to_pandas")

    # -- spike statistics ----------------------------------------------------------------------------

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


def _group(obj: Recordable) -> Population | Projection:
    """Return the population or projection that an object is, or is a part of."""
    if isinstance(obj, Dendrite):
        return obj._projection
    return obj if isinstance(obj, Projection) else obj.population


def _table(obj: Recordable) -> Any:
    return _group(obj)._table


def _width(obj: Recordable, attribute: Attribute) -> int:
    """Return how many values a sample has."""
    if attribute.shared or (attribute.locality == "post" and isinstance(obj, Dendrite)):
        return 1
    if attribute.locality == "post":
        return attribute.n
    return obj.nb_synapses if isinstance(obj, Projection) else obj.size


def _ranks(obj: Recordable) -> NDArray[np.int64]:
    return np.zeros(0, np.int64) if isinstance(obj, (Projection, Dendrite)) else obj.ranks


def _events(obj: Recordable) -> tuple[str, ...]:
    return () if isinstance(obj, (Projection, Dendrite)) else obj.population.events


def _checked(obj: Recordable, variable: str, name: str) -> str:
    """Return a variable that the object can be asked for."""
    if variable == SPIKE:
        if isinstance(obj, (Projection, Dendrite)):
            raise ValueProblem(f"monitor '{name}': spikes are recorded from populations.")
        if not obj.population.spiking:
            raise ValueProblem(f"monitor '{name}': population '{obj.population.name}' does not spike.")
        return variable
    if variable in _events(obj):
        return variable
    table = _table(obj)
    if table.is_subexpression(variable):
        return variable
    if variable not in table:
        raise UnknownName(f"recordable attribute of {table.owner}", variable, (*table.names(), SPIKE))
    if table[variable].role == "input":
        not_available(f"Recording the input '{variable}' of {table.owner}", "store it: 'I_syn = g_exc (stored)'")
    return variable

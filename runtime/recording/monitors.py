"""`Monitor`: records variables and spikes of a group while the network runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import coherent_unit

from ..context import Context
from ..groups.attributes import Attribute
from ..groups.population import Population
from ..groups.readouts import read_outs
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..quantities import milliseconds, with_unit
from ..schedule import next_due
from ..state.uncopied import Uncopied
from ..synapses.dendrite import Dendrite, SynapseView
from ..synapses.projection import Projection
from .exports import Exports
from .file import RecordingFile
from .moments import EventTape, FileEventTape, Moments, SynapticEvents
from .recordable import SYNAPTIC, Recordable, checked, events_of, group_of, label_of, ranks_of, stored_as, width_of
from .reduction import Form
from .spike_statistics import SPIKE as SPIKE
from .spike_statistics import SpikeStatistics
from .tapes import FileSamples, FileTape, Samples, SpikeTape, Windows
from .track import Track


class Monitor(SpikeStatistics, Exports, Uncopied):
    """Records variables, at the end of steps or at events of synapses, and spikes. Made by `Network.monitor`.

    Samples are taken in the steps k (of the network's clock) with ``(k - period_offset) mod period == 0``, or at given
    times.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        obj: Recordable,
        variables: str | Sequence[str],
        period: Any = None,
        period_offset: Any = None,
        form: Form | None = None,
        window: Any = None,
        file: RecordingFile | None = None,
        moments: Moments | None = None,
        times: Any = None,
    ) -> None:
        self._context = context
        self._name = name
        self._object = obj
        names = [variables] if isinstance(variables, str) else list(variables)
        if len(set(names)) != len(names) or not names:
            raise ValueProblem(f"monitor '{name}': name each variable once, and at least one.")
        self._variables = tuple(checked(obj, variable, name) for variable in names)
        self._period = 1
        self._offset = 0
        self._moments = moments
        self._times = None if times is None else self._checked_times(times, period, period_offset)
        self._set_period(period, period_offset)
        self._windows = {variable: Windows() for variable in self._variables}
        self._last: dict[str, list[tuple[int, int]]] = {}
        self._form = Form() if form is None else form
        self._window_steps = self._checked_window(window)
        self._armed: set[str] = set()
        in_time = [variable for variable in self._variables if variable not in events_of(obj)]
        self._readouts = read_outs(context, group_of(obj), in_time, together=moments is None)
        self._stopped = False
        self._file = file
        self._tapes: dict[str, SpikeTape] = {}
        self._samples: dict[str, Samples] = {}
        self._event_tapes: dict[str, EventTape] = {}
        for variable in self._variables:
            if variable in events_of(obj):
                self._tapes[variable] = SpikeTape() if file is None else FileTape(self._track(file, variable, {
                    "steps": (np.int64, 0), "ranks": (np.int32, 0),
                }))  # fmt: skip
                continue
            attribute = self._attribute(variable)
            width, dtype = width_of(obj, attribute), attribute.dtype
            if moments is not None:
                self._event_tapes[variable] = self._event_tape(variable, dtype)
            elif file is None:
                self._samples[variable] = Samples(width, dtype, self._form)
            else:
                columns = {"steps": (np.int64, 0), "values": (self._form.kept(dtype), self._form.width(width))}
                track = self._track(file, variable, columns)
                self._samples[variable] = FileSamples(width, dtype, self._form, track)

    def _event_tape(self, variable: str, dtype: np.dtype[Any]) -> EventTape:
        if variable in self._readouts and self._attribute(variable).locality != "local":
            raise ValueProblem(
                f"monitor '{self._name}': '{variable}' has no value of each synapse to be computed at events.",
                help="mark it '(stored)', or record it with a period",
            )
        ends = group_of(self._object)._groups()
        if self._file is None:
            return EventTape(dtype, ends)
        columns = {"steps": (np.int64, 0), "pre": (np.int32, 0), "post": (np.int32, 0), "values": (dtype, 0)}
        return FileEventTape(dtype, ends, self._track(self._file, variable, columns))

    def _track(self, file: RecordingFile, variable: str, columns: dict[str, tuple[Any, int]]) -> Track:
        notes = {"dt": self._context.dt, "seed": self._context.seed, "object": label_of(self._object)}
        if variable not in events_of(self._object):
            attribute = self._attribute(variable)
            notes["unit"] = "Hz" if attribute.scale != 1.0 else coherent_unit(attribute.dimension)
        return Track(file, (self._name, variable), columns, notes)

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
        of = self._object._projection if isinstance(self._object, (Dendrite, SynapseView)) else self._object
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
        window = None if self._window_steps is None else [
            (start * self._context.dt, stop * self._context.dt) for start, stop in self._window_steps
        ]  # fmt: skip
        return {
            "period": self.period, "period_offset": self.period_offset, "window": window,
            "file": None if self._file is None else str(self._file.path), **self._form.arguments(),
        } | self._when()  # fmt: skip

    def _when(self) -> dict[str, Any]:
        """Return the arguments that say when, if not with a period."""
        if self._moments is not None:
            return {"at": list(self._moments.at), "when": "before" if self._moments.before else "after", "period": None,
                    "period_offset": None}  # fmt: skip
        if self._times is None:
            return {}
        return {"times": [k * self._context.dt for k in self._times.tolist()], "period": None, "period_offset": None}

    def _checked_window(self, window: Any) -> tuple[tuple[int, int], ...] | None:
        """Return windows given in ms as ascending stretches of steps."""
        if window is None:
            return None
        label, rounding = f"monitor '{self._name}'", self._context.rounding
        if not isinstance(window, (tuple, list, np.ndarray)):
            raise ValueProblem(f"{label}: a window is a pair of times (start, stop) in ms, not {window!r}.")
        pairs = list(window)
        if len(pairs) == 2 and not any(isinstance(p, (tuple, list, np.ndarray)) for p in pairs):
            pairs = [tuple(pairs)]
        found: list[tuple[int, int]] = []
        for pair in pairs:
            if np.shape(pair) != (2,):
                raise ValueProblem(f"{label}: a window is a pair of times (start, stop) in ms, not {pair!r}.")
            start, stop = (rounding(milliseconds(t, f"{label}: window"), label, "window") for t in pair)
            if not 0 <= start < stop or (found and start < found[-1][1]):
                raise ValueProblem(f"{label}: windows must not be empty or overlap, and come in order: {window!r}.")
            found.append((start, stop))
        return tuple(found)

    def _checked_times(self, times: Any, period: Any, offset: Any) -> NDArray[np.int64]:
        """Return times given in ms as ascending steps, each once."""
        label = f"monitor '{self._name}'"
        if period is not None or offset is not None:
            raise ValueProblem(f"{label}: samples are taken with a period or at given times, not both.")
        ms = [milliseconds(t, f"{label}: times") for t in np.atleast_1d(np.asarray(times, dtype=object)).tolist()]
        steps = [self._context.rounding(t, label, "times") for t in ms]
        if any(k < 0 for k in steps):
            raise ValueProblem(f"{label}: times must not be negative.")
        return np.unique(np.asarray(steps, np.int64))

    @property
    def _rhythm(self) -> tuple[int, int]:
        """How often what is not stored has to be computed: period and offset in steps; period 0: at events."""
        if self._moments is not None:
            return 0, 0
        return (self._period, self._offset) if self._times is None else (1, 0)

    def _due(self, first: int, end: int) -> tuple[int, int, NDArray[np.int64] | None]:
        """Return when the first sample in steps ``first : end`` is taken, how many are, and at which given steps."""
        if self._times is None:
            start = next_due(first, self._period, self._offset)
            return start, max(0, -(-(end - start) // self._period)), None
        a, b = np.searchsorted(self._times, [first, end])
        return 0, int(b - a), np.ascontiguousarray(self._times[a:b])

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

    @property
    def file(self) -> Path | None:
        """The file that it writes to; None when it records to memory."""
        return None if self._file is None else self._file.path

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
            if self._times is not None or self._moments is not None:
                raise ValueProblem(f"monitor '{self._name}' does not record with a period.")
            self._set_period(period, None)
        self._armed.update(self._chosen(variables))
        self._switch(self._context.now)
        self._context.touch()

    def _switch(self, now: int) -> int | None:
        """Let what is switched on record while a window is open; return when the next opens or closes."""
        if self._window_steps is None:
            inside, edges = True, []
        else:
            inside = any(start <= now < stop for start, stop in self._window_steps)
            edges = [edge for pair in self._window_steps for edge in pair if edge > now]
        for variable, windows in self._windows.items():
            wanted = inside and variable in self._armed
            if wanted != windows.running:
                windows.open(now) if wanted else windows.close(now)
                self._context.touch()
        return min(edges, default=None) if self._armed else None

    def resume(self) -> None:
        """Record again after `pause`."""
        self.start()

    def pause(self) -> None:
        """Record nothing until `resume`; what was recorded stays."""
        self._not_stopped()
        self._armed = set()
        self._switch(self._context.now)
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
            return self._readouts[variable].attributes[variable]
        return stored_as(self._object, variable)

    def _store(self, variable: str) -> Samples | SpikeTape | EventTape:
        if variable in self._event_tapes:
            return self._event_tapes[variable]
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
        units: bool = False,
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
        units : bool
            Return pint quantities of the variables that have units.

        Returns
        -------
        ndarray, shape (samples, neurons), or dict
            Spikes are a dict rank -> list of steps, with every recorded rank. Where synapses came or went, the
            values of synapses are a list of arrays, one per sample. Values at events are `SynapticEvents`: arrays
            ``step``, ``pre``, ``post`` and ``value``.
        """
        names = self._chosen(variables)
        data = {name: self._data(name, reshape) for name in names}
        if units:
            chosen = [n for n in names if isinstance(variables, str) or self._unit_of(n)[0] is not None]
            data |= {n: self._with_unit(n, data[n]) for n in chosen}
        for name in names:
            self._last[name] = self._windows[name].closed(self._context.now)
            if not keep:
                self._store(name).clear()
                self._windows[name].restart(self._context.now)
        return data[names[0]] if isinstance(variables, str) and not force_dict else data

    def _with_unit(self, name: str, data: Any) -> Any:
        if isinstance(data, SynapticEvents):
            return data._replace(value=with_unit(data.value, *self._unit_of(name)))
        return with_unit(data, *self._unit_of(name))

    def _unit_of(self, name: str) -> tuple[Any, str, float]:
        """Return the dimension of a variable, what errors call it, and its scale."""
        what = f"'{name}' of {label_of(self._object)}"
        if name in self._tapes or self._form.edges:
            return None, what, 1.0
        attribute = self._attribute(name)
        return attribute.dimension, what, attribute.scale

    def _elements(self, name: str) -> NDArray[np.int64]:
        if name in self._tapes:
            return ranks_of(self._object)
        attribute, obj = self._attribute(name), self._object
        if attribute.shared:
            return np.zeros(1, np.int64)
        if isinstance(obj, SYNAPTIC):
            return np.arange(self._samples[name].width, dtype=np.int64)
        return obj.ranks

    def _span(self, name: str) -> tuple[float, float]:
        spans = self._windows[name].closed(self._context.now)
        dt = self._context.dt
        return (spans[0][0] * dt, spans[-1][1] * dt) if spans else (0.0, 0.0)

    def __getitem__(self, variable: str) -> Any:
        return self.get(variable)

    def _data(self, name: str, reshape: bool) -> Any:
        if name in self._tapes:
            return self._tapes[name].trains(ranks_of(self._object))
        attribute = self._attribute(name)
        if name in self._event_tapes:
            step, pre, post, values = self._event_tapes[name].all()
            return SynapticEvents(step, pre.astype(np.int64), post.astype(np.int64), attribute.shown(values))
        if self._samples[name].ragged:
            return [attribute.shown(row) for row in self._samples[name].rows()]
        values = self._samples[name].all()
        if self._form.edges:
            return values
        values = attribute.shown(values) if values.dtype == attribute.dtype else values
        if not reshape:
            return values
        if attribute.shared or self._form.operation:
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

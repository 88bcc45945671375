"""`CompNeuroMonitors`: recordings of several compartments, in chunks and periods."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import RanvierWarning

from ..live import the_network
from ..network import Network
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..recording.monitors import Monitor
from ..synapses.projection import Projection
from .clock import limits, ms
from .compartments import Compartment, compartment, parameters_of, reset_network
from .times import Opening, RecordingTimes, Times

#: Steps between two samples of a projection, unless a period is given.
PROJECTION_STEPS = 1000


@dataclass(slots=True)
class _Track:
    """One recorded compartment: its monitor, and when it was recorded in the present chunk (in steps)."""

    name: str
    obj: Compartment
    monitor: Monitor
    period: int
    spans: list[tuple[int, int]] = field(default_factory=list)
    began: int | None = None

    def start(self, now: int) -> None:
        if self.began is None:
            self.began = now
            self.monitor.start()

    def pause(self, now: int) -> None:
        if self.began is not None:
            self.spans = self.until(now)
            self.began = None
            self.monitor.pause()

    def until(self, now: int) -> list[tuple[int, int]]:
        """Return all stretches up to now; one without any step is none."""
        if self.began is None or self.began == now:
            return self.spans
        return [*self.spans, (self.began, now)]


class CompNeuroMonitors:
    """Monitors of several compartments, started and paused together or one by one.

    What is recorded is divided into chunks (a new one with every `reset`), and chunks into periods (from a `start` to a
    `pause`). Nothing is recorded before `start`. Monitors add nothing to compile.

    Parameters
    ----------
    mon_dict : dict
        ``"name;period"`` -> list of variables. The name is that of a population or projection; the period (ms) may be
        left out: every step for populations, every 1000 steps for projections (with a warning). It is rounded to a
        multiple of dt.
    net : Network, optional
        By default the only one alive. It must be compiled.

    Raises
    ------
    ValueProblem
        Unknown compartment, a compartment twice, a period that is no time.
    RuntimeProblem
        The network is not compiled.

    Examples
    --------
    >>> import ranvier as rv
    >>> from ranvier.experiment import CompNeuroMonitors
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> pop = net.create(2, rv.models.Izhikevich(), name="cells")
    >>> net.compile()
    >>> mon = CompNeuroMonitors({"cells;2": ["v", "spike"]}, net=net)
    >>> mon.start()
    >>> net.simulate(100.0)
    >>> recordings = mon.get_recordings()
    >>> recordings[0]["cells;v"].shape
    (50, 2)
    """

    def __init__(self, mon_dict: Mapping[str, Sequence[str]] | None = None, net: Network | None = None) -> None:
        self.mon_dict = {} if mon_dict is None else mon_dict
        self._net = the_network(net, "CompNeuroMonitors")
        if not self._net.compiled:
            raise RuntimeProblem(
                "The network is not compiled yet; monitors are made for a compiled one.", "call compile() first"
            )
        self._tracks: dict[str, _Track] = {}
        wanted = [(*_parsed(key, self._net), variables) for key, variables in self.mon_dict.items()]
        for obj, _, _ in wanted:
            if sum(other is obj for other, _, _ in wanted) > 1:
                raise ValueProblem(f"'{obj.name}' is named twice; a compartment has one period.")
        for obj, period, variables in wanted:
            monitor = self._net.monitor(obj, list(variables), period * self._net.dt, start=False)
            self._tracks[obj.name] = _Track(obj.name, obj, monitor, period)
        self._clear()

    def _clear(self) -> None:
        self._recordings: list[dict[str, Any]] = []
        self._times: list[Times] = []
        self._openings: list[Opening] = []
        self._taken = False
        self._opening = Opening(self._now, 0)

    @property
    def net(self) -> Network:
        """The network that is recorded."""
        return self._net

    @property
    def mon(self) -> dict[str, Monitor]:
        """The monitors by compartment."""
        return {track.name: track.monitor for track in self._tracks.values()}

    @property
    def _now(self) -> int:
        return self._net.current_step

    def __repr__(self) -> str:
        return f"<CompNeuroMonitors of {', '.join(map(repr, self.mon_dict)) or 'nothing'}>"

    # -- switches ------------------------------------------------------------------------------------

    def start(self, compartment_list: Sequence[str] | None = None) -> None:
        """Record from now on. After a pause this is a new period of the same chunk; a running one just goes on.

        Parameters
        ----------
        compartment_list : list of str, optional
            All by default.
        """
        for track in self._chosen(compartment_list):
            track.start(self._now)

    def pause(self, compartment_list: Sequence[str] | None = None) -> None:
        """Record nothing until `start`. A period in which no time passed is none.

        Parameters
        ----------
        compartment_list : list of str, optional
            All by default.
        """
        for track in self._chosen(compartment_list):
            track.pause(self._now)

    def _chosen(self, names: Sequence[str] | None) -> list[_Track]:
        if names is None:
            return list(self._tracks.values())
        if isinstance(names, str):
            raise ValueProblem(f"compartment_list is a list of names, such as ['{names}'].")
        for name in names:
            if name not in self._tracks:
                raise UnknownName("recorded compartment", name, self._tracks)
        return [self._tracks[name] for name in names]

    def reset(
        self,
        populations: bool = True,
        projections: bool = False,
        synapses: bool = False,
        monitors: bool = True,
        model: bool = True,
        parameters: bool = True,
    ) -> None:
        """Begin a new chunk and, by default, reset the network. What is running goes on running.

        Parameters
        ----------
        populations, projections, synapses, monitors : bool
            As for `Network.reset`.
        model : bool
            Reset the network; else its state and its time stay as they are, and all other arguments are ignored.
        parameters : bool
            Reset parameters, too; else those of all populations and projections keep their values.
        """
        self._take()
        self._discard()
        now = self._now
        if model:
            reset_network(self._net, populations, projections, synapses, monitors, parameters)
        elapsed = self._opening.elapsed + now - self._opening.step
        self._opening = Opening(self._now, elapsed)
        self._begin()

    def _begin(self) -> None:
        """Begin the times of a chunk anew; what is running is running from now on."""
        self._taken = False
        for track in self._tracks.values():
            track.spans = []
            track.began = None if track.began is None else self._now

    def current_chunk(self) -> int | None:
        """Return the index of the chunk that is being recorded, None while every monitor is paused."""
        if all(track.began is None for track in self._tracks.values()):
            return None
        return len(self._recordings) - self._taken

    # -- data ----------------------------------------------------------------------------------------

    def get_recordings(self) -> list[dict[str, Any]]:
        """Return what was recorded, one dict per chunk.

        The present chunk ends with the first call: later calls return the same until `reset` begins a new one.

        Returns
        -------
        list of dict
            ``"name;variable"`` -> array (samples, neurons or geometry); spikes are a dict rank -> list of steps; of a
            synaptic attribute a list over samples of lists over the postsynaptic neurons that have synapses, of arrays
            (their synapses, by presynaptic rank). Also ``"name;period"`` (ms), ``"name;parameter_dict"`` of a
            population and ``"name;parameters"`` of a projection (values at the end of the chunk), and ``"dt"`` (ms).
        """
        self._take()
        self._warn_if_empty("get_recordings")
        return list(self._recordings)

    def get_recording_times(self) -> RecordingTimes:
        """Return when it was recorded; ends the present chunk as `get_recordings` does."""
        self._take()
        self._warn_if_empty("get_recording_times")
        return RecordingTimes(deepcopy(self._times), self._openings)

    def get_recordings_and_clear(self) -> tuple[list[dict[str, Any]], RecordingTimes]:
        """Return both and go back to the beginning: no chunks, everything paused. The network goes on as it is."""
        self._take()
        self._warn_if_empty("get_recordings_and_clear")
        result = list(self._recordings), RecordingTimes(self._times, self._openings)
        self.pause()
        self._discard()
        self._begin()
        self._clear()
        return result

    def _warn_if_empty(self, method: str) -> None:
        if not self._recordings:
            message = f"{method}: nothing was recorded. Maybe forgot start()?"
            warnings.warn(message, RanvierWarning, stacklevel=3)

    def _take(self) -> None:
        """End the present chunk, unless it was; as long as there is no sample or spike, there is no chunk."""
        if self._taken:
            return
        now, dt = self._now, self._net.dt
        recordings: dict[str, Any] = {}
        times: Times = {}
        some = False
        for track in self._tracks.values():
            times[track.name] = limits(track.until(now), track.period, dt)
            recordings[f"{track.name};period"] = ms(track.period, dt)
            kind = "parameters" if isinstance(track.obj, Projection) else "parameter_dict"
            recordings[f"{track.name};{kind}"] = parameters_of(track.obj)
            last = times[track.name]["stop"]["idx"]
            samples = last[-1] + 1 if last else 0
            for variable, data in track.monitor.get().items():
                if isinstance(data, dict):
                    some |= any(data.values())
                elif len(data) != samples:
                    self._begin()
                    raise _lost(track.name, variable, len(data), samples)
                else:
                    some |= samples > 0
                recordings[f"{track.name};{variable}"] = _in_rows(track.obj, variable, data)
        recordings["dt"] = dt
        self._taken = some
        if some:
            self._recordings.append(recordings)
            self._times.append(times)
            self._openings.append(self._opening)

    def _discard(self) -> None:
        """Drop what was recorded after the end of the chunk."""
        left = [track.monitor.get().values() for track in self._tracks.values()]
        if any(any(d.values()) if isinstance(d, dict) else len(d) for data in left for d in data):
            message = "What was recorded after get_recordings() belongs to no chunk and is dropped; reset() begins one."
            warnings.warn(message, RanvierWarning, stacklevel=3)


def _parsed(key: str, net: Network) -> tuple[Compartment, int]:
    """Return the compartment and the period (in steps) of ``"name;period"``."""
    name, *more = key.split(";")
    obj = compartment(net, name)
    if isinstance(obj, Projection) and not obj.connected:
        raise ValueProblem(f"projection '{name}' has no synapses to record.")
    if len(more) > 1:
        raise ValueProblem(f"'{key}' is not of the form 'name' or 'name;period'.")
    if not more:
        if not isinstance(obj, Projection):
            return obj, 1
        default = ms(PROJECTION_STEPS, net.dt)
        message = f"projection '{name}' is recorded every {default:g} ms; name a period: '{name};{default:g}'."
        warnings.warn(message, RanvierWarning, stacklevel=4)
        return obj, PROJECTION_STEPS
    try:
        value = float(more[0])
    except ValueError:
        raise ValueProblem(f"'{key}': the period must be a number (ms), not '{more[0]}'.") from None
    period = net._context.rounding(value, f"monitor '{key}'", "period")
    if period < 1:
        raise ValueProblem(f"'{key}': the period must be at least dt = {net.dt:g} ms.")
    return obj, period


def _in_rows(obj: Compartment, variable: str, data: Any) -> Any:
    """Return samples of synapses as lists over time of lists over postsynaptic neurons; all else as it is."""
    if not isinstance(obj, Projection) or obj._table[variable].shared:
        return data
    if obj._table[variable].locality == "post":
        return data[:, obj.post_ranks]
    bounds = np.unique(obj.connectivity.by_post[0])[1:-1]
    rows: list[list[NDArray[Any]]] = [np.split(sample, bounds) for sample in data]
    return rows


def _lost(name: str, variable: str, found: int, expected: int) -> RuntimeProblem:
    return RuntimeProblem(
        f"'{name};{variable}' has {found} samples where {expected} were recorded: the network was reset or restored, "
        "or the monitor was read, without CompNeuroMonitors.",
        "use reset() of CompNeuroMonitors or of the experiment between start() and get_recordings()",
    )

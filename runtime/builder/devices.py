"""Generators: what they emit in each step, as equation strings; recorders and transmitters.

What a generator emits is its variable ``out``: a number of spikes, or a current in pA. Step k covers the time from k*dt
to (k+1)*dt, and an emission of step k arrives with the delays of spikes. Compared with NEST 3.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..definitions.spec import PopulationSpec
from ..definitions.types import Neuron
from ..inputs.stimuli import SpikeTrains, TimedArray
from ..problems import ValueProblem
from ..schedule import steps_of
from .library import Model, NeuronModel, quantities, sized

_WINDOW = "start=0 ms, stop=inf ms, origin=0 ms"
#: Spikes with time stamps in (start, stop] are those of the steps from start/dt to stop/dt - 1; currents are emitted
#: one step earlier, and arrive at the end of the step before they act.
_ON = "(t > origin + start - {early}*dt) and (t < origin + stop - {early}*dt)"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Generator(Model):
    """A generator of spikes or currents.

    Parameters
    ----------
    out : str
        The emission of a step while the generator is switched on.
    before : str
        Statements before it.
    current : bool
        It is a current, not a number of spikes.
    random : bool
        Every target has a realisation of its own.
    lists : mapping
        Arguments that are lists, and their units.
    symbols : mapping
        Parameters whose names mean something else in equations, and what they are called there.
    """

    out: str = ""
    before: str = ""
    current: bool = False
    random: bool = False
    lists: Mapping[str, str] | None = None
    symbols: Mapping[str, str] = field(default_factory=dict)

    def population(
        self, values: Mapping[str, Any], lists: Mapping[str, Any], channel: NDArray[np.int64], channels: int, dt: float,
        events: bool,
    ) -> PopulationSpec:  # fmt: skip
        """Return a source with one neuron for each entry of `channel`; `events`: somebody wants to hear its spikes."""
        what = f"create: {self.name}"
        if self.name == "spike_generator":
            return _spikes(values, lists, channel, channels, dt, events)
        numbers = {}
        for name, (default, _) in self.parameters.items():
            value = sized(values.get(name, default), channels, f"{what}: {name}")
            numbers[self.symbols.get(name, name)] = value if np.ndim(value) == 0 else np.asarray(value)[channel]
        namespace: dict[str, Any] = {}
        if self.lists:
            times, amounts = (name for name in self.lists)
            namespace["table"] = _table(lists.get(times, ()), lists.get(amounts, ()), dt, f"{what}: {amounts}")
        neuron = Neuron(
            "\n".join(f"{self.symbols.get(name, name)} = {v!r}" for name, (v, _) in self.parameters.items()),
            self.before + f"\nout = ite({_ON.format(early=1.5 if self.current else 0.5)}, {self.out}, 0.0)",
            spike="out > 0.0" if events and not self.current else "False",
            namespace=namespace,
            name=self.name,
        )
        return PopulationSpec((channel.size,), neuron, values=numbers)


def _rows(values: Any, channels: int, name: str) -> list[NDArray[np.float64]]:
    """Return the list of each channel: of a list of lists one each, else all the same."""
    nested = any(np.ndim(entry) for entry in values)
    if nested and len(values) != channels:
        raise ValueProblem(f"create: spike_generator: {name} has {len(values)} lists for {channels} channels.")
    rows = list(values) if nested else [values] * channels
    return [np.asarray(row, np.float64) for row in rows]


def amounts_of(lists: Mapping[str, Any], channels: int, dt: float) -> list[NDArray[np.float64]] | None:
    """Return what each spike of each channel counts for; None where they are plain spikes, one per step."""
    trains = _rows(lists.get("spike_times", ()), channels, "spike_times")
    amounts = [np.ones(train.size) for train in trains]
    for name in ("spike_weights", "spike_multiplicities"):
        if name in lists:
            for k, row in enumerate(_rows(lists[name], channels, name)):
                if row.shape != trains[k].shape:
                    raise ValueProblem(
                        f"create: spike_generator: {name} has {row.size} values for {trains[k].size} spike_times."
                    )
                amounts[k] = amounts[k] * row
    plain = "spike_weights" not in lists and "spike_multiplicities" not in lists
    once = all(np.unique(steps_of(train, dt)).size == train.size for train in trains)
    return None if plain and once else amounts


def _spikes(
    values: Mapping[str, Any], lists: Mapping[str, Any], channel: NDArray[np.int64], channels: int, dt: float,
    events: bool,
) -> PopulationSpec:  # fmt: skip
    """Return a source of given spikes, each emitted in the step that ends at its time; or of what they count for."""
    what = "create: spike_generator"
    trains = _rows(lists.get("spike_times", ()), channels, "spike_times")
    window = {
        name: np.broadcast_to(sized(values.get(name, default), channels, f"{what}: {name}"), channels)
        for name, (default, _) in spike_generator.parameters.items()
    }
    kept, when = [], []
    for c, train in enumerate(trains):
        if train.size and steps_of(train, dt).min() < 1:
            raise ValueProblem(
                f"{what}: spike_times must be at least one step ({dt:g} ms), got {train.min():g} ms.",
                help="a spike at time t ends the step before t",
            )
        kept.append((train > window["start"][c]) & (train <= window["stop"][c] + 1e-9))
        when.append(steps_of(train[kept[c]] + window["origin"][c], dt) - 1)
    amounts = amounts_of(lists, channels, dt)
    if events or amounts is None:
        return PopulationSpec((channel.size,), None, given=SpikeTrains([when[c] * dt for c in channel], what))
    table = _sums_by_step(when, [a[k] for a, k in zip(amounts, kept, strict=True)], dt)
    neuron = Neuron(
        "", "out = table(t + 0.5*dt, i)", spike="False", namespace={"table": table}, name="spike_generator"
    )
    assert np.array_equal(channel, np.arange(channels))
    return PopulationSpec((channel.size,), neuron)


def _sums_by_step(
    when: list[NDArray[np.int64]], amounts: list[NDArray[np.float64]], dt: float
) -> TimedArray:
    """Return the sum of what each channel emits in each step."""
    every = np.unique(np.concatenate([np.zeros(1, np.int64), *(np.concatenate([w, w + 1]) for w in when)]))
    rows = np.zeros((every.size, len(when)))
    for c, (steps, amount) in enumerate(zip(when, amounts, strict=True)):
        np.add.at(rows[:, c], np.searchsorted(every, steps), amount)
    return TimedArray(rows, schedule=every * dt)


def _table(times: Any, values: Any, dt: float, what: str) -> TimedArray:
    """Return values that change at given times; 0 before the first."""
    when, amounts = np.atleast_1d(np.asarray(times, np.float64)), np.atleast_1d(np.asarray(values, np.float64))
    if when.shape != amounts.shape or when.ndim != 1:
        raise ValueProblem(f"{what} and its times must be lists of equal length, got {amounts.size} and {when.size}.")
    if np.any(np.diff(steps_of(when, dt)) <= 0) or np.any(when < 0):
        raise ValueProblem(f"{what}: the times must increase by at least dt = {dt:g} ms, and not be negative.")
    return TimedArray(amounts, schedule=when) if when.size else TimedArray([0.0])


poisson_generator = Generator(
    "poisson_generator", quantities("rate=0 Hz, " + _WINDOW), "NEST 3.10", out="Poisson(rate*dt/1000.0)", random=True
)
inhomogeneous_poisson_generator = Generator(
    "inhomogeneous_poisson_generator",
    quantities(_WINDOW),
    "NEST 3.10",
    out="Poisson(table(t + dt)*dt/1000.0)",
    random=True,
    lists={"rate_times": "ms", "rate_values": "Hz"},
)
spike_generator = Generator(
    "spike_generator",
    quantities(_WINDOW),
    "NEST 3.10",
    lists={"spike_times": "ms", "spike_weights": "1", "spike_multiplicities": "1"},
)
dc_generator = Generator(
    "dc_generator", quantities("amplitude=0 pA, " + _WINDOW), "NEST 3.10", out="amplitude", current=True
)
ac_generator = Generator(
    "ac_generator",
    quantities("amplitude=0 pA, offset=0 pA, frequency=0 Hz, phase=0, " + _WINDOW),
    "NEST 3.10",
    out=f"offset + amplitude*sin({2 * pi!r}*frequency/1000.0*(t + dt) + phase*{pi / 180!r})",
    current=True,
)
step_current_generator = Generator(
    "step_current_generator",
    quantities(_WINDOW),
    "NEST 3.10",
    out="table(t + dt)",
    current=True,
    lists={"amplitude_times": "ms", "amplitude_values": "pA"},
)
noise_generator = Generator(
    "noise_generator",
    quantities("mean=0 pA, std=0 pA, std_mod=0 pA, frequency=0 Hz, phase=0, dt=1 ms, " + _WINDOW),
    "NEST 3.10",
    before=f"""
    wave = sin({2 * pi!r}*frequency/1000.0*(t + dt) + phase*{pi / 180!r}) : inline
    due = modulo(timestep(t, dt), max(timestep(interval, dt), 1.0)) < 0.5 : inline
    amplitude = ite(due, average + sqrt(std*std + wave*std_mod*std_mod)*Normal(0.0, 1.0), amplitude)
    """,
    out="amplitude",
    current=True,
    random=True,
    symbols={"mean": "average", "dt": "interval"},
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HostDrive(Model):
    """A source whose emissions of the next steps the script writes, and writes again between windows.

    Parameters
    ----------
    current : bool
    """

    current: bool = False

    def population(self, size: int, window: Any) -> tuple[PopulationSpec, TimedArray]:
        """Return the source, and the table it reads."""
        if isinstance(window, bool) or not isinstance(window, (int, np.integer)) or window < 1:
            raise ValueProblem(f"create: {self.name}: window must be an int of at least 1, got {window!r}.")
        table = TimedArray(np.zeros((int(window), size)), schedule=1.0, period=float(window))
        neuron = Neuron(
            "first = 0.0 : population",
            "out = schedule(timestep(t, dt) - first, i)",
            spike="False" if self.current else "out > 0.0",
            namespace={"schedule": table},
            name=self.name,
        )
        return PopulationSpec((size,), neuron), table


host_spike_drive = HostDrive("host_spike_drive")
host_current_drive = HostDrive("host_current_drive", current=True)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Recorder(Model):
    """A recorder: of spikes, or of variables.

    Parameters
    ----------
    analog : bool
    """

    analog: bool = False


spike_recorder = Recorder("spike_recorder")
weight_recorder = Recorder("weight_recorder")
voltmeter = Recorder("voltmeter", analog=True)
multimeter = Recorder("multimeter", analog=True)

volume_transmitter = NeuronModel(
    "volume_transmitter",
    quantities("tau_n=200 ms"),
    "Potjans, Morrison and Diesmann 2010, Front. Comput. Neurosci. 4, 141; NEST 3.10",
    states=quantities("n=0"),
    equations="n_before = n\ndn/dt = -n/tau_n : exact\nn += g_spike/tau_n",
    weight="1",
    inputs=("spike",),
    spike="False",
    reset="",
    refractory="",
    current=False,
)

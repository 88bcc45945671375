"""Snapshots: what `reset` goes back to, and what `store` and `restore` keep.

Everything that influences the future is here: attributes, last spikes, spikes on their way, refractory ends, steps of
the last update of synapses and of traces, spikes and schedules given in advance and positions in them, call counts of
random values, the clock, the switches of monitors; and what the last step received, which is only looked at.
Nothing else exists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import BLOCK, aligned_zeros
from ..connect.connectivity import Connectivity
from ..groups.attributes import Attribute
from ..groups.history import Spikes
from ..groups.population import Population
from ..inputs.given import Given
from ..recording.monitors import Monitor
from ..synapses.flight import Flight
from ..synapses.projection import Projection

#: The values of one attribute without padding: one that stands for all, or one per element.
Saved = NDArray[Any]


def save(attribute: Attribute) -> Saved:
    """Return a copy of an attribute's values."""
    return np.array(attribute.stored())


def load(attribute: Attribute, values: Saved) -> bool:
    """Bring saved values back; tells whether the array had to be replaced."""
    if attribute.block if values.size == 1 else not attribute.block:
        attribute.fill(values[0]) if attribute.block else attribute.put(values)
        return False
    if values.size == attribute.n:
        attribute.expand()
        attribute.put(values)
    else:
        attribute.data, attribute.block = aligned_zeros(BLOCK, attribute.data.dtype), True
        attribute.fill(values[0])
    return True


# -- populations -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PopulationState:
    """A population at one moment."""

    size: int
    attributes: dict[str, Saved]
    calls: int
    enabled: bool
    until: NDArray[Any]
    spikes: Spikes
    position: int
    events: dict[str, Spikes]
    values: Any
    given: Given | None
    window: NDArray[Any] | None = None
    received: dict[str, Saved] = field(default_factory=dict)


def save_population(population: Population) -> PopulationState:
    """Return the whole state of a population."""
    return PopulationState(
        population.size,
        {a.name: save(a) for a in population._table},
        population._calls,
        population._enabled,
        population._until.copy(),
        population._spikes.copy(),
        int(population._position[0]),
        {name: history.copy() for name, history in population._events.items()},
        population._values.copy(),
        population._given,
        None if population._window is None else population._window.copy(),
        {a.name: save(a) for a in population._received.values()},
    )


def load_population(population: Population, state: PopulationState, step: int) -> None:
    """Bring the whole state of a population back; `step` is the clock it was saved at."""
    for name, saved in state.attributes.items():
        load(population._table[name], saved)
    for name, attribute in population._received.items():
        attribute.put(state.received.get(name, np.zeros(1)))
    population._calls = state.calls
    population._enabled = state.enabled
    population._until[...] = state.until
    population._spikes.restore(state.spikes, step)
    for name, spikes in state.events.items():
        population._events[name].restore(spikes, step)
    for name in state.values[1]:
        population._values.ring(name, population._table[name].data)
    population._values.restore(state.values, step)
    if population._window is not None:
        population._window.clear() if state.window is None else population._window.restore(state.window, step)
    population._position[0] = state.position
    population._replace(state.given)


def reset_population(population: Population, state: PopulationState, keep: frozenset[str]) -> None:
    """Bring a population to its snapshot, with nothing on its way; attributes in `keep` stay."""
    for name, saved in state.attributes.items():
        if name not in keep:
            load(population._table[name], saved)
    population._calls = state.calls
    population._enabled = state.enabled
    population._until[...] = 0
    population.clear()
    population._position[0] = 0
    if keep.isdisjoint(population._given_names()):
        population._replace(state.given)


def rewind_population(population: Population, by: int) -> None:
    """Let the past of a population that is kept have happened `by` steps earlier."""
    for history in (population._spikes, *population._events.values()):
        history.rewind(by)
    population._values.rewind(by)
    if population._window is not None:
        population._window.rewind(by)
    population._until -= by
    population._position[0] = 0
    population._start_at(0)


# -- projections -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class ProjectionState:
    """A projection at one moment. A snapshot of a compile fills `attributes` as late as it can."""

    attributes: dict[str, Saved]
    connectivity: Connectivity
    calls: int
    enabled: bool
    lastupdate: NDArray[Any] | None
    learning: tuple[bool, tuple[int, int]]
    pathway_delays: dict[str, Any]
    flight: Flight
    structure: dict[str, tuple[int, int]]
    since: dict[str, NDArray[Any]] | None


def save_projection(projection: Projection) -> ProjectionState:
    """Return the whole state of a projection."""
    return ProjectionState(
        {a.name: save(a) for a in projection._table},
        projection.connectivity,
        projection._made.calls,
        projection._enabled,
        projection._made.lastupdate.copy(),
        (projection._learns, projection._schedule),
        dict(projection._made.pathway_delays),
        projection._made.flight.copy(),
        dict(projection._made.structure),
        {name: trace.stored_since().copy() for name, trace in projection._made.traces.items()},
    )


def load_projection(projection: Projection, state: ProjectionState) -> None:
    """Bring the whole state of a projection back."""
    projection._made.resize(state.connectivity.stored)
    replaced = [load(projection._table[name], saved) for name, saved in state.attributes.items()]
    if any(replaced) or projection._made.connectivity is not state.connectivity:
        projection._context.touch()
    projection._made.connectivity = state.connectivity
    projection._made.calls = state.calls
    projection._enabled = state.enabled
    if state.lastupdate is not None:
        projection._made.lastupdate[...] = state.lastupdate
    for name, steps in (state.since or {}).items():
        projection._made.traces[name].since[: steps.size] = steps
    projection._learns, projection._schedule = state.learning
    projection._made.pathway_delays = dict(state.pathway_delays)
    projection._made.flight = state.flight.copy()
    projection._made.structure = dict(state.structure)
    projection._look_back()


def snapshot_projection(projection: Projection) -> ProjectionState:
    """Return the snapshot of a compile: what kernels write is copied now, all else before its first write."""
    own = projection._made.written
    written = {a.name: save(a) for a in projection._table if a.role == "variable" or a.name in own}
    state = ProjectionState(
        written, projection.connectivity, projection._made.calls, projection._enabled, None,
        (projection._learns, projection._schedule), dict(projection._made.pathway_delays), Flight(),
        dict(projection._made.structure), None,
    )  # fmt: skip
    fill_before_write(projection, state)
    return state


def fill_before_write(projection: Projection, state: ProjectionState) -> None:
    """Let the snapshot of a compile take in whatever is about to change."""

    def before_write(name: str) -> None:
        # New delays change the storage order of all values.
        names = projection._table.names() if name == "delay" else (name,)
        for each in names:
            if each not in state.attributes:
                state.attributes[each] = save(projection._table[each])

    projection._made.before_write = before_write


def reset_projection(projection: Projection, state: ProjectionState, synapses: bool, keep: frozenset[str]) -> None:
    """Bring a projection to its snapshot; weights, delays and connectivity only when `synapses`.

    Spikes on their way stay on it. Without `synapses`, those that have been created since keep their values.
    """
    made = projection._made
    replaced = synapses
    if synapses:
        made.hold()
        if made.connectivity is not state.connectivity:
            made.replace(state.connectivity, made.connectivity.positions_of(state.connectivity))
        made.pathway_delays = dict(state.pathway_delays)
    same = made.connectivity is state.connectivity
    for name, saved in state.attributes.items():
        if name in keep or (name == "w" and not synapses):
            continue
        attribute = projection._table[name]
        if same or attribute.locality != "local" or (attribute.block and saved.size == 1):
            replaced |= load(attribute, saved)
        else:
            attribute.expand()
            found = state.connectivity.positions_of(made.connectivity)
            values = np.broadcast_to(saved, state.connectivity.stored)
            attribute.put(values[found[found >= 0]], np.flatnonzero(found >= 0))
            replaced = True
    if replaced:
        projection._context.touch()
    made.calls = state.calls
    made.structure = dict(state.structure)
    projection._enabled = state.enabled
    projection._learns, projection._schedule = state.learning
    made.lastupdate[...] = 0
    for trace in made.traces.values():
        trace.since[...] = 0


def rewind_projection(projection: Projection, by: int) -> None:
    """Let the past of synapses that are kept have happened `by` steps earlier."""
    made = projection._made
    made.lastupdate -= by
    made.structure = {change: (period, (offset - by) % period) for change, (period, offset) in made.structure.items()}
    for trace in made.traces.values():
        trace.since[...] -= by


def reset_arrivals(projection: Projection, forget: bool, by: int) -> None:
    """Forget what is on its way at delays of the past, or let it have been sent `by` steps earlier."""
    if forget:
        projection._made.flight.clear()
    else:
        projection._made.flight.rewind(by)


# -- monitors --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonitorState:
    """Switches, phase and counts of a monitor; not its data."""

    spans: dict[str, list[tuple[int, int | None]]]
    counts: dict[str, int]
    period: int
    offset: int
    stopped: bool
    armed: tuple[str, ...]


def save_monitor(monitor: Monitor) -> MonitorState:
    """Return the state of a monitor."""
    return MonitorState(
        {name: list(windows.spans) for name, windows in monitor._windows.items()},
        {name: monitor._store(name).count for name in monitor.variables},
        monitor._period,
        monitor._offset,
        monitor._stopped,
        tuple(sorted(monitor._armed)),
    )


def load_monitor(monitor: Monitor, state: MonitorState) -> None:
    """Bring a monitor back: samples taken since are discarded, what `get` took stays taken."""
    for name in monitor.variables:
        monitor._store(name).truncate(state.counts[name])
        monitor._windows[name].spans = list(state.spans[name])
    monitor._period, monitor._offset, monitor._stopped = state.period, state.offset, state.stopped
    monitor._armed = set(state.armed)


def switch_monitor(monitor: Monitor, state: MonitorState, now: int) -> None:
    """Set the switches of a monitor that holds none of the data that `state` counts: it begins anew."""
    monitor._period, monitor._offset, monitor._stopped = state.period, state.offset, state.stopped
    monitor._armed = set(state.armed) & set(monitor.variables)
    for name in monitor.variables:
        monitor._windows[name].spans = []
        monitor._store(name).clear(forget=True)
    monitor._switch(now)
    monitor._last = {}

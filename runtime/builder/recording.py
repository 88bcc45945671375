"""Recorders of a simulator: monitors of the network, and how their data become a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..network import Network
from ..problems import UnknownName, ValueProblem
from ..recording.monitors import Monitor
from .connections import Connection
from .devices import weight_recorder
from .library import NeuronModel
from .nodes import NodeView, Recording, Source
from .results import SimulationResult, SpikeData
from .units import NO_UNIT, Units
from .weights import WeightEvents, WeightTap

if TYPE_CHECKING:
    from .wiring import Wiring


def tap_spikes(net: Network, view: NodeView, recorder: Recording, wiring: Wiring) -> None:
    """Let a recorder record the spikes of the nodes of a view."""
    for segment in view.segments:
        node = segment.node
        if not node.spiking:
            raise ValueProblem(f"connect: {node.model.name} has no spikes to record.")
        group: Any = wiring.recorded(node, segment.indices) if isinstance(node, Source) else segment.group
        recorder.taps.append(net.monitor(group, "spike"))


def tap_variables(net: Network, recorder: Recording, view: NodeView) -> None:
    """Let a recorder record its variables of the nodes of a view."""
    for segment in view.segments:
        model = segment.node.model
        known = model.units() if isinstance(model, NeuronModel) else {}
        for name in recorder.recordables:
            if name not in known:
                raise UnknownName(f"recordable of {model.name}", name, known)
    for segment in view.segments:
        monitor = net.monitor(segment.group, list(recorder.recordables), period=recorder.interval)
        recorder.taps.append((monitor, segment.node.model.units()))


def tap_weights(net: Network, connection: Connection) -> None:
    """Record the weights of a connection."""
    for part in connection._parts:
        connection._recorded.append(net.monitor(part.projection, "w"))


def tap_sent(net: Network, connection: Connection) -> None:
    """Let the weight recorder of a connection record what its synapses send."""
    recorder = connection._spec.recorder if connection._spec is not None else None
    if recorder is not None:
        recorder.taps.append(WeightTap(net, connection, recorder))


def _together(events: Sequence[WeightEvents]) -> WeightEvents:
    """Return the events of several connections as one, ordered by time."""
    columns = [np.concatenate([getattr(e, name) for e in events]) for name in WeightEvents.__slots__]
    order = np.argsort(columns[0], kind="stable")
    return WeightEvents(*(column[order] for column in columns))


def collect(
    net: Network, first: int, recorders: Sequence[Recording], tapped: Sequence[Connection], units: Units
) -> SimulationResult:
    """Take what was recorded since step `first`."""
    steps = net.current_step - first
    spikes, traces, events = {}, {}, {}
    for recorder in recorders:
        if not recorder.taps:
            continue
        if recorder.model is weight_recorder:
            units_sent = {tap.unit for tap in recorder.taps}
            every = _together([tap.take() for tap in recorder.taps])
            events[recorder] = every, units_sent.pop() if len(units_sent) == 1 else NO_UNIT
        elif recorder.model.analog:
            traces[recorder] = _variables(recorder)
        else:
            spikes[recorder] = _spikes(recorder.taps, first, steps)
    weights = {connection: (_weights(connection, steps), connection._unit) for connection in tapped}
    return SimulationResult(first, steps, net.dt, units, spikes, traces, weights, events)


def _spikes(monitors: Sequence[Monitor], first: int, steps: int) -> SpikeData:
    when, who, width = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for monitor in monitors:
        trains = monitor.get("spike")
        ranks = monitor._object.ranks
        for column, rank in enumerate(ranks):
            train = np.asarray(trains[int(rank)], np.int64)
            when.append(train - first)
            who.append(np.full(train.size, width + column, np.int64))
        width += len(ranks)
    return SpikeData(np.concatenate(when), np.concatenate(who), steps, width)


def _variables(recorder: Recording) -> dict[str, tuple[NDArray[np.float64], str]]:
    data = [(monitor.get(reshape=False), units) for monitor, units in recorder.taps]
    return {
        name: (np.concatenate([values[name] for values, _ in data], axis=1), data[0][1][name])
        for name in recorder.recordables
    }


def _weights(connection: Connection, steps: int) -> NDArray[np.float64]:
    values = np.zeros((steps, len(connection)))
    for part, monitor in zip(connection._parts, connection._recorded, strict=True):
        mine = np.empty((steps, part.order.size))
        mine[:, part.order] = monitor.get("w")
        values[:, slice(None) if part.edges is None else part.edges] = mine
    return values

"""Weight recorders: what presynaptic spikes send through synapses, one event for each spike and synapse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..network import Network
from ..recording.monitors import Monitor
from .connections import Connection, Part, numbers_of
from .nodes import Recording

__all__ = ["WeightEvents", "WeightTap", "windows"]

#: Values that a window may hold before its events are taken out.
_MOST = 2**22


@dataclass(frozen=True, slots=True)
class WeightEvents:
    """What weight recorders wrote down, in the order of arrival.

    Parameters
    ----------
    times : ndarray, ms
        Time stamps of the spikes.
    senders, targets : ndarray of int64
        Indices in the populations.
    weights : ndarray
        What was sent.
    """

    times: NDArray[np.float64]
    senders: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64]


class WeightTap:
    """Takes the events of one connection out of monitors of its synapses.

    Parameters
    ----------
    network : Network
    connection : Connection
    recorder : Recording
    """

    def __init__(self, network: Network, connection: Connection, recorder: Recording) -> None:
        self._net, self._connection = network, connection
        self._parts: list[tuple[Part, Monitor, NDArray[np.int64]]] = []
        keep = np.ones(len(connection), bool)
        for view, end, numbers in (
            (recorder.senders, connection._pre, connection.source),
            (recorder.targets, connection._post, connection.target),
        ):
            wanted = numbers_of(view, end)
            if wanted is not None:
                keep &= np.isin(numbers, wanted)
        for part in connection._parts:
            edges = np.arange(len(connection)) if part.edges is None else part.edges
            edges = np.where(keep[edges], edges, -1)
            self._parts.append((part, network.monitor(part.projection, ["sent", "sent_at"]), edges))
        self.unit = connection._unit

    @property
    def width(self) -> int:
        """Number of synapses."""
        return len(self._connection)

    def take(self, first: int) -> WeightEvents:
        """Return the events since step `first`, and forget them."""
        delays, dt = self._connection.delays(), self._net.dt
        found: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        for part, monitor, edges in self._parts:
            data = monitor.get()
            now = (first + np.arange(len(data["sent"]))) * dt
            rows, columns = np.nonzero(np.abs(data["sent_at"] - now[:, None]) < 0.5 * dt)
            own = edges[part.order[columns]]
            found.append((rows[own >= 0], own[own >= 0], data["sent"][rows, columns][own >= 0]))
        rows, own, weights = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((own, rows))
        rows, own, weights = rows[order], own[order], weights[order]
        stamps = (first + rows + 1) * dt - delays[own]
        source, target = self._connection.source[own], self._connection.target[own]
        return WeightEvents(np.round(stamps / dt) * dt, source, target, weights)


def windows(total: int, width: int) -> Iterator[int]:
    """Cut a number of steps into windows in which `width` synapses leave few enough values."""
    most = max(_MOST // max(width, 1), 1)
    for start in range(0, total, most):
        yield min(most, total - start)

"""Weight recorders: what presynaptic spikes send through synapses, one event for each spike and synapse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..network import Network
from .connections import Connection, numbers_of
from .nodes import Recording

__all__ = ["WeightEvents", "WeightTap"]


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
        self._connection = connection
        self._wanted = (
            numbers_of(recorder.senders, connection._pre), numbers_of(recorder.targets, connection._post)
        )  # fmt: skip
        self._monitors = [network.monitor(p, ["sent", "stamp_sent"], at="pre") for p in connection.projections]
        self._dt = network.dt
        self.unit = connection._unit

    def take(self) -> WeightEvents:
        """Return the events since the last time, and forget them."""
        parts = []
        for monitor in self._monitors:
            events = monitor.get()
            sent, stamps = events["sent"], events["stamp_sent"]
            source = np.asarray(sent.pre, np.int64)
            if self._connection._channel is not None and self._connection._pre.node.model.random:
                source = self._connection.source[source]  # each edge has a neuron of its own
            target, times = np.asarray(sent.post, np.int64), np.round(np.asarray(stamps.value) / self._dt) * self._dt
            keep = np.ones(source.size, bool)
            for numbers, wanted in zip((source, target), self._wanted, strict=True):
                if wanted is not None:
                    keep &= np.isin(numbers, wanted)
            steps = np.asarray(sent.step)
            parts.append([np.asarray(x)[keep] for x in (steps, times, source, target, sent.value)])
        steps, *columns = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(steps, kind="stable")
        times, source, target, weights = (column[order] for column in columns)
        return WeightEvents(times, source, target, weights)

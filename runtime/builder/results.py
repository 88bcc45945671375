"""`SimulationResult`: what one window of a rollout recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import nearest
from .connections import Connection, MissingKey
from .nodes import NodeView, Recording
from .units import Units
from .weights import WeightEvents

__all__ = ["SimulationResult", "SpikeData"]


class SpikeData:
    """Spikes of one recorder in a window.

    Parameters
    ----------
    steps, columns : ndarray of int64
        Of each spike: the step within the window, and the number of the recorded neuron.
    n_steps, width : int
    """

    def __init__(self, steps: NDArray[np.int64], columns: NDArray[np.int64], n_steps: int, width: int) -> None:
        self.steps, self.columns, self.n_steps, self.width = steps, columns, n_steps, width

    def matrix(self) -> NDArray[np.float64]:
        """Return 1 where a neuron spiked in a step, shape (n_steps, width)."""
        made = np.zeros((self.n_steps, self.width))
        made[self.steps, self.columns] = 1.0
        return made


class SimulationResult:
    """Everything recorded in one window; row k of the data belongs to step k, which starts at ``times[k]``.

    Parameters
    ----------
    first, steps : int
        The window, in steps of the rollout.
    dt : float
        In ms.
    spikes : dict
        Recorder -> `SpikeData`.
    traces : dict
        Recorder -> recordable -> (values, unit).
    weights : dict
        Connection -> values.
    sent : dict
        Weight recorder -> events, and the unit of what was sent.
    """

    def __init__(
        self, first: int, steps: int, dt: float, units: Units,
        spikes: dict[Recording, SpikeData],
        traces: dict[Recording, dict[str, tuple[NDArray[np.float64], str]]],
        weights: dict[Connection, tuple[NDArray[np.float64], str]],
        sent: dict[Recording, tuple[WeightEvents, str]],
    ) -> None:  # fmt: skip
        self._first, self._steps, self._dt, self._units = first, steps, dt, units
        self._spikes, self._traces, self._weights, self._sent = spikes, traces, weights, sent

    @property
    def times(self) -> Any:
        """Start of each step since the start of the rollout, shape (n_steps,), ms."""
        return self._units.wrap((self._first + np.arange(self._steps)) * self._dt, "ms")

    def __repr__(self) -> str:
        end = (self._first + self._steps) * self._dt
        return f"<SimulationResult of {self._first * self._dt:g} to {end:g} ms>"

    def spikes(self, node: NodeView) -> NDArray[np.float64]:
        """Return a matrix with 1 where a neuron spiked, shape (n_steps, n_recorded)."""
        return self._of(node).matrix()

    def events(self, node: NodeView) -> tuple[Any, NDArray[np.int64]]:
        """Return the spikes as time stamps (ms; the end of their step) and numbers of neurons, ordered by time."""
        found = self._of(node)
        order = np.lexsort((found.columns, found.steps))
        stamps = (self._first + found.steps[order] + 1) * self._dt
        return self._units.wrap(stamps, "ms"), found.columns[order]

    def n_events(self, node: NodeView) -> int:
        """Return the number of spikes."""
        return int(self._of(node).steps.size)

    def rate(self, node: NodeView) -> float:
        """Return the mean rate of the recorded neurons, in spikes per second."""
        found = self._of(node)
        seconds = self._steps * self._dt / 1000.0
        return found.steps.size / found.width / seconds if found.width and seconds else 0.0

    def trace(self, recorder: NodeView, recordable: str = "V_m") -> Any:
        """Return a recorded variable at the end of each step, shape (n_steps, n_recorded), with its unit.

        Parameters
        ----------
        recorder : NodeView
            A voltmeter or multimeter.
        recordable : str
            NEST's name.
        """
        node: Any = recorder.segments[0].node
        known = self._traces.get(node, {})
        if recordable not in known:
            message = f"'{recordable}' was not recorded by this {node.model.name}."
            raise MissingKey(message, f"recorded: {', '.join(known) or 'nothing'}; {nearest(recordable, known)}")
        values, unit = known[recordable]
        return self._units.wrap(values, unit)

    def weight_trace(self, connection: Connection) -> Any:
        """Return the weights of a connection at the end of each step, shape (n_steps, n_edges), with their unit."""
        if connection not in self._weights:
            message = "The weights of this connection were not recorded."
            raise MissingKey(message, "call record_weight(connection) first")
        values, unit = self._weights[connection]
        return self._units.wrap(values, unit)

    def weight_events(self, recorder: NodeView) -> dict[str, Any]:
        """Return what a weight recorder wrote down when spikes arrived at synapses, ordered by time.

        Returns
        -------
        dict
            ``"times"``: time stamps of the spikes (ms), so those still on their way at the end are not there;
            ``"senders"``, ``"targets"``: indices in the populations; ``"weights"``: what was sent, with its unit.
        """
        node: Any = recorder.segments[0].node
        if node not in self._sent:
            raise MissingKey(
                f"{recorder!r} recorded no weights in this window.",
                "connect(..., synapse=stdp_synapse(weight_recorder=recorder)) before the run",
            )
        events, unit = self._sent[node]
        return {
            "times": self._units.wrap(events.times, "ms"),
            "senders": events.senders,
            "targets": events.targets,
            "weights": self._units.wrap(events.weights, unit),
        }

    def _of(self, node: NodeView) -> SpikeData:
        key: Any = node.segments[0].node
        if key not in self._spikes:
            raise MissingKey(
                f"{node!r} recorded no spikes in this window.",
                f"{len(self._spikes)} spike_recorder(s) did; connect(population, spike_recorder) before the run",
            )
        return self._spikes[key]

"""`Flight`: events on their way when delays or synapses changed, which arrive as they were sent.

An event that is emitted in step e and travels for d steps is found in the history of its neuron at step e + d, as long
as its delay stays. When delays change, what has not arrived yet is written down here, synapse by synapse, and what the
history holds of earlier steps is not looked at any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..connect.connectivity import Rows
from ..groups.history import SpikeHistory
from ..planning.plan import Pending

#: Columns of the arrivals of a pathway.
_ARRIVAL, _EMITTED, _SYNAPSE = range(3)
_NONE = np.zeros((0, 3), np.int64)


@dataclass(slots=True)
class Flight:
    """Events of one projection that are on their way at delays of the past. All of it is state.

    Attributes
    ----------
    since : int
        Events of earlier steps are not looked up in the history.
    arrivals : dict
        Pathway -> array of shape (n, 3): step of arrival, step of emission, storage position of the synapse.
    """

    since: int = 0
    arrivals: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def landed(self, now: int) -> bool:
        """Tell whether nothing arrives at a delay of the past any more, in step `now` or later."""
        return all(entries[:, _ARRIVAL].max(initial=-1) < now for entries in self.arrivals.values())

    def hold(
        self, now: int, pathways: Iterable[tuple[str, SpikeHistory]], rows_of: Callable[[str], Rows]
    ) -> None:
        """Write down what is on its way before step `now`.

        Parameters
        ----------
        now : int
        pathways : iterable
            Names of the pathways and the events that they listen to.
        rows_of : callable
            Gives the synapses of a pathway, which are asked for only when there are events.
        """
        held = {}
        for name, history in pathways:
            old = self.arrivals.get(name, _NONE)
            parts = [old[old[:, _ARRIVAL] >= now]]
            if history.pending(min(now - self.since, history.slots)):
                rows = rows_of(name)
                first = max(self.since, now - history.slots, now - int(rows.delays.max(initial=0)))
                parts += [_sent(step, now, history.ranks(step), rows) for step in range(first, now)]
            found = np.concatenate(parts)
            if found.size:
                held[name] = found
        self.since, self.arrivals = now, held

    def move(self, order: NDArray[np.int64], size: int) -> None:
        """Follow the synapses to a new storage, where position q held position ``order[q]`` of `size` (-1: new)."""
        place = np.full(size, -1, np.int64)
        kept = np.flatnonzero(order >= 0)
        place[order[kept]] = kept
        for name, entries in list(self.arrivals.items()):
            entries = entries.copy()
            entries[:, _SYNAPSE] = place[entries[:, _SYNAPSE]]
            entries = entries[entries[:, _SYNAPSE] >= 0]
            if entries.size:
                self.arrivals[name] = entries
            else:
                del self.arrivals[name]

    def pending(
        self, name: str, now: int, rows: Rows, rank: NDArray[np.int64], public: NDArray[np.int64]
    ) -> Pending | None:
        """Return what a pathway still has to deliver, in the order of sums; None for nothing.

        A segment lies within one row: where the neurons of a row follow each other, kernels rely on that.

        Parameters
        ----------
        name : str
            The pathway.
        now : int
            The next step.
        rows : Rows
            The index of the pathway.
        rank, public : ndarray of int64
            By storage position: the neuron that had the event, and the place in the order (post, pre, creation).
        """
        entries = self.arrivals.get(name, _NONE)
        entries = entries[entries[:, _ARRIVAL] >= now]
        if not entries.size:
            return None
        at = np.argsort(public)[entries[:, _SYNAPSE]]
        who = rank[entries[:, _SYNAPSE]]
        sorted_by = np.lexsort((at, who, -entries[:, _EMITTED], entries[:, _ARRIVAL]))
        steps, emitted, synapse = entries[sorted_by].T
        who = who[sorted_by]
        position, order = synapse, rows.order
        if order is not None:
            position = np.empty(order.size, np.int64)
            position[order] = np.arange(order.size)
            position = position[synapse]
        row = np.searchsorted(rows.indptr, position, side="right")
        runs = np.ones(steps.size, bool)
        runs[1:] = (
            (steps[1:] != steps[:-1]) | (emitted[1:] != emitted[:-1]) | (who[1:] != who[:-1])
            | (position[1:] != position[:-1] + 1) | (row[1:] != row[:-1])
        )  # fmt: skip
        first = np.flatnonzero(runs)
        last = np.append(first[1:], steps.size) - 1
        segments = np.stack([position[first], position[last] + 1, who[first]], axis=1)
        return Pending(np.ascontiguousarray(steps[first]), np.ascontiguousarray(segments).reshape(-1), emitted[first])

    def clear(self) -> None:
        """Forget what is on its way, with the spikes of all neurons."""
        self.since, self.arrivals = 0, {}

    def rewind(self, by: int) -> None:
        """Let what happened at step k have happened at step k - by (a clock that is reset)."""
        self.since -= by
        for entries in self.arrivals.values():
            entries[:, (_ARRIVAL, _EMITTED)] -= by

    def copy(self) -> Flight:
        """Return a copy of everything."""
        return Flight(self.since, {name: entries.copy() for name, entries in self.arrivals.items()})


def _sent(step: int, now: int, ranks: NDArray[np.int64], rows: Rows) -> NDArray[np.int64]:
    """Return the arrivals, from `now` on, of what some neurons sent in a step."""
    if not ranks.size:
        return _NONE
    late = np.flatnonzero(step + rows.delays >= now)
    row = (ranks[:, None] * rows.delays.size + late).reshape(-1)
    counts = rows.indptr[row + 1] - rows.indptr[row]
    owner = np.repeat(row, counts)
    position = rows.indptr[owner] + np.arange(owner.size) - np.repeat(np.cumsum(counts) - counts, counts)
    synapse = position if rows.order is None else rows.order[position]
    arrival = step + rows.delays[owner % rows.delays.size]
    return np.stack([arrival, np.full(arrival.size, step, np.int64), synapse], axis=1)

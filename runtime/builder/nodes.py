"""`NodeView`: nodes of a simulator, as lists of segments of populations and devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..context import Context
from ..groups.population import Population
from ..inputs.stimuli import TimedArray
from ..problems import NotAvailable, ValueProblem
from ..synapses.projection import Group
from .devices import Generator, HostDrive
from .library import NeuronModel

__all__ = ["Drive", "Node", "NodeView", "Recording", "Segment", "SeveralSegments", "Source"]


class SeveralSegments(NotAvailable, NotImplementedError):
    """A view of several segments where one is needed (E503)."""


class OutOfRange(ValueProblem, IndexError):
    """An index that a view does not have (E501)."""


@dataclass(eq=False, slots=True)
class Node:
    """Something that was created: a population of neurons; its subclasses are devices.

    Parameters
    ----------
    model : Model
    size : int
    history : int or None
        How late its synapses see the history of its potential, in steps.
    """

    model: Any
    size: int
    population: Any = None
    positions: NDArray[np.float64] | None = None
    history: int | None = None

    @property
    def spiking(self) -> bool:
        """Whether it emits spikes."""
        if isinstance(self.model, NeuronModel):
            return self.model.spike != "False"
        return isinstance(self.model, (Generator, HostDrive)) and not self.model.current

    def group(self, indices: NDArray[np.int64]) -> Group:
        """Return some of its neurons."""
        made: Population = self.population
        whole = indices.size == made.size and np.array_equal(indices, np.arange(made.size))
        return made if whole else made[indices]


@dataclass(eq=False, slots=True)
class Source(Node):
    """A generator: a random one gets a population for each connection, others have one for spikes or for counts."""

    values: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Any] = field(default_factory=dict)
    made: dict[bool, Population] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Drive(Node):
    """A source that the script writes."""

    table: TimedArray | None = None
    context: Context | None = None

    def set_schedule(self, schedule: Any) -> None:
        """Write what is emitted in the next steps; after the last row the first comes again.

        Parameters
        ----------
        schedule : array, shape (window, size)
            Numbers of spikes, or currents in pA.
        """
        assert self.table is not None
        assert self.context is not None
        from .units import in_unit

        unit = "pA" if self.model.current else "1"
        rows = np.asarray(in_unit(schedule, unit, f"{self.model.name}: set_schedule"), np.float64)
        if rows.shape != self.table.values.shape:
            raise ValueProblem(
                f"{self.model.name}: set_schedule takes an array of shape {self.table.values.shape} (window, size), "
                f"got {rows.shape}."
            )
        self.table.values = rows.copy()
        self.population.first = float(self.context.now)
        self.context.touch()


@dataclass(eq=False, slots=True)
class Recording(Node):
    """A recorder: what it observes; a weight recorder may listen to some `senders` and `targets` only."""

    recordables: tuple[str, ...] = ()
    interval: float | None = None
    taps: list[Any] = field(default_factory=list)
    senders: NodeView | None = None
    targets: NodeView | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Segment:
    """Some elements of one node, by their indices in it."""

    node: Node
    indices: NDArray[np.int64]

    @property
    def population(self) -> Any:
        """The node (upstream's name)."""
        return self.node

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(self.indices.size)

    @property
    def group(self) -> Group:
        """The neurons, as the network takes them."""
        return self.node.group(self.indices)


class NodeView:
    """Nodes in an order: ``a + b`` puts views one after another, ``a[2:5]`` takes a part of a view of one segment."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = list(segments)

    @classmethod
    def of(cls, node: Node) -> NodeView:
        """Return a view of a whole node."""
        return cls([Segment(node, np.arange(node.size))])

    @property
    def segments(self) -> list[Segment]:
        """The segments, in order."""
        return self._segments

    @property
    def size(self) -> int:
        """Number of elements."""
        return sum(segment.size for segment in self._segments)

    def __len__(self) -> int:
        return self.size

    def __add__(self, other: Any) -> NodeView:
        """Return both views, one after another; segments stay apart."""
        return NodeView(self._segments + other._segments) if isinstance(other, NodeView) else NotImplemented

    def __radd__(self, other: Any) -> NodeView:
        """Let ``sum`` put views one after another."""
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __iter__(self) -> Iterator[NodeView]:
        """Go through the nodes, each a view of one element."""
        for segment in self._segments:
            for k in range(segment.size):
                yield NodeView([Segment(segment.node, segment.indices[k : k + 1])])

    def __getitem__(self, index: Any) -> NodeView:
        """Return a part of a view of one segment, by positions in it."""
        if len(self._segments) != 1:
            raise SeveralSegments(
                f"A view of {len(self._segments)} segments cannot be sliced.", "slice its parts before adding them"
            )
        segment = self._segments[0]
        try:
            chosen = np.atleast_1d(segment.indices[index])
        except IndexError:
            raise OutOfRange(f"index {index!r} is out of range for a view of {segment.size} nodes.") from None
        return NodeView([Segment(segment.node, chosen)])

    def __repr__(self) -> str:
        parts = " + ".join(f"{s.size} {s.node.model.name}" for s in self._segments)
        return f"<NodeView of {parts}>"

    def set_schedule(self, schedule: Any) -> None:
        """Write the schedule of a host drive; see `Drive.set_schedule`."""
        node = self._segments[0].node
        if len(self._segments) != 1 or not isinstance(node, Drive):
            raise ValueProblem(f"set_schedule is for host_spike_drive and host_current_drive, not {self!r}.")
        node.set_schedule(schedule)

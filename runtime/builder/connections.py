"""`Connection`: the edges that one call of connect made between two segments; `SynapseCollection`: edges of many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..connect.connectivity import Connectivity
from ..problems import RuntimeProblem, ValueProblem, nearest
from ..schedule import steps
from ..synapses.projection import Projection
from .nodes import NodeView, Segment
from .synapses import SynapseSpec
from .units import Units, in_unit

__all__ = ["Connection", "MissingKey", "NotPlastic", "Part", "SynapseCollection", "numbers_of"]


class MissingKey(RuntimeProblem, KeyError):
    """There is no value of that name (E502), with the names that there are."""

    default_code = "E502"

    __str__ = RuntimeProblem.__str__


class NotPlastic(RuntimeProblem, TypeError):
    """Something was asked of static synapses that only plastic ones have (E500)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Those edges of a connection that reach one input.

    Parameters
    ----------
    projection : Projection
    edges : ndarray or None
        Their numbers in the connection; None: all of them.
    order : ndarray
        For each synapse in the order that the projection shows, its place among `edges`.
    sign : int
        1 or -1 where the input takes weights of one sign only, else 0.
    """

    projection: Projection
    edges: NDArray[np.int64] | None
    order: NDArray[np.int64]
    sign: int

    def read(self, name: str) -> NDArray[np.float64]:
        """Return an attribute in the order of `edges`."""
        values = np.empty(self.order.size)
        values[self.order] = self.projection.get(name)
        return values

    def write(self, name: str, values: Any) -> None:
        """Write an attribute: a number, or an array in the order of `edges`."""
        self.projection.set({name: values if np.ndim(values) == 0 else np.asarray(values)[self.order]})

    def chosen(self, values: Any) -> Any:
        """Return those of the values of all edges that this part has; a number stays one."""
        return values if np.ndim(values) == 0 or self.edges is None else np.asarray(values)[self.edges]


class Connection:
    """The edges between two segments. Edges are ordered by source, target and creation.

    Parameters
    ----------
    pre, post : Segment
    built : Connectivity
    channel : ndarray or None
        Source of each edge in the node, where it is not the row of `built`.
    spec : SynapseSpec or None
        None: static.
    unit : str
        Of the weights.
    shared : bool
        All edges were given one weight.
    label : str
        The channel of graded connections.
    """

    def __init__(
        self, pre: Segment, post: Segment, built: Connectivity, channel: NDArray[np.int64] | None,
        spec: SynapseSpec | None, unit: str, shared: bool, label: str | None, comm: str, units: Units,
    ) -> None:  # fmt: skip
        self._pre, self._post, self._built, self._channel = pre, post, built, channel
        self._spec, self._unit, self._shared, self._channel_label = spec, unit, shared, label
        self._comm, self._units = comm, units
        self._parts: list[Part] = []
        self._delay: float | None = None
        self._number = 0
        self._recorded: list[Any] = []
        self._opposite: Callable[[Part], Part] | None = None
        #: Whether connect was given a synapse model, be it the static one.
        self.named = spec is not None

    @property
    def synapse(self) -> str:
        """Name of the synapse model."""
        return "static_synapse" if self._spec is None else self._spec.name

    @property
    def plastic(self) -> bool:
        """Whether the synapses have a model of their own that changes what they send."""
        return self._spec is not None and not self._spec.model.graded and self.synapse != "static_synapse"

    @property
    def comm(self) -> str:
        """What `connect` was asked for; it changes no result."""
        return self._comm

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The projections that hold the synapses."""
        return tuple(part.projection for part in self._parts)

    @cached_property
    def source(self) -> NDArray[np.int64]:
        """Index of the source of each edge in its population."""
        return self._built.source.astype(np.int64) if self._channel is None else self._channel

    @cached_property
    def target(self) -> NDArray[np.int64]:
        """Index of the target of each edge in its population."""
        return self._built.target.astype(np.int64)

    def __len__(self) -> int:
        return self._built.size

    def __repr__(self) -> str:
        ends = f"{self._pre.node.model.name} -> {self._post.node.model.name}"
        return f"<Connection {ends}, {len(self)} edges, {self.synapse}>"

    def read(self, name: str) -> NDArray[np.float64]:
        """Return an attribute of all edges, in its own unit."""
        values = np.zeros(len(self))
        for part in self._parts:
            if part.edges is None:
                values += part.read(name)
            else:
                values[part.edges] += part.read(name)
        return values

    def delays(self) -> NDArray[np.float64]:
        """Return the delay of all edges, in ms."""
        values = np.zeros(len(self))
        for part in self._parts:
            values[slice(None) if part.edges is None else part.edges] = part.read("delay")
        return values

    def set_weights(self, values: Any) -> None:
        """Write the weights of all edges: a number, or an array."""
        for part in [p for p in self._parts if p.sign and np.any(np.asarray(p.chosen(values)) * p.sign < 0)]:
            same = [p for p in self._parts if p.sign == -part.sign and p.edges is part.edges]
            if not same and self._opposite is not None:  # the same edges to the input of the other sign
                self._parts.append(self._opposite(part))
        for part in self._parts:
            chosen = part.chosen(values)
            part.write("w", chosen if not part.sign else part.sign * np.maximum(np.asarray(chosen) * part.sign, 0.0))

    def set_delay(self, delay: float) -> None:
        """Write one delay (ms) for all edges, rounded to steps, at least one."""
        dt = self._parts[0].projection._context.dt
        self._delay = max(steps(delay, dt), 1) * dt
        for part in self._parts:
            part.projection.set({"delay": self._delay})

    def after_reset(self) -> None:
        """Bring back what the user set; it is no state of the rollout."""
        if self._delay is not None:
            self.set_delay(self._delay)


def numbers_of(view: NodeView | None, segment: Segment) -> NDArray[np.int64] | None:
    """Return which elements of a segment's node are in a view; None: all."""
    if view is None:
        return None
    found = [s.indices for s in view.segments if s.node is segment.node]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


class SynapseCollection:
    """Edges of connections, by ascending source in each; values are those of the moment.

    Parameters
    ----------
    chosen : sequence
        Connections, and the numbers of the edges of each.
    units : Units
    """

    def __init__(self, chosen: Sequence[tuple[Connection, NDArray[np.int64]]], units: Units) -> None:
        self._chosen = [(c, edges) for c, edges in chosen if edges.size]
        self._units = units

    @classmethod
    def of(
        cls, connections: Sequence[Connection], source: NodeView | None, target: NodeView | None, synapse: str | None,
        units: Units,
    ) -> SynapseCollection:  # fmt: skip
        """Return the edges between views, of one synapse model."""
        chosen = []
        for connection in connections:
            if synapse is not None and connection.synapse != synapse:
                continue
            keep = np.ones(len(connection), bool)
            for view, end, numbers in (
                (source, connection._pre, connection.source), (target, connection._post, connection.target),
            ):  # fmt: skip
                wanted = numbers_of(view, end)
                if wanted is not None:
                    keep &= np.isin(numbers, wanted)
            edges = np.flatnonzero(keep)
            chosen.append((connection, edges[np.argsort(connection.source[edges], kind="stable")]))
        return cls(chosen, units)

    def __len__(self) -> int:
        return sum(edges.size for _, edges in self._chosen)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.source.tolist(), self.target.tolist(), strict=True)

    def __repr__(self) -> str:
        return f"<SynapseCollection of {len(self)} edges>"

    @property
    def source(self) -> NDArray[np.int64]:
        """Index of each source in its population."""
        return np.concatenate([np.zeros(0, np.int64), *(c.source[edges] for c, edges in self._chosen)])

    @property
    def target(self) -> NDArray[np.int64]:
        """Index of each target in its population."""
        return np.concatenate([np.zeros(0, np.int64), *(c.target[edges] for c, edges in self._chosen)])

    def get(self, key: str | Sequence[str]) -> Any:
        """Return values of the moment.

        Parameters
        ----------
        key : str or list of str
            ``"weight"``, ``"delay"``, ``"source"``, ``"target"``; a list gives a dict.
        """
        if not isinstance(key, str):
            return {name: self.get(name) for name in key}
        if key in ("source", "target"):
            return getattr(self, key)
        self._known(key, ("weight", "delay", "source", "target"))
        if key == "delay":
            return self._units.wrap(self._all([c.delays()[edges] for c, edges in self._chosen]), "ms")
        kinds = {c._unit for c, _ in self._chosen}
        if len(kinds) > 1:
            raise ValueProblem(
                f"get('weight'): these edges have weights in {', '.join(sorted(kinds))}.",
                help="choose edges of one kind: get_connections(target=...)",
            )
        return self._units.wrap(self._all([c.read("w")[edges] for c, edges in self._chosen]), (kinds or {"1"}).pop())

    def set(self, key: str, value: Any) -> None:
        """Write weights or delays of static synapses; nothing is written where something is wrong.

        Parameters
        ----------
        key : {"weight", "delay"}
        value : number, quantity or array
            One delay; one weight, or one for each edge, where the connection was made with one weight for each.
        """
        self._known(key, ("weight", "delay"))
        for connection, edges in self._chosen:
            if connection.plastic:
                raise ValueProblem(f"set('{key}'): the edges of {connection!r} are plastic.")
            if key == "delay" or connection._shared:
                what = "delay" if key == "delay" else "weight"
                one = np.ndim(value) == 0 or (hasattr(value, "shape") and value.shape == ())
                if not one or edges.size != len(connection):
                    raise ValueProblem(
                        f"set('{key}'): {connection!r} has one {what} for all its {len(connection)} edges, so it takes "
                        "one value, for all of them.",
                        help="connect with an array of weights to change single ones" if key == "weight" else "",
                    )
        if key == "delay":
            delay = float(in_unit(value, "ms", "set('delay')"))
            if not 0 <= delay < float("inf"):
                raise ValueProblem(f"set('delay'): the delay must be finite and not negative, got {delay} ms.")
            for connection, _ in self._chosen:
                connection.set_delay(delay)
            return
        self._set_weights(value)

    def _set_weights(self, value: Any) -> None:
        written: list[tuple[Connection, Any]] = []
        first = 0
        for connection, edges in self._chosen:
            given = in_unit(value, connection._unit, "set('weight')")
            if np.ndim(given):
                if np.shape(given) != (len(self),):
                    raise ValueProblem(f"set('weight'): {np.size(given)} weights for {len(self)} edges.")
                given = np.asarray(given)[first : first + edges.size]
            if not np.all(np.isfinite(given)):
                raise ValueProblem("set('weight'): weights must be finite.")
            first += edges.size
            if not connection._shared:
                weights = connection.read("w")
                weights[edges] = given
                given = weights
            written.append((connection, given))
        for connection, weights in written:
            connection.set_weights(weights)

    @staticmethod
    def _all(values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.concatenate([np.zeros(0), *values])

    @staticmethod
    def _known(key: str, known: tuple[str, ...]) -> None:
        if key not in known:
            raise MissingKey(f"'{key}' is no value of connections.", nearest(key, known))

"""Parts of a projection: `Dendrite`, all synapses of one postsynaptic neuron, and `SynapseView`, a single one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import read_only
from ..groups.attributes import Table
from ..groups.group import AttributeAccess
from ..groups.readouts import catch_up, named_in
from ..problems import ValueProblem
from .structure import create_on, prune_on

if TYPE_CHECKING:
    from .projection import Projection


def _values(projection: Projection, name: str, positions: NDArray[np.int64]) -> NDArray[Any]:
    """Return the values of an attribute for some synapses, as users see them."""
    if name == "delay" and "delay" not in projection._table:
        delays: NDArray[Any] = projection.connectivity.delay_steps[positions] * projection._context.dt
        return delays
    attribute = projection._attribute(name)
    if attribute.locality == "post":
        positions = projection.connectivity.target[positions].astype(np.int64)
    values = np.full(positions.size, attribute.data[0]) if attribute.block else attribute.stored()[positions]
    return attribute.shown(values)


def _write(projection: Projection, name: str, value: Any, positions: NDArray[np.int64]) -> None:
    if name == "delay" and "delay" not in projection._table:
        projection._made.set_delays(value, positions)
        projection._look_back()
    else:
        attribute = projection._table[name]
        named = named_in(projection._context, projection, value)
        catch_up(projection._context, projection, name, positions)
        projection._made.assign(attribute, value, positions, named)
    projection._made.calls += 1


class Dendrite(AttributeAccess):
    """All synapses of one postsynaptic neuron, in the order (pre, creation).

    Attributes are read-only copies, as those of the projection; assign to change them.
    """

    def __init__(self, projection: Projection, post_rank: int) -> None:
        self._projection = projection
        self._rank = post_rank

    @property
    def _row(self) -> slice:
        indptr = self._projection.connectivity.by_post[0]
        return slice(int(indptr[self._rank]), int(indptr[self._rank + 1]))

    @property
    def _synapses(self) -> NDArray[np.int64]:
        """Storage positions of the synapses, which change with delays and structure."""
        return self._projection.connectivity.public[self._row]

    @property
    def _source(self) -> NDArray[Any]:
        ranks: NDArray[Any] = self._projection.connectivity.by_post[2][self._row]
        return ranks

    @property
    def post_rank(self) -> int:
        """Rank of the postsynaptic neuron."""
        return self._rank

    @property
    def pre_ranks(self) -> list[int]:
        """Ranks of the presynaptic neurons."""
        return [int(r) for r in self._source]

    @property
    def size(self) -> int:
        """Number of synapses."""
        return int(self._synapses.size)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"<Dendrite of neuron {self._rank} in '{self._projection.name}', {self.size} synapses>"

    def synapse(self, pre: int) -> SynapseView:
        """Return the (first) synapse from a presynaptic neuron, by its rank."""
        found = np.flatnonzero(self._source == pre)
        if not found.size:
            raise ValueProblem(f"{self._label} has no synapse from neuron {pre}.")
        return SynapseView(self._projection, int(pre), self._rank)

    @property
    def _label(self) -> str:
        return f"dendrite {self._rank} of projection '{self._projection.name}'"

    @property
    def _table(self) -> Table:
        return self._projection._table

    def _attribute_names(self) -> tuple[str, ...]:
        return self._projection._attribute_names()

    def _read(self, name: str) -> Any:
        if name != "delay" or "delay" in self._projection._table:
            attribute = self._projection._attribute(name)
            if attribute.shared:
                return attribute.scalar()
        return read_only(_values(self._projection, name, self._synapses))

    def _write(self, name: str, value: Any) -> None:
        _write(self._projection, name, value, self._synapses)

    def create_synapse(self, rank: int, w: float = 0.0, delay: float = 0.0) -> None:
        """Create a synapse from a presynaptic neuron that has none to this one.

        Parameters
        ----------
        rank : int
            Of the presynaptic neuron in its population.
        w : float
        delay : float
            In ms; 0 is the shortest one.
        """
        self.create_synapses([rank], w, delay)

    def create_synapses(self, ranks: Any, weights: Any = None, delays: Any = None) -> None:
        """Create synapses from several presynaptic neurons that have none to this one.

        Other variables and parameters start with their initial values; a parameter that has one value keeps it.

        Parameters
        ----------
        ranks : list of int
        weights : number or one per synapse
            0 by default.
        delays : number or one per synapse
            In ms; the shortest one by default.
        """
        create_on(
            self._projection, self._rank, ranks, 0.0 if weights is None else weights, 0.0 if delays is None else delays
        )

    def prune_synapse(self, rank: int) -> None:
        """Remove the synapse (all, where there are several) from a presynaptic neuron, by its rank."""
        prune_on(self._projection, self._rank, [rank])

    def prune_synapses(self, ranks: Any) -> None:
        """Remove the synapses from several presynaptic neurons, by their ranks."""
        prune_on(self._projection, self._rank, ranks)

    def receptive_field(self, variable: str = "w", fill: float = 0.0) -> NDArray[np.float64]:
        """Return an attribute in the geometry of the presynaptic population.

        Parameters
        ----------
        variable : str
        fill : float
            Value for neurons that are not connected.
        """
        pre = self._projection.pre.population
        field = np.full(pre.size, fill, np.float64)
        field[self._source] = self._read(variable)
        return field.reshape(pre.geometry)


class SynapseView(AttributeAccess):
    """One synapse: its attributes are Python numbers."""

    def __init__(self, projection: Projection, pre_rank: int, post_rank: int) -> None:
        self._projection = projection
        self._pre_rank = pre_rank
        self._post_rank = post_rank

    @property
    def _synapses(self) -> NDArray[np.int64]:
        """Its storage position; none when it was pruned."""
        dendrite = Dendrite(self._projection, self._post_rank)
        return dendrite._synapses[np.flatnonzero(dendrite._source == self._pre_rank)[:1]]

    @property
    def _position(self) -> NDArray[np.int64]:
        found = self._synapses
        if not found.size:
            raise ValueProblem(f"{self._label} is no more: it was pruned.")
        return found

    @property
    def size(self) -> int:
        """1; 0 when it was pruned."""
        return int(self._synapses.size)

    @property
    def pre_rank(self) -> int:
        """Rank of the presynaptic neuron."""
        return self._pre_rank

    @property
    def post_rank(self) -> int:
        """Rank of the postsynaptic neuron."""
        return self._post_rank

    @property
    def _label(self) -> str:
        return f"synapse {self._pre_rank} -> {self._post_rank} of projection '{self._projection.name}'"

    @property
    def _table(self) -> Table:
        return self._projection._table

    def _attribute_names(self) -> tuple[str, ...]:
        return self._projection._attribute_names()

    def _read(self, name: str) -> Any:
        return _values(self._projection, name, self._position)[0].item()

    def _write(self, name: str, value: Any) -> None:
        _write(self._projection, name, value, self._position)

"""`SynapseGroup`: the synapses of a projection as an end of other projections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import INDEX, Model, Symbol, seen_as_end

from ..arrays import aligned_copy, aligned_zeros, padded
from ..connect.shared_weights import SharedConnectivity
from ..groups.attributes import Attribute, Table
from ..groups.history import ValueHistory
from ..groups.population import Population
from ..problems import RuntimeProblem, ValueProblem
from ..state.uncopied import Uncopied

if TYPE_CHECKING:
    from .projection import Projection


class SynapseGroup(Uncopied):
    """What a population is to the projections that connect its neurons, for synapses. Made by `Network.connect`.

    Users count the synapses in the order of ``proj.w``. Kernels find their values in the storage of the projection,
    whose order changes with delays: `places` leads from one to the other when a plan is made. There is no state here.

    Parameters
    ----------
    projection : Projection
        With its synapses; while it is an end, none come or go.
    """

    spiking = False
    events: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    _model: Model | None = None

    def __init__(self, projection: Projection) -> None:
        if not projection.connected:
            raise ValueProblem(f"{projection._label} is an end, but has no synapses yet.", help="connect it first")
        if isinstance(projection.connectivity, SharedConnectivity) or not projection.nb_synapses:
            what = "has no synapses" if not projection.nb_synapses else "has connections that share their weights"
            raise ValueProblem(f"{projection._label} {what}, so it cannot be an end of a projection.")
        self._projection = projection
        self._context = projection._context
        self._n = projection.nb_synapses
        self._npad = padded(self._n)
        self._values = ValueHistory(self._context, self._npad)

    @property
    def projection(self) -> Projection:
        """The projection whose synapses these are."""
        return self._projection

    @property
    def population(self) -> SynapseGroup:
        """The group itself."""
        return self

    @property
    def name(self) -> str:
        """Name of the projection."""
        return self._projection.name

    @property
    def size(self) -> int:
        """Number of synapses."""
        return self._n

    @property
    def geometry(self) -> tuple[int, ...]:
        """Shape of the values: one-dimensional."""
        return (self._n,)

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Numbers of all synapses, in the order of ``proj.w``."""
        return np.arange(self._n, dtype=np.int64)

    def __len__(self) -> int:
        return self._n

    def __repr__(self) -> str:
        return f"<the {self._n} synapses of '{self.name}'>"

    @property
    def _label(self) -> str:
        return self._projection._label

    # -- values --------------------------------------------------------------------------------------

    @property
    def _symbols(self) -> tuple[Symbol, ...]:
        """What synapses see of these."""
        return seen_as_end(self._projection._model)

    @property
    def _table(self) -> Table:
        """Copies of the values, in the order that users see: what texts read."""
        table = Table(self._context, self._label, (), self._n, lambda _: False)
        places = self.places
        for symbol in self._symbols:
            if symbol.role in ("parameter", "variable"):
                own = self._bound(symbol.name)
                data = own.data
                if not own.block:
                    data = aligned_zeros(self._npad, own.dtype)
                    data[: self._n] = own.data[places]
                table.put(
                    Attribute(own.name, own.role, own.type, own.locality, own.dimension, data, self._n, own.block)
                )
        return table

    def _bound(self, name: str) -> Attribute:
        """Return the values that kernels read and write, in storage order: one for each synapse, or a shared one."""
        self._unchanged()
        table, built = self._projection._table, self._projection.connectivity
        if name == INDEX or (name in ("i", "j") and name not in table):
            values: NDArray[Any] = np.empty(self._n, np.int64)
            if name == INDEX:
                values[self.places] = np.arange(self._n)
            else:
                values[:] = built.source if name == "i" else built.target
            data = aligned_copy(np.resize(values, self._npad), self._context.dtype("int"))
            return Attribute(name, "parameter", "int", "local", None, data, self._n, False)
        attribute = table[name]
        attribute.expand()
        return attribute

    @property
    def places(self) -> NDArray[np.int64]:
        """Storage position of each synapse."""
        self._unchanged()
        return self._projection.connectivity.public

    def _unchanged(self) -> None:
        now = self._projection.nb_synapses
        if now != self._n:
            raise RuntimeProblem(f"{self._label} is an end of another one, of {self._n} synapses; it has {now} now.")

    def take_writes(self, names: Iterable[str], writer: str) -> None:
        """Note that another projection is connected, and what of these synapses it writes."""
        made = self._projection._made
        made.end_of.append(writer)
        for name in names:
            made.before_write(name)
            made.written.add(name)

    # -- what only neurons have ----------------------------------------------------------------------

    def _positions(self) -> NDArray[np.float64]:
        return np.zeros((self._n, 0))

    def _hear(self, text: str) -> None:
        """Note nothing: a projection warns of no parameter that nobody reads."""

    def _remember(self, slots: int) -> None:
        """Remember nothing: synapses do not spike."""


def tell_ends(writer: str, model: Model, pre: Any, post: Any) -> None:
    """Tell synapses that are an end of the projection `writer` what of them its `model` writes."""
    written = {s.target for code in (*model.pre, *model.post) for s in code.statements}
    written |= {s.target for s in model.summed}
    for side, group in (("pre.", pre), ("post.", post)):
        if isinstance(group, SynapseGroup):
            group.take_writes({n.removeprefix(side) for n in written if n.startswith(side)}, writer)


#: What a projection may connect, as a whole.
End: TypeAlias = Population | SynapseGroup


def placed(group: Any, ranks: NDArray[Any]) -> NDArray[Any]:
    """Return where kernels find the elements of an end that users call by these ranks."""
    end: End = group.population
    if not isinstance(end, SynapseGroup):
        return ranks
    places: NDArray[Any] = end.places[ranks].astype(ranks.dtype)
    return places


def ranks_at(group: Any, places: NDArray[Any]) -> NDArray[Any]:
    """Return what users call the elements that kernels find at these places; the inverse of `placed`."""
    end: End = group.population
    if not isinstance(end, SynapseGroup):
        return places
    ranks = np.empty(end.size, places.dtype)
    ranks[end.places] = np.arange(end.size)
    found: NDArray[Any] = ranks[places]
    return found

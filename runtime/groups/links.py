"""Linked variables: their values are those of a variable of another population, wherever it stands at the moment.

The index of a variable of synapses is kept in the order that users see: that of the storage changes with delays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import BLOCK
from ..planning.plan import Link
from ..problems import RuntimeProblem, ValueProblem
from .attributes import Attribute

if TYPE_CHECKING:
    from ..synapses.projection import Projection
    from .population import Population


@dataclass(frozen=True, slots=True)
class Linked:
    """Element i has the value of element ``index[i]`` of another population's attribute; None: of element i."""

    other: Population
    name: str
    index: NDArray[np.int64] | None

    def source(self) -> tuple[Attribute, NDArray[np.int64] | None]:
        """Return the attribute behind the link, and behind links of links, with the index into it."""
        behind = self.other._links.get(self.name)
        if behind is None:
            return self.other._table[self.name], self.index
        attribute, index = behind.source()
        if index is None or self.index is None:
            return attribute, self.index if index is None else index
        return attribute, index[self.index]

    def values(self, attribute: Attribute) -> NDArray[Any]:
        """Return what the elements of the linked `attribute` are now."""
        source, index = self.source()
        values = source.values()
        chosen = values if index is None else values[index]
        if attribute.shared:
            return np.array(chosen[:1])
        return np.array(np.broadcast_to(chosen, attribute.n) if chosen.size == 1 else chosen[: attribute.n])


def make_link(
    population: Population | Projection, name: str, group: Any, other_name: str, index: Any
) -> Linked:
    """Return the link of a variable of a population or a projection, after checking that both sides fit.

    Raises
    ------
    RanvierError
        Unknown names, different types or units, an index that does not fit.
    """
    attribute, what = population._table[name], f"{population._label}: {name}"
    if name not in linked_names(population):
        raise ValueProblem(f"{what} is not linked.", help=f"declare it in the equations: '{name} : ... (linked)'")
    other: Population = group.population
    source = other._table[other_name]
    if other is population and other_name == name:
        raise ValueProblem(f"{what} cannot be linked to itself.")
    for trait in ("type", "dimension"):
        one, two = getattr(attribute, trait), getattr(source, trait)
        if one is not None and two is not None and one != two:
            raise ValueProblem(f"{what} and '{other_name}' of {other._label} differ in {trait}.")
    size = 1 if attribute.shared else attribute.n
    own = population._order_of(attribute) is not None  # values of synapses, whose storage may be ordered anew
    if index is not None:
        ranks = np.ascontiguousarray(index, np.int64).reshape(-1)
    elif source.shared or group.size == 1:
        ranks = np.full(1 if own else size, 0 if source.shared else group.ranks[0], np.int64)
    elif group.size == size:
        ranks = np.ascontiguousarray(group.ranks, np.int64)
    else:
        raise ValueProblem(
            f"{what} has {size} elements, '{other_name}' of {other._label} has {group.size}.",
            help="link it to one neuron, because something shared is made of it"
            if attribute.shared
            else "say which of them each takes: link(..., index=ranks)",
        )
    limit = 1 if source.shared else source.n
    if ranks.size not in ((1, size) if own else (size,)) or ranks.min(initial=0) < 0 or ranks.max(initial=0) >= limit:
        raise ValueProblem(f"{what}: the index needs {size} ranks below {limit}.")
    if attribute.shared:
        ranks = np.full(BLOCK, ranks[0], np.int64)
    same = not attribute.shared and not source.shared and not own and np.array_equal(ranks, np.arange(source.n))
    link = Linked(other, other_name, None if same else ranks)
    behind: Linked | None = link
    while behind is not None:
        if behind.other is population and behind.name == name:
            raise ValueProblem(f"{what}: these links go round in a circle.")
        behind = behind.other._links.get(behind.name)
    return link


def linked_names(population: Population | Projection) -> tuple[str, ...]:
    """Return the names of the linked variables of a population or a projection."""
    return () if population._model is None else tuple(s.name for s in population._model.symbols if s.linked)


def links_of(population: Population | Projection) -> Iterator[Link]:
    """Yield what an engine has to keep equal."""
    for name in linked_names(population):
        if name not in population._links:
            raise RuntimeProblem(
                f"{population._label}: '{name}' is linked to nothing.",
                help=f"call link('{name}', other_population, 'its variable')",
            )
        attribute = population._table[name]
        source, index = population._links[name].source()
        order = population._order_of(attribute)
        if order is not None and index is not None:
            index = _stored(index, order, f"{population._label}: '{name}'")
        yield Link(attribute.data, source.data, index, BLOCK if attribute.block else attribute.n)


def _stored(index: NDArray[np.int64], order: NDArray[np.int64], what: str) -> NDArray[np.int64]:
    """Return the index of synapses in the order of their storage."""
    if index.size not in (1, order.size):
        raise RuntimeProblem(f"{what} is linked for {index.size} synapses; there are {order.size} now.", "link it anew")
    stored = np.empty(order.size, np.int64)
    stored[order] = index
    return stored

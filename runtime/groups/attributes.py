"""Named values of a group: storage, and the rules by which anything a user assigns becomes an array."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import RanvierWarning, model

from .._bridge import aligned_empty
from ..arrays import BLOCK, aligned_zeros, padded, refill_padding
from ..context import Context
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..quantities import dimension_of, is_expression, number, refuse_other_units
from .distributions import Distribution, is_distribution


@dataclass(slots=True, eq=False)
class Attribute:
    """One parameter, variable or input of a group.

    `data` holds `n` values and padding, or one block of equal values when `block` is True: always for shared
    attributes, and for a synaptic parameter while all its values are equal. `scale` multiplies quantities given
    with a unit (rates are kept in Hz).
    """

    name: str
    role: model.Role
    type: model.Type
    locality: model.Locality
    dimension: model.Dimension | None
    data: NDArray[Any]
    n: int
    block: bool
    scale: float = 1.0

    @property
    def per_synapse(self) -> bool:
        """Whether values are stored in the order of the synapses."""
        return not self.block and self.locality != "post"

    @property
    def shared(self) -> bool:
        """Whether there is one value for the whole group by declaration."""
        return self.locality == "shared"

    def scalar(self) -> float | int | bool:
        """Return the one value of a block as a Python number."""
        value = self.data[0]
        return bool(value) if self.type == "bool" else int(value) if self.type == "int" else float(value)

    def values(self) -> NDArray[Any]:
        """Return the `n` stored values (a block gives a new array)."""
        return np.full(self.n, self.data[0]) if self.block else self.stored()

    def stored(self) -> NDArray[Any]:
        """Return the `n` stored values, or the one of a block, to be read."""
        return self.data[: 1 if self.block else self.n]

    @property
    def dtype(self) -> np.dtype[Any]:
        """How values are stored."""
        return self.data.dtype

    @property
    def nbytes(self) -> int:
        """Bytes of the stored values."""
        return self.data.nbytes

    def shown(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return stored values as users see them: float as it is, int as int64, bool as bool."""
        if self.type == "float":
            return values
        return values != 0 if self.type == "bool" else values.astype(np.int64)

    def expand(self) -> None:
        """Give every element a place of its own."""
        if self.block and not self.shared:
            data = aligned_empty(padded(self.n), self.data.dtype)
            data[:] = self.data[0]
            self.data, self.block = data, False

    def rearrange(self, order: NDArray[np.int64], n: int) -> None:
        """Let element q be what element ``order[q]`` was, 0 where that is negative."""
        values = self.data[order]
        values[order < 0] = 0
        if padded(n) != self.data.size:
            self.data = aligned_zeros(padded(n), self.data.dtype)
        self.n = n
        self.data[:n] = values
        refill_padding(self.data, n)

    def resize(self, n: int) -> None:
        """Have so many elements, whose values are written next."""
        if not self.block and padded(n) != self.data.size:
            self.data = aligned_zeros(padded(n), self.data.dtype)
        self.n = n

    def fill(self, value: float | int | bool) -> None:
        """Set every value."""
        self.data[...] = value

    def put(self, values: NDArray[Any], where: NDArray[np.int64] | None = None) -> None:
        """Set all values, or those at some positions, and refill the padding."""
        if where is None:
            self.data[: self.n] = values
        else:
            self.data[where] = values
        refill_padding(self.data, self.n)


#: No values beside those of the table.
NOTHING: Mapping[str, Attribute] = MappingProxyType({})


class Table:
    """The attributes of one group, by name, in declaration order.

    Parameters
    ----------
    context : Context
    owner : str
        How errors call the group, as in "population 'exc'".
    symbols : tuple of Symbol
        Of the model; those with storage become attributes.
    n : int
        Number of elements.
    blocks : callable
        Tells for a symbol whether one block of equal values is enough for now.
    n_post : int
        Number of values of what has one per postsynaptic neuron.
    """

    def __init__(
        self,
        context: Context,
        owner: str,
        symbols: tuple[model.Symbol, ...],
        n: int,
        blocks: Callable[[model.Symbol], bool],
        n_post: int = 0,
    ) -> None:
        self.owner = owner
        self._context = context
        self._attributes: dict[str, Attribute] = {}
        self._subexpressions = frozenset(s.name for s in symbols if s.role == "subexpression")
        for s in symbols:
            if s.role not in ("parameter", "variable", "input"):
                continue
            block = s.locality == "shared" or blocks(s)
            size = n_post if s.locality == "post" else n
            data = aligned_zeros(BLOCK if block else padded(size), context.dtype(s.type))
            self._attributes[s.name] = Attribute(s.name, s.role, s.type, s.locality, s.dimension, data, size, block)

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self._attributes.values())

    def __contains__(self, name: str) -> bool:
        return name in self._attributes

    def __getitem__(self, name: str) -> Attribute:
        if name in self._subexpressions:
            raise RuntimeProblem(
                f"'{name}' of {self.owner} is a subexpression: computed where it is used, never written.",
                "leave out its unit, or mark it '(stored)' in the equations",
            )
        if name not in self._attributes:
            raise UnknownName(f"attribute of {self.owner}", name, self._attributes)
        return self._attributes[name]

    def add(self, symbol: model.Symbol, n: int) -> Attribute:
        """Add an attribute that the model does not have, of `n` elements."""
        s, block = symbol, symbol.locality == "shared"
        data = aligned_zeros(BLOCK if block else padded(n), self._context.dtype(s.type))
        added = Attribute(s.name, s.role, s.type, s.locality, s.dimension, data, n, block)
        self._attributes[s.name] = added
        return added

    def lend(self, attribute: Attribute) -> None:
        """Use another table's attribute in place of the own one of that name."""
        self._attributes[attribute.name] = attribute

    def is_subexpression(self, name: str) -> bool:
        """Tell whether a name stands for an expression that is not stored."""
        return name in self._subexpressions

    def subexpressions(self) -> frozenset[str]:
        """Return the names that stand for expressions which are not stored."""
        return self._subexpressions

    def put(self, attribute: Attribute) -> None:
        """Keep an attribute under its name."""
        self._attributes[attribute.name] = attribute

    def names(self) -> tuple[str, ...]:
        """Return all names."""
        return tuple(self._attributes)

    def known(self) -> frozenset[str]:
        """Return the names of what is stored, and of what is not."""
        return self._subexpressions | self._attributes.keys()


@dataclass(frozen=True, slots=True)
class Elements:
    """The elements an assignment is about.

    `shapes` are the array shapes that fit them; `sample` and `evaluate` make random and text values for them; `names`
    are those that a text may use of the group.
    """

    shapes: tuple[tuple[int, ...], ...]
    sample: Callable[[Distribution], NDArray[Any]]
    evaluate: Callable[[str], NDArray[Any]]
    names: Container[str] = ()


def values_for(attribute: Attribute, value: Any, elements: Elements, what: str) -> NDArray[Any] | float:
    """Return what is to be stored for an assigned value: one number, or an array of one value per element.

    Parameters
    ----------
    attribute : Attribute
    value : number, array, list, str, distribution or quantity
    elements : Elements
    what : str
        Named in errors, as in "population 'exc': v".

    Raises
    ------
    ValueProblem
        Wrong shape, unit or type; nothing has been written then.
    """
    if isinstance(value, str) and is_expression(value, elements.names):
        return _typed(attribute, _shaped(np.asarray(elements.evaluate(value)), elements, what), what)
    own = dimension_of(value)
    refuse_other_units(what, attribute.dimension, own, value)
    result = elements.sample(value) if is_distribution(value) else number(value, what)
    if own is not None:
        result = result * attribute.scale
    if attribute.shared and np.size(result) != 1:
        raise ValueProblem(
            f"{what} has one value for the whole group, got an array of shape {np.shape(result)}.",
            help="for one value per element, declare it without 'population' or 'shared' in a text, in a dict as "
            "rv.Parameter(value, locality='local')",
        )
    return _typed(attribute, _shaped(result, elements, what), what)


def check_rates(rates: NDArray[Any] | float, dt: float, what: str) -> None:
    """Refuse what is no rate (Hz); warn where neurons would have to spike more than once in a step."""
    if not np.all(np.isfinite(rates)) or np.min(rates, initial=0.0) < 0:
        raise ValueProblem(f"{what}: rates (Hz) must be finite and not negative.")
    highest = float(np.max(rates, initial=0.0))
    if highest * dt > 1000.0:
        message = (
            f"{what}: at most one spike per step of {dt:g} ms is {1000.0 / dt:g} Hz, below the given {highest:g} Hz."
        )
        warnings.warn(message, RanvierWarning, stacklevel=6)


def _shaped(result: Any, elements: Elements, what: str) -> NDArray[Any] | float:
    if not isinstance(result, np.ndarray):
        return float(result)
    if result.size == 1:
        return float(result.reshape(-1)[0])
    if result.shape not in elements.shapes:
        wanted = " or ".join(str(shape) for shape in dict.fromkeys(elements.shapes))
        raise ValueProblem(f"{what}: the values have shape {result.shape}, expected one number or {wanted}.")
    return result.reshape(-1)


def _typed(attribute: Attribute, result: NDArray[Any] | float, what: str) -> NDArray[Any] | float:
    if attribute.type == "float":
        return result
    array = np.asarray(result)
    if not np.all(np.isfinite(array)) or np.any(array != np.floor(array)):
        raise ValueProblem(f"{what} holds whole numbers; round the values first.")
    if attribute.type == "bool":
        array = array != 0
    return array.astype(attribute.data.dtype) if array.ndim else array[()]

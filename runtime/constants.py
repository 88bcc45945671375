"""Named constants of networks: numbers that models built afterwards may name.

Models are built before it is known which network they will belong to, so they may name the constants of any network
that is alive; the value is taken from the network of the population or projection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakSet

from ranvier.compiler import is_reserved, model

from .problems import UnknownName, ValueProblem
from .quantities import dimension_of, number

_WORD = re.compile(r"[A-Za-z_]\w*")
_TAKEN = frozenset({"t", "dt", "step", "i", "j", "N", "pre", "post", "w", "delay"})


class Constants:
    """The constants of one network."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}
        self._dimensions: dict[str, model.Dimension | None] = {}
        _ALIVE.add(self)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def define(self, name: str, value: Any) -> None:
        """Give a constant its value."""
        meaning = is_reserved(name)
        if not name.isidentifier() or meaning or name in _TAKEN:
            raise ValueProblem(f"'{name}' {meaning or 'has a meaning of its own'} and cannot name a constant.")
        self._values[name] = float(number(value, f"constant '{name}'"))
        self._dimensions[name] = dimension_of(value)

    def value(self, name: str, owner: str) -> float:
        """Return the value of a constant that the model of `owner` names."""
        if name not in self._values:
            raise UnknownName(f"constant of the network, which {owner} needs", name, self._values)
        return self._values[name]

    def entries(self) -> dict[str, tuple[float, model.Dimension | None]]:
        """Return the value and the dimension of every constant."""
        return {name: (value, self._dimensions[name]) for name, value in self._values.items()}

    def update(self, entries: Mapping[str, tuple[float, model.Dimension | None]]) -> None:
        """Take over what `entries` returned."""
        self._values.update({name: value for name, (value, _) in entries.items()})
        self._dimensions.update({name: dimension for name, (_, dimension) in entries.items()})

    def dimension(self, name: str) -> model.Dimension | None:
        """Return the dimension that the value was given with, None for a plain number."""
        return self._dimensions[name]


#: The constants of all networks that are alive.
_ALIVE: WeakSet[Constants] = WeakSet()


def constants_in(texts: Iterable[str], other: Iterable[str]) -> tuple[tuple[str, model.Dimension | None], ...]:
    """Return the constants that texts name, with their dimensions, but for those in `other`."""
    words = {word for text in texts for word in _WORD.findall(text)} - set(other)
    found: dict[str, model.Dimension | None] = {}
    for constants in list(_ALIVE):
        for name in sorted(words):
            if name in constants:
                own = constants.dimension(name)
                found[name] = own if found.get(name, own) == own else None
    return tuple(sorted(found.items()))


def named_constants(
    names: Iterable[str], symbols: Iterable[model.Symbol], given: Iterable[str], constants: Constants, owner: str
) -> dict[str, float]:
    """Return the values of the constants that a model uses without declaring a name of its own for them."""
    wanted = set(names) - set(given)
    return {
        s.name: constants.value(s.name, owner)
        for s in symbols
        if s.name in wanted and s.role == "parameter" and s.span is None
    }

"""What the walks over dimensions have in common: marks for what fits everything, declared dimensions, terms of sums."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .functions import CONSTANTS
from .model import Dimension, Symbol
from .parser import walk
from .tree import Attr, Binary, Expr, Name, Unary
from .units import DIMENSIONLESS, UNITS


class _Mark(tuple[float, ...]):
    """A dimension that is recognised by its identity."""

    __slots__ = ()


#: Of 0 and inf (and of plain numbers where they may stand for anything): fits every dimension.
FREE: Dimension = _Mark(DIMENSIONLESS)
#: Of conditions.
BOOLEAN: Dimension = _Mark(DIMENSIONLESS)
TIME: Dimension = UNITS["second"].dimension
_TIMES = frozenset({"t", "dt", "t_last", "lastspike", "t_pre", "t_post", "delay", "lastupdate"})
NOISE = re.compile(r"xi(_\w+)?\Z")


@dataclass(frozen=True, slots=True)
class Argument:
    """What a parameter of a user function stands for in one call."""

    dimension: Dimension | None
    value: float | None


Arguments: TypeAlias = Mapping[str, Argument]
NO_ARGUMENTS: Arguments = {}


def declared(symbol: Symbol) -> Dimension | None:
    """Return the dimension of a symbol of its own: declared, or that of a built-in name."""
    if symbol.type == "bool":
        return BOOLEAN
    if symbol.role == "builtin":
        name = symbol.name
        if NOISE.match(name):
            return tuple(-0.5 * d for d in TIME)
        return TIME if name in _TIMES else FREE if name == "inf" else DIMENSIONLESS
    return symbol.dimension


def is_constant(symbol: Symbol) -> bool:
    """Tell whether a symbol is likely to have one value for good."""
    return symbol.role == "parameter" and (symbol.locality == "shared" or symbol.value is not None)


def terms(node: Expr) -> list[Expr]:
    """Return the terms of a sum, from left to right; brackets do not count."""
    found: list[Expr] = []
    stack = [node]
    while stack:
        match current := stack.pop():
            case Binary("+" | "-", left, right, _):
                stack += (right, left)
            case Unary("-" | "+", operand, _):
                stack.append(operand)
            case _:
                found.append(current)
    return found


def is_plain(node: Expr) -> bool:
    """Tell whether an expression is made of numbers alone."""
    return not any(isinstance(n, (Name, Attr)) and not (isinstance(n, Name) and n.id in CONSTANTS) for n in walk(node))

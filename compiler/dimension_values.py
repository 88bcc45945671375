"""What the walks over dimensions have in common: marks for what fits everything, declared dimensions, terms of sums."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .functions import CONSTANTS
from .model import Dimension, Symbol
from .parser import walk
from .tree import Attr, Binary, Expr, Name, Num, Unary
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


def is_variable(node: Expr) -> bool:
    """Tell whether a node is a name that is neither a constant nor, unless the model declares it, a unit."""
    return isinstance(node, Attr) or (isinstance(node, Name) and node.id not in CONSTANTS and node.id not in UNITS)


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


def leading_number(node: Expr) -> Expr | None:
    """Return the literal number that a product or quotient starts with, signed if it stands alone."""
    if isinstance(node, Unary) and isinstance(node.operand, Num):
        return node
    while isinstance(node, Binary) and node.op in ("*", "/"):
        node = node.left
    return node if isinstance(node, Num) and node.value != 0 else None


def literal_value(node: Expr, args: Arguments) -> float | None:
    """Return the value of an expression of literal numbers, None of any other."""
    match node:
        case Num(value, _, _):
            return value
        case Name(name, _) if name in args:
            return args[name].value
        case Unary("-" | "+" as op, operand, _):
            inner = literal_value(operand, args)
            return inner if inner is None or op == "+" else -inner
        case Binary("+" | "-" | "*" | "/" as op, left, right, _):
            x, y = literal_value(left, args), literal_value(right, args)
            if x is None or y is None or (op == "/" and y == 0):
                return None
            return {"+": x + y, "-": x - y, "*": x * y}[op] if op != "/" else x / y
    return None

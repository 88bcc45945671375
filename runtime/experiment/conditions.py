"""Requirements of events as texts: ``mode==test and (happened_event_list==[a, b] or mode==easy)``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..problems import ValueProblem

#: Tells for a simulation whether a requirement is met.
Condition = Callable[[Any], bool]


def condition_of(requirement: str | Callable[[], bool] | None, what: str) -> Condition:
    """Return a requirement as a function of the simulation.

    Parameters
    ----------
    requirement : str, callable or None
        None is always met.
    what : str
        Named in errors.
    """
    if requirement is None:
        return lambda _: True
    if callable(requirement):
        given = requirement
        return lambda _: bool(given())
    try:
        return _read(ast.parse(requirement.strip(), mode="eval").body)
    except (SyntaxError, _NotUnderstoodError):
        raise ValueProblem(
            f"{what}: the requirement '{requirement}' cannot be read.",
            help="it is made of name==value and happened_event_list==[a, b], joined by and, or, not",
        ) from None


class _NotUnderstoodError(Exception):
    pass


def _read(node: ast.expr) -> Condition:
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = [_read(value) for value in values]
            combine = all if isinstance(op, ast.And) else any
            return lambda simulation: combine(part(simulation) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _read(operand)
            return lambda simulation: not inner(simulation)
        case ast.Compare(left=ast.Name(id="happened_event_list"), ops=[ast.Eq()], comparators=[right]):
            names = [_word(e) for e in right.elts] if isinstance(right, (ast.List, ast.Tuple)) else [_word(right)]
            return lambda simulation: set(names) <= set(simulation.happened_event_list)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[right]):
            value = _word(right)
            return lambda simulation: str(getattr(simulation, name)) == value
    raise _NotUnderstoodError


def _word(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return str(value)
    raise _NotUnderstoodError

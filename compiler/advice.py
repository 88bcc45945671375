"""Warnings about models that are right but may not mean what their author thinks."""

from __future__ import annotations

import warnings

from .algebra import names
from .errors import RanvierWarning
from .model import AssignStatement, Model, OdeStatement
from .tree import Expr

#: Methods that evaluate the right-hand side more than once in a step.
MULTI_STAGE = frozenset(
    {"midpoint", "rk2", "rk4", "runge-kutta4", "heun", "dopri5", "rkf45", "gsl", "gsl_rk45", "gsl_rkf45"}
)


def advise(model: Model) -> None:
    """Issue a RanvierWarning, W401, for each stored assignment that makes a method of several stages lose its order.

    All stages see the value that the assignment stored; if that depends on a variable that the stages move, the
    method is only of first order.
    """
    assigned = {s.target: s.value for s in model.statements if isinstance(s, AssignStatement) and s.op == "="}
    moving = {s.var for s in model.statements if isinstance(s, OdeStatement)}
    stale = {name for name, value in assigned.items() if moving & _reached(model, value, assigned)}
    if not stale:
        return
    for s in model.statements:
        if not isinstance(s, OdeStatement):
            continue
        method = s.method or (model.method if isinstance(model.method, str) else None)
        for name in sorted(stale & _reached(model, s.rhs, {})) if method in MULTI_STAGE else ():
            message = (
                f"[W401] {model.kind} '{model.name}': every stage of '{method}' for '{s.var}' sees the value of "
                f"'{name}' from before the step, so the method is of first order only. Give '{name}' a unit "
                f"(': 1' for a plain number) or mark it 'inline', so that it is computed anew in each stage."
            )
            warnings.warn(message, RanvierWarning, stacklevel=4)


def _reached(model: Model, expr: Expr, assigned: dict[str, Expr]) -> set[str]:
    """Return the names that a value depends on, through subexpressions and through `assigned`."""
    inner = {s.name: s.value for s in model.symbols if s.role == "subexpression" and s.value is not None}
    found: set[str] = set()
    waiting = set(names(expr))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for table in (inner, assigned):
            if name in table:
                waiting |= set(names(table[name]))
    return found

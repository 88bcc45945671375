"""What the formulas of numerical methods are made of: slopes, and scopes in which variables have moved."""

from __future__ import annotations

from collections.abc import Sequence

from .expressions import Scope
from .ir import Expr
from .rules import OdeRule

Values = dict[str, Expr]


def slopes(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Return the derivative of each variable in a scope."""
    return {r.var: scope.b.to_float(scope.lower(r.derivative)) for r in rules}


def shifted(scope: Scope, step: Expr, k: Values) -> Scope:
    """Return the scope ``step`` later, in which each variable has moved along its slope."""
    b = scope.b
    moved = {x: b.add(scope.name(x), b.mul(step, slope)) for x, slope in k.items()}
    return scope.child(moved, later=step)

"""Exact steps of coupled linear equations of synapses, in closed form.

A *cascade* has two stages: equations that depend on themselves alone, y' = w y, and equations that these drive,
x' = z x + sum of c y + b, with z, w, c fixed during a run and b during a step. Over a step dt

    x -> x exp(dt z) + sum of dt c y D(dt z, dt w) + b dt exprel(dt z),   D(p, q) = (exp(p) - exp(q))/(p - q)

with D(p, q) = exp(max(p, q)) exprel(-|p - q|), which neither cancels nor overflows, also where p = q (the alpha
function). Coefficients may have one value per synapse: nothing is stored but the variables. Neurons take matrix
propagators instead (`lower_neuron`), which know no such form of the matrix but need an array for each entry.
"""

from __future__ import annotations

from collections.abc import Mapping

from .algebra import is_number
from .expressions import Scope
from .ir import Expr
from .rules import LinearSystem
from .tree import Expr as Syntax

#: Variable -> (coefficients of the variables it depends on, the rest).
Rows = Mapping[str, tuple[Mapping[str, Syntax], Syntax]]


def beyond(rows: Rows) -> dict[str, str]:
    """Return the equations that make no cascade with the others, with the reason."""
    found: dict[str, str] = {}
    for var, (row, _) in rows.items():
        for other in row:
            if other == var or other not in rows:
                continue
            inner, rest = rows[other]
            if set(inner) - {other}:
                found[var] = f"it depends on '{other}', which depends on '{min(set(inner) - {other})}' in turn"
            elif not is_number(rest, 0.0):
                found[var] = f"it depends on '{other}', whose equation has a constant term"
    return found


def advance(system: LinearSystem, scope: Scope) -> dict[str, Expr]:
    """Return the new values of the variables that others drive."""
    b, dt = scope.b, scope.name("dt")
    zero = b.number(0.0)
    z = [zero if a[i] is None else b.mul(b.to_float(scope.lower(a[i])), dt) for i, a in enumerate(system.a)]  # type: ignore[arg-type]
    new: dict[str, Expr] = {}
    for i, (var, row) in enumerate(zip(system.vars, system.a, strict=True)):
        drives = [(j, c) for j, c in enumerate(row) if c is not None and j != i]
        if not drives:
            continue
        total = scope.name(var) if z[i] is zero else b.mul(scope.name(var), b.call("exp", z[i]))
        for j, c in drives:
            weight = b.mul(b.mul(dt, b.to_float(scope.lower(c))), _divided(scope, z[i], z[j]))
            total = b.add(total, b.mul(weight, scope.name(system.vars[j])))
        rest = system.b[i]
        if rest is not None:
            held = dt if z[i] is zero else b.mul(dt, b.call("exprel", z[i]))
            total = b.add(total, b.mul(b.to_float(scope.lower(rest)), held))
        new[var] = total
    return new


def _divided(scope: Scope, p: Expr, q: Expr) -> Expr:
    """Return the divided difference of exp between `p` and `q`."""
    b = scope.b
    if p is q:
        return b.call("exp", p)
    high, low = b.extreme("max", p, q), b.extreme("min", p, q)
    return b.mul(b.call("exp", high), b.call("exprel", b.sub(low, high)))

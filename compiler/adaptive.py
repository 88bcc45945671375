"""The method of Dormand and Prince: order 5, with steps of its own choice inside each step of the network.

J. R. Dormand and P. J. Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6 (1980) 19-26; step
control as in Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I" (1993), section II.4. The difference
of the two embedded results estimates the error of a step, in units of ``atol + rtol |x|``; the largest one over the
equations of the block must not be above 1, and decides how long the next step is.
"""

from __future__ import annotations

from collections.abc import Sequence

from .expressions import Scope
from .ir import Expr
from .rules import OdeRule
from .stages import Values, slopes
from .values import Builder

#: Times of the stages, and the weights of earlier slopes in each; the last row is the result of order 5.
NODES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
WEIGHTS = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
#: Result of order 5 minus that of order 4.
ERRORS = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)
#: Tolerances, where the model has no parameters of these names; `atol` is in the units of each variable.
TOLERANCES = {"rtol": 1e-6, "atol": 1e-9}
#: Safety factor of the next step, and how much it may shrink or grow at once.
SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0
#: Most steps inside one step of the network.
ROUNDS = 100_000


def dopri5(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Advance the equations of a block by dt; NaN, which the network reports, where no step is short enough."""
    b, dt = scope.b, scope.name("dt")
    n = len(rules)
    start = [scope.name(r.var) for r in rules]
    tolerance = {name: tolerance_of(scope, name, value) for name, value in TOLERANCES.items()}

    def round_(carried: tuple[Expr, ...]) -> tuple[list[Expr], Expr]:
        x, first, (left, wish, _) = carried[:n], carried[n : 2 * n], carried[2 * n :]
        step = b.extreme("min", wish, left)
        before = b.sub(dt, left)
        ks = [list(first)]
        new = list(x)
        for node, weights in zip(NODES[1:], WEIGHTS[1:], strict=True):
            new = [b.add(x[i], b.mul(step, weighted(b, weights, [k[i] for k in ks]))) for i in range(n)]
            later = b.add(before, b.mul(b.number(node), step))
            moved = scope.child({r.var: value for r, value in zip(rules, new, strict=True)}, later=later)
            ks.append(list(slopes(rules, moved).values()))
        error = b.number(0.0)
        for i in range(n):
            size = b.extreme("max", b.op("fabs", "float", x[i]), b.op("fabs", "float", new[i]))
            scale = b.add(tolerance["atol"], b.mul(tolerance["rtol"], size))
            miss = b.mul(step, weighted(b, ERRORS, [k[i] for k in ks]))
            own = b.op("div", "float", b.op("fabs", "float", miss), scale)
            error = own if i == 0 else b.extreme("max", error, own)
        accepted = b.compare("<=", error, b.number(1.0))
        growth = b.mul(b.number(SAFETY), b.call("pow", error, b.number(-0.2)))
        growth = b.extreme("min", b.extreme("max", growth, b.number(SHRINK)), b.number(GROW))
        growth = b.select(b.op("isfinite", "bool", error), growth, b.number(SHRINK))
        after = b.mul(step, growth)
        done = b.logic("and", accepted, b.compare(">=", step, left))
        stuck = b.compare("<=", b.add(dt, after), dt)
        values = [b.select(accepted, new[i], x[i]) for i in range(n)]
        again = [b.select(accepted, ks[-1][i], first[i]) for i in range(n)]
        rest = b.select(accepted, b.sub(left, step), left)
        return [*values, *again, rest, after, done], b.logic("or", done, stuck)

    carried = b.repeat(ROUNDS, [*start, *slopes(rules, scope).values(), dt, dt, b.truth(False)], round_)
    failed = b.number(float("nan"))
    return {r.var: b.select(carried[-1], value, failed) for r, value in zip(rules, carried, strict=False)}


def tolerance_of(scope: Scope, name: str, default: float) -> Expr:
    """Return a tolerance: the parameter or subexpression of that name, where the model has one."""
    own = any(s.name == name and s.role in ("parameter", "subexpression") for s in scope.model.symbols)
    return scope.b.to_float(scope.name(name)) if own else scope.b.number(default)


def weighted(b: Builder, weights: Sequence[float], slopes: Sequence[Expr]) -> Expr:
    """Return the weighted sum of slopes, from left to right."""
    terms = [b.mul(b.number(w), k) for w, k in zip(weights, slopes, strict=True) if w]
    total = terms[0]
    for term in terms[1:]:
        total = b.add(total, term)
    return total

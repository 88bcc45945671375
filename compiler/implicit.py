"""Implicit methods: backward Euler, all equations together, and the semi-implicit form of ANNarchy.

Backward Euler is ``y = x + dt f(y, t + dt)`` (Hairer and Wanner, "Solving Ordinary Differential Equations II", 1996,
section IV.3): first order, and stable for any step where the equations are. With the Jacobian J of f, Newton's method
improves y by the solution d of ``(1 - dt J) d = x + dt f(y) - y``. Equations that depend on each other are solved
together; where J does not contain the unknowns, one round from y = x is the solution.
"""

from __future__ import annotations

from collections.abc import Sequence

from .derivative import Derivative, depends
from .expressions import Scope
from .ir import Expr
from .rules import OdeRule
from .stages import Values, slopes
from .values import Builder

#: Newton's method stops when no unknown moved by more than CLOSE of its size: it converges quadratically, so what is
#: left is about the square. An equation that moved more than LOOSE in the last of ROUNDS has no solution: NaN.
CLOSE, LOOSE, ROUNDS = 1e-6, 1e-3, 40
#: Sizes below these count as this large (coherent units).
SMALL, SMALL_LOOSE = 1e-12, 1e-6

Matrix = list[list[Expr | None]]


def implicit(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Backward Euler; see the module."""
    b, dt = scope.b, scope.name("dt")
    end = scope.child({}, later=dt)
    probes = [b.ref(f"?{r.var}", "float") for r in rules]
    probed = end.child({r.var: probe for r, probe in zip(rules, probes, strict=True)})
    jacobian = _jacobian(b, slopes(rules, probed), rules, probes)
    new: Values = {}
    for group in _components(jacobian):
        own = [rules[i] for i in group]
        part = [[jacobian[i][j] for j in group] for i in group]
        unknowns = frozenset(probes[i] for i in group)
        if any(entry is not None and depends(entry, unknowns) for row in part for entry in row):
            new.update(_newton(own, scope, end))
        else:
            rest = [b.mul(dt, k) for k in slopes(own, end).values()]
            steps = solve(b, _shifted_identity(b, dt, part), rest)
            new.update({r.var: b.add(scope.name(r.var), d) for r, d in zip(own, steps, strict=True)})
    return new


def _newton(rules: Sequence[OdeRule], scope: Scope, end: Scope) -> Values:
    b, dt = scope.b, scope.name("dt")
    old = [scope.name(r.var) for r in rules]

    def round_(carried: tuple[Expr, ...]) -> tuple[list[Expr], Expr]:
        unknowns = carried[:-1]
        now = slopes(rules, end.child({r.var: y for r, y in zip(rules, unknowns, strict=True)}))
        jacobian = _jacobian(b, now, rules, unknowns)
        rest = [b.add(b.sub(x, y), b.mul(dt, k)) for x, y, k in zip(old, unknowns, now.values(), strict=True)]
        steps = solve(b, _shifted_identity(b, dt, jacobian), rest)
        after = [b.add(y, d) for y, d in zip(unknowns, steps, strict=True)]
        close, loose = b.truth(True), b.truth(True)
        for x, y, d in zip(old, after, steps, strict=True):
            moved = b.op("fabs", "float", d)
            size = b.extreme("max", b.op("fabs", "float", x), b.op("fabs", "float", y))
            close = b.logic("and", close, _within(b, moved, size, CLOSE, SMALL))
            loose = b.logic("and", loose, _within(b, moved, size, LOOSE, SMALL_LOOSE))
        return [*after, loose], close

    *found, solved = b.repeat(ROUNDS, [*old, b.truth(False)], round_)
    failed = b.number(float("nan"))
    return {r.var: b.select(solved, y, failed) for r, y in zip(rules, found, strict=True)}


def _within(b: Builder, moved: Expr, size: Expr, relative: float, absolute: float) -> Expr:
    return b.compare("<=", moved, b.add(b.mul(b.number(relative), size), b.number(absolute)))


def _jacobian(b: Builder, now: Values, rules: Sequence[OdeRule], unknowns: Sequence[Expr]) -> Matrix:
    columns = [Derivative(b, y) for y in unknowns]
    return [[column.of(now[r.var]) for column in columns] for r in rules]


def _shifted_identity(b: Builder, dt: Expr, jacobian: Matrix) -> Matrix:
    """Return ``1 - dt J``."""
    one = b.number(1.0)
    result: Matrix = []
    for i, row in enumerate(jacobian):
        scaled = [None if a is None else b.mul(dt, a) for a in row]
        result.append([
            (one if a is None else b.sub(one, a)) if i == j else None if a is None else b.neg(a)
            for j, a in enumerate(scaled)
        ])  # fmt: skip
    return result


def solve(b: Builder, matrix: Matrix, right: Sequence[Expr]) -> list[Expr]:
    """Return the solution of a linear system, by elimination in the order of the rows; zeros cost nothing.

    There is no choice of pivots, so that every element is treated alike: ``1 - dt J`` needs none while dt is short
    against growth, and decay only makes its diagonal larger.
    """
    rows, rest = [list(row) for row in matrix], list(right)
    n = len(rows)
    for k in range(n):
        pivot = rows[k][k]
        assert pivot is not None
        for i in range(k + 1, n):
            below = rows[i][k]
            if below is None:
                continue
            factor = b.div(below, pivot)
            for j in range(k + 1, n):
                above = rows[k][j]
                if above is not None:
                    product = b.mul(factor, above)
                    entry = rows[i][j]
                    rows[i][j] = b.neg(product) if entry is None else b.sub(entry, product)
            rest[i] = b.sub(rest[i], b.mul(factor, rest[k]))
    solution = list(rest)
    for i in reversed(range(n)):
        total = rest[i]
        for j in range(i + 1, n):
            entry = rows[i][j]
            if entry is not None:
                total = b.sub(total, b.mul(entry, solution[j]))
        pivot = rows[i][i]
        assert pivot is not None
        solution[i] = b.div(total, pivot)
    return solution


def _components(jacobian: Matrix) -> list[list[int]]:
    """Return the groups of equations that depend on each other, directly or not, in order."""
    n = len(jacobian)
    label = list(range(n))
    for i in range(n):
        for j in range(n):
            if jacobian[i][j] is not None and label[i] != label[j]:
                low, high = sorted((label[i], label[j]))
                label = [low if k == high else k for k in label]
    return [[i for i in range(n) if label[i] == g] for g in sorted(set(label))]


def semiimplicit(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Backward Euler for the linear part of each equation in its own variable, the rest held (ANNarchy's method).

    x + dt f(x)/(1 - dt a), where a is the coefficient of x in f: with x' = (A - x)/tau this is
    x + dt/(dt + tau) (A - x).
    """
    b, dt = scope.b, scope.name("dt")
    new: Values = {}
    for r in rules:
        assert r.a is not None
        slowed = b.sub(b.number(1.0), b.mul(dt, b.to_float(scope.lower(r.a))))
        step = b.div(b.mul(dt, b.to_float(scope.lower(r.derivative))), slowed)
        new[r.var] = b.add(scope.name(r.var), step)
    return new

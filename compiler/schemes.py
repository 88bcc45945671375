"""Formulas of the numerical methods: one function each, one table.

Every function gets the equations of one block that use the method, and the scope at the start of the block, and
returns the new value of each variable. Sources: any text on one-step methods (Hairer, Norsett, Wanner, "Solving
Ordinary Differential Equations I", chapter II) for the explicit ones; the exponential method is the exponential
Rosenbrock-Euler step x + dt phi(dt a) f(x), with phi(z) = (exp(z) - 1)/z and a = df/dx, which is the exact
solution when x' = a x + b with a and b fixed (Hochbruck and Ostermann, Acta Numerica 19, 2010, eq. 2.36).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .adaptive import dopri5
from .algebra import is_number
from .expressions import Scope
from .fehlberg import rkf45
from .implicit import implicit, semiimplicit
from .ir import Expr
from .rules import OdeRule
from .stages import Values, shifted, slopes


def kicks(rules: Sequence[OdeRule], scope: Scope, unit: bool = False) -> Values:
    """Return ``g dW`` summed over the noise of each variable that has any (``g sqrt(dt)`` if `unit`)."""
    b = scope.b
    root = b.op("sqrt", "float", scope.name("dt"))
    found: Values = {}
    for r in rules:
        for name, factor in r.noise:
            size = b.mul(root, b.to_float(scope.lower(factor)))
            kick = size if unit else b.mul(size, scope.name(name))
            found[r.var] = b.add(found[r.var], kick) if r.var in found else kick
    return found


def kicked(scope: Scope, values: Values) -> Scope:
    """Return the scope in which variables have moved by the given amounts, at the same time."""
    return scope.child({x: scope.b.add(scope.name(x), value) for x, value in values.items()})


def explicit(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Euler's method: x + dt f; with noise that of Euler and Maruyama, + g dW, in the sense of Ito.

    Strong order 1/2, 1 when the noise is additive (Kloeden and Platen 1992, section 10.2).
    """
    b, dt = scope.b, scope.name("dt")
    new = {x: b.add(scope.name(x), b.mul(dt, k)) for x, k in slopes(rules, scope).items()}
    return new | {x: b.add(new[x], kick) for x, kick in kicks(rules, scope).items()}


def heun(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Heun's method. Without noise: x + dt/2 (f(x) + f(x + dt f)), of order 2.

    With noise, in the sense of Stratonovich (Ruemelin, SIAM J. Numer. Anal. 19, 1982; the formula is Brian2's):
    x + dt f(x) + dW/2 (g(x, t) + g(x + g dW, t + dt)); strong order 1 when the noise commutes.
    """
    b, dt = scope.b, scope.name("dt")
    half = b.number(0.5)
    first = slopes(rules, scope)
    kick = kicks(rules, scope)
    if not kick:
        second = slopes(rules, shifted(scope, dt, first))
        step = b.mul(half, dt)
        return {x: b.add(scope.name(x), b.mul(step, b.add(first[x], second[x]))) for x in first}
    again = kicks(rules, kicked(scope, kick).child({}, later=dt))
    new = {x: b.add(scope.name(x), b.mul(dt, k)) for x, k in first.items()}
    return new | {x: b.add(new[x], b.mul(half, b.add(kick[x], again[x]))) for x in kick}


def milstein(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Milstein's method without derivatives, in the sense of Stratonovich, for diagonal noise; strong order 1.

    x + dt f + g dW + (g(x + h) - g(x - h))/(4 sqrt(dt)) dW^2 with h = sqrt(dt) g: g g'/2 dW^2 but for terms of
    order dt^2 (Kloeden and Platen 1992, sections 10.3 and 11.1). A one-sided difference, as Brian2 takes it, leaves a
    mean of order dt^(3/2) per step behind, and with it no more than strong order 1/2.
    """
    b, dt = scope.b, scope.name("dt")
    new = {x: b.add(scope.name(x), b.mul(dt, k)) for x, k in slopes(rules, scope).items()}
    size, kick = kicks(rules, scope, unit=True), kicks(rules, scope)
    above = kicks(rules, kicked(scope, size), unit=True)
    below = kicks(rules, kicked(scope, {x: b.neg(value) for x, value in size.items()}), unit=True)
    for r in rules:
        if r.noise and above[r.var] is not below[r.var]:
            normal = scope.name(r.noise[0][0])
            bend = b.mul(b.mul(b.number(0.25), b.sub(above[r.var], below[r.var])), b.mul(normal, normal))
            new[r.var] = b.add(new[r.var], bend)
    return new | {x: b.add(new[x], value) for x, value in kick.items()}


def midpoint(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """The explicit midpoint rule, of order 2."""
    b, dt = scope.b, scope.name("dt")
    half = b.mul(b.number(0.5), dt)
    k = slopes(rules, shifted(scope, half, slopes(rules, scope)))
    return {x: b.add(scope.name(x), b.mul(dt, k[x])) for x in k}


def rk4(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """The classical Runge-Kutta method, of order 4."""
    b, dt = scope.b, scope.name("dt")
    half = b.mul(b.number(0.5), dt)
    k1 = slopes(rules, scope)
    k2 = slopes(rules, shifted(scope, half, k1))
    k3 = slopes(rules, shifted(scope, half, k2))
    k4 = slopes(rules, shifted(scope, dt, k3))
    sixth = b.mul(dt, b.number(1 / 6))
    new = {}
    for x in k1:
        middle = b.mul(b.number(2.0), b.add(k2[x], k3[x]))
        new[x] = b.add(scope.name(x), b.mul(sixth, b.add(b.add(k1[x], middle), k4[x])))
    return new


def exponential(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """One exponential step per equation, everything else held."""
    return {r.var: linear_step(r, scope, scope.name("dt")) for r in rules}


def linear_step(rule: OdeRule, scope: Scope, time: Expr) -> Expr:
    """Return the solution of x' = a x + b after `time`, for a and b as they are in `scope`."""
    b = scope.b
    x = scope.name(rule.var)
    assert rule.a is not None
    assert rule.b is not None
    a = b.to_float(scope.lower(rule.a))
    z = b.mul(a, time)
    if is_number(rule.b, 0.0):
        return b.mul(x, b.call("exp", z))
    phi = b.mul(time, b.call("exprel", z))
    if b.invariant(a):
        return b.add(b.mul(x, b.call("exp", z)), b.mul(b.to_float(scope.lower(rule.b)), phi))
    return b.add(x, b.mul(b.to_float(scope.lower(rule.derivative)), phi))


#: Method -> its formula. `exact` systems that are coupled are lowered from their matrix, see `lower`.
SCHEMES: dict[str, Callable[[Sequence[OdeRule], Scope], Values]] = {
    "explicit": explicit,
    "heun": heun,
    "milstein": milstein,
    "implicit": implicit,
    "semiimplicit": semiimplicit,
    "dopri5": dopri5,
    "rkf45": rkf45,
    "midpoint": midpoint,
    "rk4": rk4,
    "exponential": exponential,
    "exact": exponential,
}
